"""The left of the foot: what was done last, in as many words as there is room for."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.workflows.view import LastAction, Marker
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter, plain
from ui.widgets.markers import draw_marker

_FACE = Face(Style.BENCH, 400, 600)
_GAP = 8
_WHOLE_IN_PART = {Marker.OK, Marker.WAITS_TO_SEND, Marker.SENT}
_DONE = {Marker.OK, Marker.WAITS_TO_SEND, Marker.SENT, Marker.ATTENTION}


def wordings(last: LastAction, last_word: str) -> tuple[str, ...]:
    """The ways to say it, longest first: with the word "Last", with the time, the text, its first clauses.

    What went wrong is never said in part: "Scan" for "Scan, not saved" would be another thing.
    """
    text = last.text
    ways = [f"{last_word} **{last.time}**  {text}"] if last.marker in _DONE else []
    ways += [f"**{last.time}**  {text}", text]
    while last.marker in _WHOLE_IN_PART and ", " in text:
        text = text.rsplit(", ", 1)[0]
        ways.append(text)
    return tuple(ways)


class LastActionText(QWidget):
    """Marker and words; `take` chooses the longest wording for a width."""

    def __init__(self, theme: Theme, last_word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set, self._last_word = theme, Typesetter(theme), last_word
        self._ways: tuple[str, ...] = ()
        self._shown = self._text = ""
        self._marker = Marker.OK
        self.setObjectName("last-action")

    def show_last(self, last: LastAction | None) -> None:
        """Show another action, or none."""
        self._ways = wordings(last, self._last_word) if last else ()
        self._shown = self._ways[0] if self._ways else ""
        self._text = last.text if last else ""
        if last:
            self._marker = last.marker
            self.setAccessibleName(f"{self._last_word} {last.time} {plain(last.text)}")
        self.update()

    @property
    def whole(self) -> int:
        """How many of the wordings hold the whole text."""
        return sum(1 for way in self._ways if way.endswith(self._text)) or 1

    def widths(self) -> list[int]:
        """The width of each wording with its marker, longest first."""
        return [self._lead() + math.ceil(self._set.width(way, _FACE)) + 1 for way in self._ways]

    def take(self, width: int) -> int:
        """Use the longest wording within `width`; returns what it really takes."""
        for way, wide in zip(self._ways, self.widths(), strict=True):
            self._shown = way
            if wide <= width:
                break
        self.setToolTip(plain(self._ways[0]) if self._ways and self._shown != self._ways[0] else "")
        self.update()
        taken = self._lead() + math.ceil(self._set.width(self._shown, _FACE)) + 1 if self._shown else 0
        return min(taken, width)

    def sizeHint(self) -> QSize:
        """The wording now shown."""
        widths = self.widths()
        return QSize(widths[0] if widths else 0, math.ceil(self._set.line_height(_FACE)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw marker and words."""
        if not self._shown:
            return
        painter = QPainter(self)
        side = self._side()
        draw_marker(painter, self._theme, self._marker, QRectF(0, (self.height() - side) / 2, side, side))
        room = self.width() - self._lead()
        setting = self._set.fit(self._shown, _FACE, room)
        area = QRectF(self._lead(), 0, room, self.height())
        self._set.draw(painter, setting, _FACE, area, self._theme.color(Role.TEXT))

    def cut_texts(self) -> list[str]:
        """The words, if even the shortest wording is cut."""
        if not self._shown:
            return []
        return [self._shown] if self._set.fit(self._shown, _FACE, self.width() - self._lead()).cut else []

    def _side(self) -> int:
        return self._theme.scale.frame((24, 40))

    def _lead(self) -> int:
        return self._side() + _GAP
