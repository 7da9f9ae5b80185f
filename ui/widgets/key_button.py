"""`KeyButton`: an answer with its mat number on a tile, as large as the question allows."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.workflows.view import Choice
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, plain
from ui.widgets import shapes
from ui.widgets.touch import TouchButton

_NUMBER = Face(Style.KEY_NUMBER)
_TITLE = Face(Style.ANSWER)
_TITLE_SMALL = Face(Style.LINE, 700)
_DETAIL = Face(Style.BENCH)
_NUMBER_SHARE = 0.62


class KeyButton(TouchButton):
    """A number tile, a title and, where there is room, a line of detail.

    `small` draws it flatter for many answers or large text; `height` is another height still,
    in pixels at Text 100 %.
    """

    def __init__(
        self,
        theme: Theme,
        choice: Choice,
        *,
        small: bool = False,
        height: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, choice.command, choice.title, parent=parent)
        self.choice = choice
        self._small, self._height = small, height
        self._title = _TITLE_SMALL if small else _TITLE
        self.setEnabled(choice.enabled)
        self.setAccessibleName(f"{choice.key} {plain(choice.title)}".strip())
        self.setAccessibleDescription(plain(choice.detail))

    def sizeHint(self) -> QSize:
        """Tile and text in full size."""
        width = self._text_x() + self._text_width() + self._padding() + 8
        return QSize(math.ceil(width), self._drawn_height())

    def minimumSizeHint(self) -> QSize:
        """Narrower by what the text may shrink."""
        width = self._text_x() + self._text_width() * 0.72 + self._padding()
        return QSize(math.ceil(width), self._drawn_height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw edge, tile, number, texts, focus ring."""
        painter = QPainter(self)
        self.paint_box(painter, filled=self._proposed(), edge=self.theme.tokens.edge.answer)
        tile = self._tile()
        # On the one filled key of a screen the tile changes places with its ground.
        filled = self.isEnabled() and not self._proposed()
        ground = self.theme.color(Role.ASK if filled else Role.SURFACE if self._proposed() else Role.PRESS)
        painter.fillPath(shapes.rounded(tile, self.theme.tokens.radius.cell), ground)
        # The number keeps clear of the tile's edges, however small the tile is.
        most = tile.height() * _NUMBER_SHARE / self.theme.scale.text(self.theme.tokens.text[_NUMBER.style].px)
        room = min(tile.width() - 8, self.set.width(self.choice.key, _NUMBER) * min(1.0, most))
        number = self.set.fit(self.choice.key, _NUMBER, room, floor=0.4)
        color = self.theme.color(Role.ON_ASK if filled else Role.ASK_TEXT if self._proposed() else Role.TEXT2)
        self.set.draw(painter, number, _NUMBER, tile, color, align=Qt.AlignmentFlag.AlignHCenter)
        self._paint_texts(painter)
        self.paint_focus(painter)

    def cut_texts(self) -> list[str]:
        """Title or detail, if either is cut."""
        room = self._room()
        cut = [self.choice.title] if self.set.fit(self.choice.title, self._title, room, floor=0.7).cut else []
        if self._detail() and self.set.fit(self.choice.detail, _DETAIL, room).cut:
            cut.append(self.choice.detail)
        return cut

    def _paint_texts(self, painter: QPainter) -> None:
        x, room = self._text_x(), self._room()
        upper = self.set.line_height(self._title)
        lower = self.set.line_height(_DETAIL) if self._detail() else 0.0
        top = (self.height() - upper - lower) / 2
        title = self.set.fit(self.choice.title, self._title, room, floor=0.7)
        text = self.theme.color(Role.ON_ASK if self._proposed() else self.text_role())
        self.set.draw(painter, title, self._title, QRectF(x, top, room, upper), text)
        if self._detail():
            detail = self.set.fit(self.choice.detail, _DETAIL, room)
            second = self.theme.color(Role.ON_ASK if self._proposed() else Role.TEXT2)
            self.set.draw(painter, detail, _DETAIL, QRectF(x, top + upper, room, lower), second)

    def _proposed(self) -> bool:
        return self.choice.proposed and self.isEnabled()

    def _detail(self) -> bool:
        return bool(self.choice.detail) and not self._small

    def _text_width(self) -> float:
        width = self.set.width(self.choice.title, self._title)
        return max(width, self.set.width(self.choice.detail, _DETAIL)) if self._detail() else width

    def _padding(self) -> int:
        return self.theme.scale.gap(16 if not self._small else 12)

    def _side(self) -> int:
        tokens = self.theme.tokens.height
        return self.theme.scale.size(tokens.answer_low_tile if self._small else tokens.answer_tile)

    def _tile(self) -> QRectF:
        side = min(self._side(), self.height() - 12)
        return QRectF(self._padding() + 2, (self.height() - side) / 2, side, side)

    def _text_x(self) -> float:
        return self._padding() + 2 + self._side() + self._padding()

    def _room(self) -> float:
        return self.width() - self._text_x() - self._padding() / 2

    def _drawn_height(self) -> int:
        lines = self.set.line_height(self._title)
        if self._detail():
            lines += self.set.line_height(_DETAIL)
        tokens = self.theme.tokens.height
        design = self._height or (tokens.answer_low if self._small else tokens.answer)
        return max(self.theme.scale.size(design), math.ceil(lines) + 16)
