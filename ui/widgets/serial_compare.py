"""`SerialCompare`: what was expected over what was read, sign by sign, the signs that differ marked."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Comparison
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets import shapes

_SIGN = Face(Style.SERIAL)
_LABEL = Face(Style.LINE)
_WRAP = 16
_LEAST_CELL = 16
_CELL_GAP = 4
_ROW_GAP = 8
_LOW = 0.62


def differing(expected: str, read: str) -> frozenset[int]:
    """Positions at which two texts differ; those that only one of them has differ too."""
    length = max(len(expected), len(read))
    return frozenset(at for at in range(length) if expected[at : at + 1] != read[at : at + 1])


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cell sizes in pixels, cells in a line, lines of each text."""

    wide: float
    high: float
    across: int
    lines: int


class SerialCompare(QWidget):
    """Two rows of character cells; long texts wrap to further lines of cells, pairs kept together.

    `low` draws flatter cells, for large text in little room.
    """

    def __init__(
        self, theme: Theme, comparison: Comparison, *, low: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low = low
        self._theme, self._set = theme, Typesetter(theme)
        self._comparison = comparison
        self._differs = differing(comparison.expected, comparison.read)
        self._length = max(len(comparison.expected), len(comparison.read), 1)
        self.setObjectName("serial-compare")
        self.setAccessibleName(
            f"{comparison.expected_label} {comparison.expected}, {comparison.read_label} {comparison.read}"
        )
        self.setAccessibleDescription(comparison.verdict)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Narrower means smaller cells or more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at that width."""
        grid = self._grid(width)
        pairs = grid.lines * (2 * grid.high + self._row_gap())
        return math.ceil(pairs + (grid.lines - 1) * 2 * self._row_gap() + self._pointer())

    def sizeHint(self) -> QSize:
        """Cells of full size on one line if it is short."""
        cell = self._theme.scale.size(self._theme.tokens.height.serial_cell_width)
        width = round(self._label_width() + min(self._length, _WRAP) * (cell + _CELL_GAP))
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Small cells, but readable."""
        least = self._theme.scale.text(_LEAST_CELL) + _CELL_GAP
        width = round(self._label_width() + min(self._length, _WRAP) * least)
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw labels, cells and the pointers under what differs."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grid = self._grid(self.width())
        y = 0.0
        for line in range(grid.lines):
            first = line * grid.across
            span = range(first, min(first + grid.across, self._length))
            rows = (
                (self._comparison.expected_label, self._comparison.expected, Role.TEXT2, False),
                (self._comparison.read_label, self._comparison.read, Role.STOP_TEXT, True),
            )
            for label, text, role, read in rows:
                if line == 0:
                    area = QRectF(0, y, self._label_width() - 8, grid.high)
                    setting = self._set.fit(label, _LABEL, area.width())
                    self._set.draw(painter, setting, _LABEL, area, self._theme.color(role))
                for at in span:
                    x = self._label_width() + (at - first) * (grid.wide + _CELL_GAP)
                    self._paint_cell(painter, text[at : at + 1], QRectF(x, y, grid.wide, grid.high), at, read)
                y += grid.high + self._row_gap()
            self._paint_pointers(painter, grid, span, y)
            y += self._row_gap()

    def cut_texts(self) -> list[str]:
        """Labels that are cut, or cells too small to read."""
        room = self._label_width() - 8
        labels = (self._comparison.expected_label, self._comparison.read_label)
        cut = [label for label in labels if self._set.fit(label, _LABEL, room).cut]
        small = self._grid(self.width()).wide < _LEAST_CELL
        return [*cut, self._comparison.read] if small else cut

    def _paint_cell(self, painter: QPainter, sign: str, box: QRectF, at: int, read: bool) -> None:
        differs = at in self._differs
        radius = self._theme.tokens.radius.cell
        ground, edge, ink = Role.SURFACE2, Role.LINE, Role.TEXT
        if differs:
            ground, edge = (Role.STOP, Role.STOP) if read else (Role.SURFACE, Role.STOP)
            ink = Role.ON_STOP if read else Role.TEXT
        width = 3 if differs and not read else 1
        inner = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.fillPath(shapes.rounded(inner, radius), self._theme.color(ground))
        painter.setPen(QPen(self._theme.color(edge), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inner, radius, radius)
        # A sign stays inside its cell both ways.
        high = self._set.line_height(_SIGN) * 0.72
        room = min(box.width() - 4, self._set.width(sign, _SIGN) * min(1.0, box.height() / high))
        setting = self._set.fit(sign, _SIGN, room, floor=0.3)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._set.draw(painter, setting, _SIGN, box, self._theme.color(ink), align=centre)

    def _paint_pointers(self, painter: QPainter, grid: _Grid, span: range, y: float) -> None:
        side = self._pointer() * 1.4
        for at in span:
            if at in self._differs:
                x = self._label_width() + (at - span.start) * (grid.wide + _CELL_GAP) + grid.wide / 2
                box = QRectF(x - side / 2, y, side, side * 0.6)
                painter.fillPath(shapes.triangle(box), self._theme.color(Role.STOP))

    def _grid(self, width: float) -> _Grid:
        height, size = self._theme.tokens.height, self._theme.scale.size
        room = width - self._label_width() + _CELL_GAP
        design = size(height.serial_cell_width)
        across = min(self._length, _WRAP)
        wide = min(design, room / across - _CELL_GAP)
        if wide < self._theme.scale.text(_LEAST_CELL):
            across = max(1, int(room // (self._theme.scale.text(_LEAST_CELL) + _CELL_GAP)))
            wide = room / across - _CELL_GAP
        high = size(height.serial_cell) * max(0.6, _LOW if self._low else wide / design)
        return _Grid(wide, high, across, math.ceil(self._length / across))

    def _label_width(self) -> float:
        labels = (self._comparison.expected_label, self._comparison.read_label)
        return max(self._set.width(label, _LABEL) for label in labels) + self._theme.scale.gap(28)

    def _row_gap(self) -> int:
        return self._theme.scale.gap(_ROW_GAP)

    def _pointer(self) -> int:
        return self._theme.scale.gap(20)
