"""`RowDelegate`: the lines of a job; marker, row bar, tint, two lines of text, units, state word."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from app.workflows.view import LineRow, Marker
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Setting, Typesetter
from ui.widgets.markers import WORD_ROLES, draw_marker
from ui.widgets.rows import ROW_ROLE, RowPainter

_TITLE = Face(Style.LINE)
_DETAIL = Face(Style.BENCH)
_OPEN_WORD = Face(Style.LINE, 400)
_TITLE_LINES = 2
_WORD_WIDTH = 156
_UNITS_WIDTH = 52

TINTS: dict[Marker, tuple[Role, Role]] = {
    Marker.NOW: (Role.ASK_TINT, Role.ASK),
    Marker.ATTENTION: (Role.WARN_TINT, Role.WARN_EDGE),
    Marker.STOP: (Role.STOP_TINT, Role.STOP),
    Marker.WAITS_TO_SEND: (Role.OFF_TINT, Role.OFF),
}
"""Ground and bar of rows that stand out."""


def units(row: LineRow) -> str:
    """What is here of what was expected; only what is here when nothing was."""
    return f"{row.here}/{row.expected}" if row.expected else f"{row.here}"


def say_line(row: LineRow) -> str:
    """A line in words."""
    return ", ".join(part for part in (row.title, row.detail, units(row), row.word) if part)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a row's columns lie: left edges and widths in pixels."""

    marker: float
    title: float
    title_width: float
    units: float
    units_width: float
    word: float
    word_width: float


class RowDelegate(RowPainter):
    """Draws a `LineRow`; a long title takes a second line before it is made smaller."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set = theme, Typesetter(theme)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The row's height for its texts at the list's width."""
        widget = option.widget
        width = widget.viewport().width() if isinstance(widget, QAbstractItemView) else option.rect.width()
        row = index.data(ROW_ROLE)
        return QSize(0, self._height(row, width) if isinstance(row, LineRow) else 0)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, LineRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(option.rect)
        columns = self._columns(box.width(), row)
        self._paint_ground(painter, row, box)
        side = self._marker()
        place = QRectF(box.left() + columns.marker, box.center().y() - side / 2, side, side)
        draw_marker(painter, self._theme, row.marker, place)
        self._paint_texts(painter, row, box, columns)
        area = QRectF(box.left() + columns.units, box.top(), columns.units_width, box.height())
        setting = self._set.fit(units(row), _TITLE, columns.units_width)
        self._set.draw(painter, setting, _TITLE, area, self._theme.color(Role.TEXT), align=_RIGHT)
        area = QRectF(box.left() + columns.word, box.top(), columns.word_width, box.height())
        color = self._theme.color(WORD_ROLES[row.marker])
        face = _word_face(row.marker)
        self._set.draw(painter, self._word(row, columns), face, area, color, align=_RIGHT)
        painter.restore()

    def cut_texts(self, row: object, width: int) -> list[str]:
        """Title, detail, units or word, where they are cut."""
        if not isinstance(row, LineRow):
            return []
        columns = self._columns(width, row)
        cut = [row.title] if self._title(row, columns).cut else []
        cut += [row.detail] if self._detail(row, columns).cut else []
        cut += [row.word] if self._word(row, columns).cut else []
        return cut + ([units(row)] if self._set.fit(units(row), _TITLE, columns.units_width).cut else [])

    def _paint_ground(self, painter: QPainter, row: LineRow, box: QRectF) -> None:
        if row.marker in TINTS:
            tint, bar = TINTS[row.marker]
            painter.fillRect(box, self._theme.color(tint))
            wide = self._theme.tokens.edge.row_bar
            painter.fillRect(QRectF(box.left(), box.top(), wide, box.height() - 1), self._theme.color(bar))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, self._theme.color(Role.LINE))

    def _paint_texts(self, painter: QPainter, row: LineRow, box: QRectF, columns: _Columns) -> None:
        title, detail = self._title(row, columns), self._detail(row, columns)
        upper = self._set.line_height(_TITLE, title.shrink) * len(title.lines)
        lower = self._set.line_height(_DETAIL, detail.shrink) if row.detail else 0.0
        top = box.top() + (box.height() - 1 - upper - lower) / 2
        left = box.left() + columns.title
        area = QRectF(left, top, columns.title_width, upper)
        self._set.draw(painter, title, _TITLE, area, self._theme.color(Role.TEXT))
        if row.detail:
            area = QRectF(left, top + upper, columns.title_width, lower)
            self._set.draw(painter, detail, _DETAIL, area, self._theme.color(Role.TEXT2))

    def _title(self, row: LineRow, columns: _Columns) -> Setting:
        return self._set.fit(row.title, _TITLE, columns.title_width, _TITLE_LINES)

    def _detail(self, row: LineRow, columns: _Columns) -> Setting:
        return self._set.fit(row.detail, _DETAIL, columns.title_width, floor=0.65)

    def _word(self, row: LineRow, columns: _Columns) -> Setting:
        return self._set.fit(row.word, _word_face(row.marker), columns.word_width, floor=0.6)

    def _height(self, row: LineRow, width: int) -> int:
        height, size = self._theme.tokens.height, self._theme.scale.size
        title = self._title(row, self._columns(width, row))
        lines = self._set.line_height(_TITLE, title.shrink) * len(title.lines)
        if row.detail:
            lines += self._set.line_height(_DETAIL)
        two = row.detail or len(title.lines) > 1
        return max(size(height.row_two if two else height.row_alone), math.ceil(lines) + 12)

    def _marker(self) -> int:
        return self._theme.scale.size(self._theme.tokens.height.marker)

    def _columns(self, width: float, row: LineRow) -> _Columns:
        size, pad = self._theme.scale.size, self._theme.scale.gap(16)
        word_width = size(_WORD_WIDTH)
        # Units end at the same place in every row; large ones reach further left.
        units_width = max(size(_UNITS_WIDTH), math.ceil(self._set.width(units(row), _TITLE)))
        word = width - pad - word_width
        figures = word - self._theme.scale.gap(16) - units_width
        title = pad + self._marker() + self._theme.scale.gap(12)
        room = figures - title - self._theme.scale.gap(8)
        return _Columns(pad, title, room, figures, units_width, word, word_width)


_RIGHT = Qt.AlignmentFlag.AlignRight


def _word_face(marker: Marker) -> Face:
    return _OPEN_WORD if marker is Marker.OPEN else _TITLE
