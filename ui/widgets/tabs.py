"""The screens as tabs in the top bar, or folded into one button with a menu when the text is large."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu, QWidget

from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets import shapes
from ui.widgets.touch import TouchButton

_CURRENT = Face(Style.BENCH, 600)
_OTHER = Face(Style.BENCH, 500)
_PAD = 12


@dataclass(frozen=True, slots=True)
class ScreenTab:
    """One screen that exists: its action id, title and how many things wait there (0 shows no badge).

    `screen` is False for what opens beside the screen and has a key of its own.
    """

    action: str
    title: str
    badge: int = 0
    screen: bool = True


class Tab(TouchButton):
    """A tab: the current one strong and underlined."""

    def __init__(self, theme: Theme, tab: ScreenTab, *, current: bool, parent: QWidget | None = None) -> None:
        super().__init__(theme, tab.action, tab.title, parent=parent)
        self._tab, self._current = tab, current
        self.setObjectName(f"tab-{tab.action}")
        self.setAccessibleName(f"{tab.title} {tab.badge}" if tab.badge else tab.title)
        self.setAccessibleDescription("current screen" if current else "")

    def show_current(self, current: bool) -> None:
        """Mark it as the screen in front, or not."""
        if current != self._current:
            self._current = current
            self.setAccessibleDescription("current screen" if current else "")
            self.update()

    def sizeHint(self) -> QSize:
        """Title, badge and padding; as high as the bar."""
        pad = self.theme.scale.frame((_PAD, 20))
        width = self.set.width(self._tab.title, _CURRENT) + 2 * pad + self._badge_width()
        return QSize(max(48, math.ceil(width)), self.theme.scale.frame(self.theme.tokens.frame.top_bar) - 1)

    def minimumSizeHint(self) -> QSize:
        """A tab never cuts its title."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw title, badge, underline, focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        face = _CURRENT if self._current else _OTHER
        pad = self.theme.scale.frame((_PAD, 20))
        color = self.theme.color(Role.TEXT if self._current else Role.TEXT2)
        room = QRectF(pad, 0, self.width() - 2 * pad - self._badge_width() + 1, self.height())
        setting = self.set.fit(self._tab.title, face, room.width())
        self.set.draw(painter, setting, face, room, color)
        if self._tab.badge:
            wide, high = self._badge_width() - 8, self.theme.scale.text(24)
            box = QRectF(self.width() - pad - wide, (self.height() - high) / 2, wide, high)
            radius = self.theme.tokens.radius.chip
            painter.fillPath(shapes.rounded(box, radius), self.theme.color(Role.PRESS))
            inner = box.adjusted(self.theme.scale.text(8), 0, 0, 0)
            number = self.set.fit(str(self._tab.badge), _CURRENT, wide)
            self.set.draw(painter, number, _CURRENT, inner, self.theme.color(Role.TEXT))
        if self._current:
            line = self.theme.tokens.edge.tab_underline
            painter.fillRect(QRectF(0, self.height() - line, self.width(), line), self.theme.color(Role.ASK))
        self.paint_focus(painter)

    def cut_texts(self) -> list[str]:
        """The title, if it is cut."""
        return [self._tab.title] if self.width() < self.sizeHint().width() else []

    def _badge_width(self) -> float:
        if not self._tab.badge:
            return 0.0
        return 8 + self.set.width(str(self._tab.badge), _CURRENT) + 2 * self.theme.scale.text(8)


class FoldedTabs(TouchButton):
    """The current screen's name and, where there are more screens, a menu of them."""

    def __init__(
        self, theme: Theme, tabs: Sequence[ScreenTab], current: str, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, current, name, parent=parent)
        self._tabs = tuple(tabs)
        self._name = name
        self._title = ""
        self.setObjectName("tabs-folded")
        self.show_current(current)
        self.clicked.disconnect()
        self.clicked.connect(self._open)

    def show_current(self, current: str) -> None:
        """Name the screen in front."""
        self._title = next((tab.title for tab in self._tabs if tab.action == current), "")
        self.setAccessibleName(f"{self._name}: {self._title}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Title and arrow."""
        pad, icon = self.theme.scale.frame((14, 22)), self.theme.scale.frame(self.theme.tokens.frame.icon)
        width = self.set.width(self._title, _CURRENT) + 2 * pad + (icon + 8 if self._many() else 0)
        return QSize(max(48, math.ceil(width)), self.theme.scale.frame(self.theme.tokens.frame.pill))

    def minimumSizeHint(self) -> QSize:
        """The title is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a button when there is a choice of screens, else the name alone."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pad, icon = self.theme.scale.frame((14, 22)), self.theme.scale.frame(self.theme.tokens.frame.icon)
        color = self.theme.color(Role.TEXT)
        if self._many():
            self.paint_box(painter)
            box = QRectF(self.width() - pad - icon, (self.height() - icon) / 2, icon, icon)
            self.theme.icons.draw(painter, "down", box, color)
        else:
            painter.setPen(QPen(self.theme.color(Role.LINE), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        room = QRectF(pad, 0, self.set.width(self._title, _CURRENT) + 1, self.height())
        self.set.draw(painter, self.set.fit(self._title, _CURRENT, room.width()), _CURRENT, room, color)
        self.paint_focus(painter)

    def cut_texts(self) -> list[str]:
        """The title, if it is cut."""
        return [self._title] if self.width() < self.sizeHint().width() else []

    def _many(self) -> bool:
        return len(self._tabs) > 1

    def _chosen(self, action: str, _checked: bool) -> None:
        self.triggered.emit(action)

    def _open(self) -> None:
        if not self._many():
            return
        menu = QMenu(self)
        menu.setFont(self.theme.font(Style.BENCH))
        for tab in self._tabs:
            text = f"{tab.title}  {tab.badge}" if tab.badge else tab.title
            menu.addAction(text).triggered.connect(partial(self._chosen, tab.action))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))
