"""`CommandButton`: icon, title, key and a second line, arranged as one of a few looks."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.workflows.view import Choice
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Setting, plain
from ui.widgets.touch import TouchButton

_DETAIL = Face(Style.BENCH, 400, 600)


class KeyPlace(Enum):
    """Where the key name stands."""

    BEFORE = "before"
    AFTER = "after"
    RIGHT = "right"
    LEAD = "lead"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Look:
    """How a button arranges its parts. `height` and `least` (its width) are names of height tokens."""

    height: str
    title: Face
    key: KeyPlace
    key_face: Face = _DETAIL
    padding: int = 16
    centred: bool = False
    filled: bool = False
    detail: bool = False
    least: str = "button"
    icon: int = 24
    gap: int = 10


FOOT = Look("button", Face(Style.BENCH, 600), KeyPlace.BEFORE, padding=12, centred=True, gap=8)
ROW = Look("button_primary", Face(Style.LINE), KeyPlace.RIGHT, Face(Style.LINE, 400), padding=18)
CARD = Look(
    "button_two", Face(Style.LINE), KeyPlace.NONE, detail=True, least="primary_width", icon=32, gap=12
)
CARD_LINE = Look("button_primary", Face(Style.LINE), KeyPlace.NONE, centred=True, least="primary_width")
PRIMARY = Look(
    "button_primary",
    Face(Style.LINE),
    KeyPlace.AFTER,
    Face(Style.BENCH, 500),
    padding=24,
    centred=True,
    filled=True,
    least="primary_width",
)
PLAIN = Look("button", Face(Style.BENCH, 600), KeyPlace.NONE, padding=20, centred=True)
GRADE = Look("grade", Face(Style.BENCH, 400), KeyPlace.LEAD, Face(Style.ITEM), padding=14)
DIGIT = Look("pad_key", Face(Style.ITEM), KeyPlace.NONE, padding=8, centred=True)
ADD = Look("answer", Face(Style.ITEM), KeyPlace.NONE, padding=24, centred=True, least="answer", icon=40)
STEP = Look("button", Face(Style.BENCH, 600), KeyPlace.NONE, padding=14, centred=True)


class CommandButton(TouchButton):
    """One choice, drawn in one look; `height` overrides the look's height in real pixels."""

    def __init__(
        self, theme: Theme, choice: Choice, look: Look, *, height: int = 0, parent: QWidget | None = None
    ) -> None:
        repeats = look in {DIGIT, ADD}
        super().__init__(theme, choice.command, choice.title, repeats=repeats, parent=parent)
        self.choice = choice
        self._look = look
        self._height = height
        self._seconds = _second_lines(choice)
        self.setEnabled(choice.enabled)
        self.setAccessibleDescription(plain(", ".join(part for part in (choice.detail, choice.key) if part)))
        if not choice.title and choice.detail:
            self.setAccessibleName(choice.detail)
            self.setToolTip(choice.detail)

    def sizeHint(self) -> QSize:
        """All parts side by side at full size."""
        parts = self._widths
        width = sum(parts) + self._gaps() + 2 * self._padding()
        least = self._token(self._look.least)
        return QSize(max(math.ceil(width) + 2, least, self.theme.tokens.height.button), self._drawn_height())

    def minimumSizeHint(self) -> QSize:
        """Narrower by what the title may shrink."""
        icon, key, title = self._widths
        width = icon + key + title * 0.78 + self._gaps() + 2 * self._padding()
        floor = self.theme.tokens.height.button
        return QSize(max(math.ceil(width), floor), max(self._drawn_height(), floor))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, icon, texts, focus ring."""
        painter = QPainter(self)
        self.paint_box(painter, filled=self._look.filled, chosen=self.choice.chosen)
        icon, key, _ = self._widths
        x = self._start()
        gap, middle = self._gap(), self.height() / 2
        if icon:
            role = self._role(Role.TEXT)
            box = QRectF(x, middle - icon / 2, icon, icon)
            self.theme.icons.draw(painter, self.choice.icon, box, self.theme.color(role))
            x += icon + (gap if self._has_text() else 0)
        if self._look.key in {KeyPlace.BEFORE, KeyPlace.LEAD} and key:
            role = Role.TEXT2 if self._look.key is KeyPlace.BEFORE else Role.TEXT
            self._paint_text(
                painter, self.choice.key, self._look.key_face, QRectF(x, 0, key + 1, 2 * middle), role
            )
            x += key + gap
        room = self._title_room()
        x = self._paint_title(painter, x, room) + gap
        if self._look.key is KeyPlace.AFTER and key:
            self._paint_text(
                painter, self.choice.key, self._look.key_face, QRectF(x, 0, key + 1, 2 * middle), Role.TEXT
            )
        elif self._look.key is KeyPlace.RIGHT and key:
            box = QRectF(self.width() - self._padding() - key - 1, 0, key + 1, 2 * middle)
            self._paint_text(painter, self.choice.key, self._look.key_face, box, Role.TEXT2)
        self.paint_focus(painter)

    def cut_texts(self) -> list[str]:
        """Title or detail, if either is cut."""
        room = self._title_room()
        cut = [self.choice.title] if self.set.fit(self.choice.title, self._look.title, room).cut else []
        if self._shows_detail() and self._second(room).cut:
            cut.append(self._seconds[-1])
        lines = self.set.line_height(self._look.title)
        if self._shows_detail():
            lines += self.set.line_height(_DETAIL)
        return [*cut, self.choice.title] if lines > self.height() else cut

    def _paint_title(self, painter: QPainter, x: float, room: float) -> float:
        setting = self.set.fit(self.choice.title, self._look.title, room)
        color = self.theme.color(self._role(Role.TEXT))
        box = QRectF(x, 0, room, self.height())
        if self._shows_detail():
            upper, lower = self.set.line_height(self._look.title), self.set.line_height(_DETAIL)
            top = (self.height() - upper - lower) / 2
            box = QRectF(x, top, room, upper)
            below = self._second(room)
            second = self.theme.color(self._role(Role.TEXT2))
            self.set.draw(painter, below, _DETAIL, QRectF(x, top + upper, room, lower), second)
        self.set.draw(painter, setting, self._look.title, box, color)
        return x + min(room, self.set.width(self.choice.title, self._look.title, setting.shrink))

    def _paint_text(self, painter: QPainter, text: str, face: Face, box: QRectF, role: Role) -> None:
        setting = self.set.fit(text, face, box.width())
        self.set.draw(painter, setting, face, box, self.theme.color(self._role(role)))

    def _role(self, role: Role) -> Role:
        return Role.ON_ASK if self._look.filled else self.text_role(role)

    def _shows_detail(self) -> bool:
        return self._look.detail and bool(self._seconds)

    def _second(self, room: float) -> Setting:
        """The fullest second line that fits without being made smaller; the detail, if none does."""
        ways = [self.set.fit(way, _DETAIL, room) for way in self._seconds]
        whole = (way for way in ways if way.shrink == 1.0 and not way.cut)
        return next(whole, ways[min(1, len(ways) - 1)])

    def _has_text(self) -> bool:
        return bool(self.choice.title or (self.choice.key and self._look.key is not KeyPlace.NONE))

    @cached_property
    def _widths(self) -> tuple[float, float, float]:
        """Icon, key and title (or detail, if wider), each 0 when not there; a button keeps its words."""
        icon = self.theme.scale.size(self._look.icon) if self.choice.icon else 0.0
        if self._look is FOOT:
            icon = self.theme.scale.frame(self.theme.tokens.frame.icon) if self.choice.icon else 0.0
        key = 0.0
        if self._look.key is not KeyPlace.NONE and self.choice.key:
            key = self.set.width(self.choice.key, self._look.key_face)
        title = self.set.width(self.choice.title, self._look.title) if self.choice.title else 0.0
        if self._shows_detail():
            title = max(title, min(self.set.width(way, _DETAIL) for way in self._seconds))
        return icon, key, title

    def _token(self, name: str) -> int:
        return self.theme.scale.size(getattr(self.theme.tokens.height, name))

    def _gap(self) -> int:
        return self.theme.scale.gap(self._look.gap)

    def _gaps(self) -> int:
        return self._gap() * max(0, sum(1 for width in self._widths if width) - 1)

    def _padding(self) -> int:
        return self.theme.scale.gap(self._look.padding)

    def _title_room(self) -> float:
        icon, key, title = self._widths
        room = self.width() - icon - key - self._gaps() - 2 * self._padding()
        return min(room, title + 1) if self._look.centred else room

    def _start(self) -> float:
        if not self._look.centred:
            return self._padding()
        icon, key, _ = self._widths
        return max(self._padding(), (self.width() - icon - key - self._gaps() - self._title_room()) / 2)

    def _drawn_height(self) -> int:
        if self._height:
            return self._height
        if self._look is FOOT:
            return self.theme.scale.frame(self.theme.tokens.frame.button)
        lines = self.set.line_height(self._look.title)
        if self._shows_detail():
            lines += self.set.line_height(_DETAIL)
        return max(self._token(self._look.height), math.ceil(lines) + 8)


def _second_lines(choice: Choice) -> tuple[str, ...]:
    """What may stand in the second line, fullest first: mat word (or key) with detail, detail, word.

    A word that is the title already is not said twice.
    """
    key = f"**{choice.key}**" if choice.key not in {"", choice.title} else ""
    ways = (f"{key}  {choice.detail}" if key and choice.detail else "", choice.detail, key)
    return tuple(way for way in ways if way)
