"""The job at the left: the return, its lines, its figures; and the same on one strip."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import ItemCard, JobPanel, LineRow, Marker
from ui.panes.kit import Kit, spread
from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets.figures import Figures
from ui.widgets.markers import WORD_ROLES, MarkerIcon, Segments
from ui.widgets.panel import Line, Panel, Part, Section, fill, row_in
from ui.widgets.row_delegate import RowDelegate, say_line
from ui.widgets.rows import BenchList, RowsModel
from ui.widgets.text import BENCH, BENCH_STRONG, ITEM, LINE, Text

_CURRENT = (Marker.NOW, Marker.STOP, Marker.ATTENTION)


class IconMark(QWidget):
    """An icon beside a note; the note says it in words."""

    def __init__(self, theme: Theme, icon: str, role: Role = Role.TEXT2) -> None:
        super().__init__()
        self._theme, self.icon, self._role = theme, icon, role
        side = theme.scale.size(theme.tokens.height.icon)
        self.setFixedSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        painter = QPainter(self)
        self._theme.icons.draw(painter, self.icon, QRectF(self.rect()), self._theme.color(self._role))


class JobPane(Panel):
    """The job's panel. It stays while the job does, so that a scan touches only the rows it changes."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit.theme)
        self._kit = kit
        self.setObjectName("job")
        self._code = kit.text("", ITEM)
        self._order = kit.text("", BENCH, Role.TEXT2)
        self._progress = Text(kit.theme, "", BENCH_STRONG, align=Qt.AlignmentFlag.AlignRight)
        self._segments = Segments(kit.theme)
        self._model: RowsModel[LineRow] = RowsModel(say_line)
        self.list = BenchList(kit.theme, "")
        self.list.setObjectName("job-lines")
        self.list.setModel(self._model)
        self.list.setItemDelegate(RowDelegate(kit.theme, self.list))
        self._icon = IconMark(kit.theme, "scan")
        self._note = kit.text("", BENCH, Role.TEXT2, lines=2)
        self._figures = Figures(kit.theme, ())
        self._build()

    def _build(self) -> None:
        kit = self._kit
        head = Section(None, Line.BOTTOM)
        head.setFixedHeight(kit.px(kit.theme.tokens.height.job_head))
        parts: list[Part] = [
            self._code,
            kit.gap(4),
            spread(self._order),
            self._progress,
            kit.gap(4),
            self._segments,
        ]
        fill(row_in(head), parts, kit.gap(8), kit.pads(16, 0, 16, 0))
        self._note_area = QWidget()
        note = [self._icon, spread(self._note)]
        fill(row_in(self._note_area), note, kit.gap(12), kit.pads(16, 8, 16, 14))
        self.add(head)
        self.add(self.list, 1)
        self.add(self._note_area)
        self.add(self._figures)
        self.setFixedWidth(kit.px(kit.theme.tokens.split.job_list))

    def show_job(self, job: JobPanel) -> None:
        """Show another state of the job, or another job."""
        self._code.show_text(job.code)
        self._order.show_text(job.order)
        self._progress.show_text(job.progress)
        self._segments.show_segments(job.segments)
        self.list.setAccessibleName(f"{job.code} {job.progress}")
        self._model.show_rows(job.rows)
        self._icon.icon = "lock" if any(line.marker is Marker.STOP for line in job.rows) else "scan"
        self._icon.update()
        self._note.show_text(job.note)
        self._note_area.setVisible(bool(job.note))
        self._figures.show_figures(job.figures)
        self._figures.setVisible(bool(job.figures))
        current = next((at for at, line in enumerate(job.rows) if line.marker in _CURRENT), 0)
        self.list.scrollTo(self._model.index(current, 0))

    def sizeHint(self) -> QSize:
        """Wide as the design, at least head, one row and figures high."""
        return QSize(self.width(), self.minimumSizeHint().height())


class JobStrip(QWidget):
    """The job on one line: the item in the hand (or the return), how its line stands, how far the job is."""

    def __init__(self, kit: Kit, job: JobPanel | None, item: ItemCard | None = None) -> None:
        super().__init__()
        self.setObjectName("job-strip")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        parts: list[QWidget | int] = []
        if item is not None:
            parts.append(spread(kit.text(item.name, ITEM)))
        elif job is not None:
            parts += [kit.text(job.code, ITEM), spread(kit.text(job.order, BENCH, Role.TEXT2))]
        parts += self._state(kit, job, item)
        if job is not None:
            parts += [kit.gap(4), kit.text(job.progress, BENCH, Role.TEXT2)]
            parts.append(Segments(kit.theme, job.segments))
        fill(row_in(self), parts, kit.gap(10), kit.pads(4, 0, 4, 0))

    @staticmethod
    def _state(kit: Kit, job: JobPanel | None, item: ItemCard | None) -> list[QWidget | int]:
        """What is known of the item, else how the current line stands."""
        known = next((fact for fact in item.facts if fact.marker), None) if item else None
        if known is not None and known.marker is not None:
            marker, word = known.marker, known.value
        else:
            current = next((line for line in job.rows if line.marker in _CURRENT), None) if job else None
            if current is None:
                return []
            marker, word = current.marker, current.word
        return [MarkerIcon(kit.theme, marker), kit.text(word, LINE, WORD_ROLES[marker])]
