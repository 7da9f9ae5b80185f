"""`Pill`: one of the three facts at the right of every screen, in words and with an icon."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from enum import Enum

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets import shapes
from ui.widgets.touch import TouchButton, draw_focus_ring

_FACE = Face(Style.BENCH, 500)


class PillLook(Enum):
    """Ground, edge, text and icon colours of a pill."""

    QUIET = (Role.SURFACE2, Role.LINE, Role.TEXT, Role.TEXT)
    GOOD = (Role.SURFACE2, Role.LINE, Role.TEXT, Role.OK_TEXT)
    WAITING = (Role.OFF_TINT, Role.OFF, Role.OFF_TEXT, Role.OFF_TEXT)
    OFFLINE = (Role.OFF, Role.OFF, Role.ON_OFF, Role.ON_OFF)
    TROUBLE = (Role.WARN, Role.WARN_EDGE, Role.ON_WARN, Role.ON_WARN)


class Pill(TouchButton):
    """Icon and words; pressing it shows all three facts in full. The hit area is the bar's whole height."""

    def __init__(self, theme: Theme, name: str, command: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, command, name, parent=parent)
        self._icon, self._word, self._look = "", "", PillLook.QUIET
        self.setObjectName(f"pill-{name}")

    def show_fact(self, icon: str, word: str, full: str, look: PillLook) -> None:
        """Show a fact; `full` is its long wording, the accessible name and tool tip."""
        self._icon, self._word, self._look = icon, word, look
        self.setText(word)
        self.setAccessibleName(full)
        self.setToolTip(full if full != word else "")
        self.updateGeometry()
        self.update()

    def width_of(self, word: str) -> int:
        """How wide the pill is with that word."""
        pad, icon = self._pad(), self._icon_side()
        return math.ceil(2 * pad + icon + 8 + self.set.width(word, _FACE))

    def sizeHint(self) -> QSize:
        """As wide as icon and word need, as high as the bar."""
        return QSize(self.width_of(self._word), self.theme.scale.frame(self.theme.tokens.frame.top_bar) - 1)

    def minimumSizeHint(self) -> QSize:
        """A pill never cuts its word."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill in the middle of its hit area."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, edge, text, icon = self._look.value
        high = self.theme.scale.frame(self.theme.tokens.frame.pill)
        box = QRectF(0, (self.height() - high) / 2, self.width(), high)
        line = 2 if self._look is PillLook.TROUBLE else 1
        inner = box.adjusted(line / 2, line / 2, -line / 2, -line / 2)
        radius = self.theme.tokens.radius.pill
        painter.fillPath(shapes.rounded(inner, radius), self.theme.color(ground))
        painter.setPen(QPen(self.theme.color(edge), line))
        painter.drawRoundedRect(inner, radius, radius)
        pad, side = self._pad(), self._icon_side()
        place = QRectF(pad, box.center().y() - side / 2, side, side)
        self.theme.icons.draw(painter, self._icon, place, self.theme.color(icon))
        room = QRectF(pad + side + 8, box.top(), self.width() - 2 * pad - side - 7, high)
        self.set.draw(
            painter, self.set.fit(self._word, _FACE, room.width()), _FACE, room, self.theme.color(text)
        )
        if self.hasFocus():
            draw_focus_ring(painter, self.theme, box)

    def cut_texts(self) -> list[str]:
        """The word, if the pill is too narrow for it."""
        room = self.width() - 2 * self._pad() - self._icon_side() - 7
        return [self._word] if self.set.fit(self._word, _FACE, room).cut else []

    def _pad(self) -> int:
        return self.theme.scale.frame((12, 18))

    def _icon_side(self) -> int:
        return self.theme.scale.frame(self.theme.tokens.frame.icon)
