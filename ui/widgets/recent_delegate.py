"""`RecentDelegate`: the last jobs at this bench, one line each, in columns."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.workflows.view import RecentJob
from ui.theme.theme import Theme
from ui.theme.tokens import Role, Style
from ui.typeset import Face, Typesetter
from ui.widgets.markers import draw_marker
from ui.widgets.rows import ROW_ROLE, RowPainter

_TIME = Face(Style.LINE, 400)
_CODE = Face(Style.LINE, 600)
_TITLE = Face(Style.LINE, 400)
_OUTCOME = Face(Style.BENCH)
_FLOOR = 0.7
_OUTCOME_SHARE = 0.33


def say_recent(job: RecentJob) -> str:
    """A job in words."""
    return ", ".join(part for part in (job.time, job.code, job.title, job.grade, job.outcome) if part)


@dataclass(frozen=True, slots=True)
class _Cell:
    """A text, its face and colour, and where it stands: left edge and width in pixels."""

    text: str
    face: Face
    role: Role
    left: float
    width: float


class RecentDelegate(RowPainter):
    """Draws a `RecentJob`. Columns are as wide as the widest of all rows, so that they line up."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._set = theme, Typesetter(theme)
        self._time = self._code = self._grade = self._outcome = 0.0
        self._height = theme.tokens.height.row_alone

    def measure(self, jobs: Sequence[RecentJob], height: int) -> None:
        """Learn the widths of these jobs; `height` is each row's, at Text 100 %."""
        self._height = height
        self._time = self._widest([job.time for job in jobs], _TIME)
        self._code = self._widest([job.code for job in jobs], _CODE)
        self._grade = self._widest([job.grade for job in jobs], _CODE)
        self._outcome = self._widest([job.outcome for job in jobs], _OUTCOME)

    def least_width(self) -> int:
        """A width at which the columns still read well."""
        gap = self._theme.scale.gap(16)
        fixed = self._time + self._code + self._grade + self._outcome
        return round(fixed * 0.85 + self._theme.scale.text(160) + self._theme.scale.size(24) + 7 * gap)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One height for all."""
        return QSize(0, self._theme.scale.size(self._height))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        job = index.data(ROW_ROLE)
        if not isinstance(job, RecentJob):
            return
        painter.save()
        box = QRectF(option.rect)
        side, pad = self._theme.scale.size(self._theme.tokens.height.marker), self._theme.scale.gap(16)
        place = QRectF(box.left() + pad, box.center().y() - side / 2, side, side)
        draw_marker(painter, self._theme, job.marker, place)
        for cell in self._cells(job, box.width()):
            setting = self._set.fit(cell.text, cell.face, cell.width, floor=_FLOOR)
            area = QRectF(box.left() + cell.left, box.top(), cell.width, box.height() - 1)
            self._set.draw(painter, setting, cell.face, area, self._theme.color(cell.role))
        line = QRectF(box.left(), box.bottom() - 1, box.width(), 1)
        painter.fillRect(line, self._theme.color(Role.LINE))
        painter.restore()

    def cut_texts(self, row: object, width: int) -> list[str]:
        """Cells that are cut."""
        if not isinstance(row, RecentJob):
            return []
        return [
            cell.text
            for cell in self._cells(row, width)
            if self._set.fit(cell.text, cell.face, cell.width, floor=_FLOOR).cut
        ]

    def _widest(self, texts: Sequence[str], face: Face) -> float:
        return max((self._set.width(text, face) for text in texts), default=0.0) + 2

    def _cells(self, job: RecentJob, width: float) -> tuple[_Cell, ...]:
        gap, pad = self._theme.scale.gap(14), self._theme.scale.gap(16)
        time = pad + self._theme.scale.size(self._theme.tokens.height.marker) + self._theme.scale.gap(12)
        code = time + self._time + gap
        title = code + self._code + self._theme.scale.gap(26)
        outcome_width = max(min(self._outcome, width * 0.4), width * _OUTCOME_SHARE - pad)
        outcome = width - pad - outcome_width
        grade = outcome - self._grade - self._theme.scale.gap(24)
        return (
            _Cell(job.time, _TIME, Role.TEXT2, time, self._time),
            _Cell(job.code, _CODE, Role.TEXT, code, self._code),
            _Cell(job.title, _TITLE, Role.TEXT, title, grade - gap - title),
            _Cell(job.grade, _CODE, Role.TEXT, grade, self._grade),
            _Cell(job.outcome, _OUTCOME, Role.TEXT2, outcome, outcome_width),
        )
