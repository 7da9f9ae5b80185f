"""Setting texts with bold parts into a width: measured, wrapped, shrunk, and only then cut.

Texts of a view use `**WORD**` for bold. Everything painted by hand goes through here, so that a test can ask
of every text whether it was cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from ui.theme.theme import Theme
from ui.theme.tokens import Style

_STEP = 0.04
_ENDS = ".;:,"
_ELLIPSIS = "\u2026"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Face:
    """A text role with the weights of its plain and its bold parts (None: the role's own weight)."""

    style: Style
    weight: int | None = None
    bold: int = 700


@dataclass(frozen=True, slots=True)
class Setting:
    """A text set into a width: its lines, how far it was shrunk, whether anything was cut off."""

    lines: tuple[tuple[Piece, ...], ...]
    shrink: float
    cut: bool


def pieces(text: str) -> tuple[Piece, ...]:
    """Split `**bold**` markup; a lone `**` is a plain text's own stars."""
    parts = text.split("**")
    if len(parts) % 2 == 0:
        return (Piece(text),)
    return tuple(Piece(part, bold=bool(index % 2)) for index, part in enumerate(parts) if part)


def plain(text: str) -> str:
    """The text without markup, for accessible names and measuring by eye."""
    return "".join(piece.text for piece in pieces(text))


def shorten(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of a marked text that fits and ends with a sentence or clause.

    A clause that ends in a comma, colon or semicolon gets a full stop. Words are cut only when not even the
    first clause fits; then the text ends in an ellipsis.
    """
    if fits(text):
        return text
    whole = plain(text)
    for index in range(len(whole) - 1, 0, -1):
        if whole[index - 1] in _ENDS and whole[index] == " ":
            candidate = _head(text, index - 1) + "."
            if fits(candidate):
                return candidate
    for index in range(len(whole) - 1, 0, -1):
        if whole[index] == " " and fits(candidate := _head(text, index) + _ELLIPSIS):
            return candidate
    return text


def _head(text: str, length: int) -> str:
    """The first `length` visible signs of a marked text, markup kept in pairs."""
    out: list[str] = []
    for piece in pieces(text):
        if length <= 0:
            break
        taken = piece.text[:length]
        out.append(f"**{taken}**" if piece.bold else taken)
        length -= len(taken)
    return "".join(out)


class Typesetter:
    """Measures and draws texts in one theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    def width(self, text: str, face: Face, shrink: float = 1.0) -> float:
        """The width of a text on one line, in pixels; with line breaks, of its widest line."""
        return self.theme.kept(
            (text, face, shrink),
            lambda: max(self._measure(pieces(line), face, shrink) for line in text.split("\n")),
        )

    def line_height(self, face: Face, shrink: float = 1.0) -> float:
        """The height of one line, in pixels."""
        return self.theme.line_height(face.style) * shrink

    def fit(self, text: str, face: Face, width: float, max_lines: int = 1, floor: float = 0.75) -> Setting:
        """Set a text into `width` pixels: in full size when it can be, shrunk down to `floor`, else cut.

        A layout asks for the same setting many times before it is painted.
        """
        return self.theme.kept(
            (text, face, width, max_lines, floor), lambda: self._fit(text, face, width, max_lines, floor)
        )

    def _fit(self, text: str, face: Face, width: float, max_lines: int, floor: float) -> Setting:
        shrink = 1.0
        while True:
            lines = self._wrap(text, face, width, shrink, wrap=max_lines > 1)
            fitting = all(self._measure(line, face, shrink) <= width + 0.5 for line in lines)
            if fitting and len(lines) <= max_lines:
                return Setting(lines, shrink, cut=False)
            if shrink - _STEP < floor:
                return Setting(self._cut(lines[:max_lines], face, width, shrink), shrink, cut=True)
            shrink -= _STEP

    def draw(
        self,
        painter: QPainter,
        setting: Setting,
        face: Face,
        box: QRectF,
        color: QColor,
        *,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        """Draw a set text, its lines centred up and down in `box`."""
        pitch = self.line_height(face, setting.shrink)
        top = box.top() + (box.height() - pitch * len(setting.lines)) / 2
        painter.setPen(color)
        for number, line in enumerate(setting.lines):
            left = box.left()
            slack = box.width() - self._measure(line, face, setting.shrink)
            if align & Qt.AlignmentFlag.AlignRight:
                left += slack
            elif align & Qt.AlignmentFlag.AlignHCenter:
                left += slack / 2
            self._draw_line(painter, line, face, setting.shrink, QRectF(left, top + number * pitch, 0, pitch))

    def _draw_line(
        self, painter: QPainter, line: Iterable[Piece], face: Face, shrink: float, box: QRectF
    ) -> None:
        x = box.left()
        for piece in line:
            weight = face.bold if piece.bold else face.weight
            metrics = self.theme.metrics(face.style, weight, shrink)
            above = (box.height() - metrics.ascent() - metrics.descent()) / 2
            painter.setFont(self.theme.font(face.style, weight, shrink))
            painter.drawText(QPointF(x, box.top() + above + metrics.ascent()), piece.text)
            x += self.theme.advance(piece.text, face.style, weight, shrink)

    def _measure(self, line: Iterable[Piece], face: Face, shrink: float) -> float:
        width = 0.0
        for piece in line:
            weight = face.bold if piece.bold else face.weight
            width += self.theme.advance(piece.text, face.style, weight, shrink)
        return width

    def _wrap(
        self, text: str, face: Face, width: float, shrink: float, *, wrap: bool
    ) -> tuple[tuple[Piece, ...], ...]:
        lines: list[tuple[Piece, ...]] = []
        for paragraph in text.split("\n"):
            line: list[Piece] = []
            for word in _words(pieces(paragraph)) if wrap else [list(pieces(paragraph))]:
                glued = [*line, *word]
                if wrap and line and self._measure(_trimmed(glued), face, shrink) > width:
                    lines.append(_trimmed(line))
                    glued = word
                line = glued
            lines.append(_trimmed(line))
        return tuple(lines)

    def _cut(
        self, lines: tuple[tuple[Piece, ...], ...], face: Face, width: float, shrink: float
    ) -> tuple[tuple[Piece, ...], ...]:
        return tuple(
            line if self._measure(line, face, shrink) <= width else self._elide(line, face, width, shrink)
            for line in lines
        )

    def _elide(self, line: tuple[Piece, ...], face: Face, width: float, shrink: float) -> tuple[Piece, ...]:
        text, bold = "".join(piece.text for piece in line), bool(line) and line[0].bold
        while text and self._measure((Piece(text + _ELLIPSIS, bold),), face, shrink) > width:
            text = text[:-1]
        return (Piece(text.rstrip() + _ELLIPSIS, bold),)


def _words(line: Iterable[Piece]) -> list[list[Piece]]:
    """Words with the blank that follows each; a word may change its weight inside."""
    words: list[list[Piece]] = [[]]
    for piece in line:
        for part in piece.text.replace(" ", " \0").split("\0"):
            if part:
                words[-1].append(Piece(part, piece.bold))
            if part.endswith(" "):
                words.append([])
    return [word for word in words if word]


def _trimmed(line: list[Piece]) -> tuple[Piece, ...]:
    if not line:
        return ()
    return (*line[:-1], Piece(line[-1].text.rstrip(), line[-1].bold))
