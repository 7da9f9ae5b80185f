"""Nothing in the hand: the last jobs, today's figures, and the ways on without a scanner."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Figure, IdleWork, JobPanel, RecentJob
from ui.panes.job import IconMark
from ui.panes.kit import Kit, fits, spread
from ui.panes.parked import parked_panel, parked_strip
from ui.panes.parts import ground, keys_in_rows, titled
from ui.theme.tokens import Role
from ui.widgets.command_button import ROW
from ui.widgets.figures import Figures
from ui.widgets.panel import Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.recent_delegate import RecentDelegate, say_recent
from ui.widgets.rows import BenchList, RowsModel
from ui.widgets.text import BENCH, LINE_PLAIN

_SHOWN = 5


def build(kit: Kit, work: IdleWork, _job: JobPanel | None, level: int) -> QWidget:
    """Level 0 in two columns; 1 the ways on over the list and the figures; 2 without the list.

    Where that is still too high the figures stand on one line, then not at all.
    """
    if level == 0:
        return _full(kit, work)
    area = _stacked(kit, work, work.figures, jobs=level == 1)
    if level == 1 or fits(area, kit.room):
        return area
    area.deleteLater()
    area = _stacked(kit, work, work.figures, jobs=False, low=True)
    if fits(area, kit.room):
        return area
    area.deleteLater()
    return _stacked(kit, work, (), jobs=False)


def _full(kit: Kit, work: IdleWork) -> QWidget:
    area = QWidget()
    ways = Panel(kit.theme)
    ways.add(titled(kit, work.choices_title or kit.captions.nothing_to_scan))
    body = Section()
    buttons = [kit.button(choice, ROW) for choice in work.choices]
    for button in buttons:
        spread(button)
    pads = kit.pads(16, 12, 16, 12) if kit.dense else kit.pads(16, 16, 16, 16)
    fill(column_in(body), buttons, kit.gap(8), pads)
    ways.add(body)
    ways.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    side = column(ways, parked_panel(kit, work), gap=kit.theme.tokens.space.page)
    side.setStretch(1, 1)
    right = QWidget()
    right.setLayout(side)
    side.setContentsMargins(0, 0, 0, 0)
    right.setFixedWidth(kit.px(kit.theme.tokens.split.idle_side))
    fill(row_in(area), [_recent_panel(kit, work), right], kit.theme.tokens.space.page, (0, 0, 0, 0))
    return area


def _stacked(
    kit: Kit, work: IdleWork, figures: Sequence[Figure], *, jobs: bool, low: bool = False
) -> QWidget:
    width = kit.room.width()
    keys = keys_in_rows(kit, [kit.button(choice, ROW) for choice in work.choices], width)
    parts: list[QWidget | int | None] = [keys]
    if work.held:
        parts.append(parked_strip(kit, work.held, one_line=not jobs))
    listed: QWidget | None = None
    if work.recent and jobs:
        listed = _recent_list(kit, work)
    elif not work.recent and (jobs or not work.held):
        listed = _empty(kit, work.empty_note, mark=jobs)
    else:
        parts.append(None)
    if listed is None and not figures:
        return ground(kit, *parts, gap=10)
    panel = Panel(kit.theme)
    if listed is not None:
        panel.add(listed, 1)
    else:
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    if figures:
        panel.add(Figures(kit.theme, figures, low=low))
    return ground(kit, *parts, panel, gap=10)


def _recent_panel(kit: Kit, work: IdleWork) -> Panel:
    panel = Panel(kit.theme)
    aside = kit.captions.newest_first if work.recent else ""
    panel.add(titled(kit, work.recent_title or kit.captions.recent, aside))
    if work.recent:
        panel.add(_recent_list(kit, work), 1)
        if work.note:
            panel.add(_note(kit, "help", work.note))
    else:
        panel.add(_empty(kit, work.empty_note, mark=True), 1)
    if work.figures:
        panel.add(Figures(kit.theme, work.figures))
    return panel


def _recent_list(kit: Kit, work: IdleWork) -> BenchList:
    model: RowsModel[RecentJob] = RowsModel(say_recent)
    shown = BenchList(kit.theme, work.recent_title or kit.captions.recent)
    shown.setObjectName("recent-jobs")
    model.setParent(shown)
    model.show_rows(work.recent)
    delegate = RecentDelegate(kit.theme, shown)
    delegate.measure(work.recent, _row_height(kit, len(work.recent)))
    shown.setModel(model)
    shown.setItemDelegate(delegate)
    shown.show_whole_rows()
    shown.setMinimumWidth(delegate.least_width())
    return shown


def _row_height(kit: Kit, rows: int) -> int:
    """The design's height of a row where all rows then fit, else the bench's least."""
    height = kit.theme.tokens.height
    others = height.panel_head + height.figures + height.row
    all_fit = kit.px(rows * height.row_alone + others) <= kit.room.height()
    return height.row_alone if all_fit else height.row


def _note(kit: Kit, icon: str, note: str) -> QWidget:
    area = QWidget()
    text = spread(kit.text(note, BENCH, Role.TEXT2, lines=2))
    pad = 8 if kit.dense else 16
    fill(row_in(area), [IconMark(kit.theme, icon), text], kit.gap(12), kit.pads(16, pad, 16, pad))
    return area


def _empty(kit: Kit, note: str, *, mark: bool) -> QWidget:
    area = QWidget()
    icon = IconMark(kit.theme, "scan", Role.EDGE)
    icon.setFixedSize(kit.px(64), kit.px(64))
    text = spread(kit.text(note, LINE_PLAIN, Role.TEXT2, Qt.AlignmentFlag.AlignHCenter, lines=4))
    marks = [row(None, icon, None)] if mark else []
    pad = 16 if mark else 8
    fill(column_in(area), [None, *marks, text, None], kit.gap(16), kit.pads(24, pad, 24, pad))
    return area
