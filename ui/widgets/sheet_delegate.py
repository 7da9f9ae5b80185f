"""`SheetDelegate`: the lines of a count or a receipt in columns; and the captions over them."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyleOptionViewItem

from app.workflows.view import Marker, Sheet, SheetRow
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets.markers import WORD_ROLES, draw_marker
from ui.widgets.panel import Line, Section
from ui.widgets.row_delegate import TINTS
from ui.widgets.rows import ROW_ROLE, RowPainter

_TITLE = Face(Style.LINE, 500)
_CURRENT = Face(Style.LINE, 600)
_DETAIL = Face(Style.BENCH, 400)
_EXPECTED = Face(Style.LINE, 400)
_HERE = Face(Style.LINE, 700)
_BIG = Face(Style.ITEM)
_WORD = Face(Style.LINE, 600)
_WORD_LIGHT = Face(Style.LINE, 400)
_CAPTION = Face(Style.BENCH, 500)
_RIGHT = Qt.AlignmentFlag.AlignRight
_FLOOR = 0.6


def say_sheet(row: SheetRow) -> str:
    """A line in words."""
    return ", ".join(part for part in (row.title, row.detail, row.expected, row.here, row.word) if part)


@dataclass(frozen=True, slots=True)
class SheetColumns:
    """Left edges and widths of the columns in pixels, for one width; a column of no width is left out."""

    title: tuple[float, float]
    detail: tuple[float, float]
    expected: tuple[float, float]
    here: tuple[float, float]
    word: tuple[float, float]


def columns_of(theme: Theme, typesetter: Typesetter, sheet: Sheet, width: float) -> SheetColumns:
    """The columns of a sheet: figures and words as wide as the widest of them, the title has what is left."""
    gap, pad = theme.scale.gap(16), theme.scale.gap(16)
    marker = theme.scale.size(theme.tokens.height.marker) + theme.scale.gap(12)
    faces = ((_DETAIL, "detail"), (_EXPECTED, "expected"), (_big(sheet), "here"), (_WORD, "word"))
    x, found = width - pad, list[tuple[float, float]]()
    for (face, name), caption in reversed(list(zip(faces, sheet.columns[1:], strict=True))):
        if not caption:
            found.append((x, 0.0))
            continue
        texts = [str(getattr(row, name)) for row in sheet.rows]
        widest = max((typesetter.width(text, face) for text in texts), default=0.0)
        wide = max(typesetter.width(caption, _CAPTION), min(widest, width * 0.3)) + 2
        x -= wide
        found.append((x, wide))
        x -= gap
    word, here, expected, detail = found
    left = pad + marker
    return SheetColumns((left, max(0.0, x - left)), detail, expected, here, word)


def _big(sheet: Sheet) -> Face:
    """Where only what is here is told, it is told large."""
    return _HERE if sheet.columns[2] else _BIG


class SheetHead(Section):
    """The captions over a sheet's columns."""

    def __init__(self, theme: Theme, sheet: Sheet) -> None:
        super().__init__(Role.SURFACE2, Line.BOTTOM)
        self._theme, self._set, self._sheet = theme, Typesetter(theme), sheet
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(max(theme.scale.size(40), math.ceil(self._set.line_height(_CAPTION)) + 8))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the captions, those of figures and words at the right of their columns."""
        painter = QPainter(self)
        places = columns_of(self._theme, self._set, self._sheet, self.width())
        cells = (places.title, places.detail, places.expected, places.here, places.word)
        color = self._theme.color(Role.TEXT2)
        for number, (caption, (left, wide)) in enumerate(zip(self._sheet.columns, cells, strict=True)):
            if caption:
                box = QRectF(left, 0, wide + 1, self.height() - 1)
                setting = self._set.fit(caption, _CAPTION, wide + 1, floor=_FLOOR)
                side = Qt.AlignmentFlag.AlignLeft if number < 2 else _RIGHT  # noqa: PLR2004 - the texts
                self._set.draw(painter, setting, _CAPTION, box, color, align=side)


class SheetDelegate(RowPainter):
    """Draws a `SheetRow` under its captions."""

    def __init__(self, theme: Theme, sheet: Sheet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set, self._sheet = theme, Typesetter(theme), sheet

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is equally high; a large figure makes it higher."""
        tokens = self._theme.tokens.height
        design = self._theme.scale.size(tokens.row if self._sheet.columns[2] else tokens.figures)
        return QSize(0, max(design, math.ceil(self._set.line_height(_big(self._sheet))) + 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, SheetRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        self._ground(painter, row, box)
        side = self._theme.scale.size(self._theme.tokens.height.marker)
        place = QRectF(box.left() + self._theme.scale.gap(16), box.center().y() - side / 2, side, side)
        draw_marker(painter, self._theme, row.marker, place)
        for text, face, role, (left, wide), align in self._cells(row, box.width()):
            area = QRectF(box.left() + left, box.top(), wide + 1, box.height() - 1)
            setting = self._set.fit(text, face, wide + 1, floor=_FLOOR)
            self._set.draw(painter, setting, face, area, self._theme.color(role), align=align)
        painter.restore()

    def cut_texts(self, row: object, width: int) -> list[str]:
        """The cells that are cut at that width."""
        if not isinstance(row, SheetRow):
            return []
        return [
            text
            for text, face, _, (_, wide), _ in self._cells(row, width)
            if self._set.fit(text, face, wide + 1, floor=_FLOOR).cut
        ]

    def _ground(self, painter: QPainter, row: SheetRow, box: QRectF) -> None:
        if row.marker in TINTS and (row.now or row.marker is not Marker.ATTENTION):
            tint, bar = TINTS[row.marker]
            painter.fillRect(box, self._theme.color(tint))
            wide = self._theme.tokens.edge.row_bar
            painter.fillRect(QRectF(box.left(), box.top(), wide, box.height() - 1), self._theme.color(bar))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, self._theme.color(Role.LINE))

    def _cells(
        self, row: SheetRow, width: float
    ) -> Sequence[tuple[str, Face, Role, tuple[float, float], Qt.AlignmentFlag]]:
        places = columns_of(self._theme, self._set, self._sheet, width)
        left = Qt.AlignmentFlag.AlignLeft
        now = row.now or row.marker is Marker.NOW
        light = row.marker is Marker.OPEN
        role = WORD_ROLES[row.marker]
        cells = [
            (row.title, _CURRENT if now else _TITLE, Role.TEXT, places.title, left),
            (row.detail, _DETAIL, Role.TEXT2, places.detail, left),
            (row.expected, _EXPECTED, Role.TEXT2, places.expected, _RIGHT),
            (row.here, _big(self._sheet), Role.TEXT, places.here, _RIGHT),
            (row.word, _WORD_LIGHT if light else _WORD, role, places.word, _RIGHT),
        ]
        return [cell for cell in cells if cell[0] and cell[3][1]]
