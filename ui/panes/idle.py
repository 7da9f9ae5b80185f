"""Nothing in the hand: the last jobs, today's figures, and the ways on without a scanner."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Choice, HeldJob, IdleWork, JobPanel, Marker, RecentJob
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import ground, keys_in_rows, titled
from ui.theme.tokens import Role
from ui.widgets.command_button import PLAIN, ROW, CommandButton
from ui.widgets.figures import Figures
from ui.widgets.markers import MarkerIcon
from ui.widgets.panel import Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.recent_delegate import RecentDelegate, say_recent
from ui.widgets.rows import BenchList, RowsModel
from ui.widgets.text import BENCH, LINE, LINE_PLAIN

_SHOWN = 5
_HELD_SHOWN = 2


def build(kit: Kit, work: IdleWork, _job: JobPanel | None, level: int) -> QWidget:
    """Level 0 in two columns; 1 the ways on over the list and the figures; 2 without the list."""
    if level == 0:
        return _full(kit, work)
    return _stacked(kit, work, jobs=level == 1)


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
    side = column(ways, _held_panel(kit, work), gap=kit.theme.tokens.space.page)
    side.setStretch(1, 1)
    right = QWidget()
    right.setLayout(side)
    side.setContentsMargins(0, 0, 0, 0)
    right.setFixedWidth(kit.px(kit.theme.tokens.split.idle_side))
    fill(row_in(area), [_recent_panel(kit, work), right], kit.theme.tokens.space.page, (0, 0, 0, 0))
    return area


def _stacked(kit: Kit, work: IdleWork, *, jobs: bool) -> QWidget:
    width = kit.room.width()
    keys = keys_in_rows(kit, [kit.button(choice, ROW) for choice in work.choices], width)
    parts: list[QWidget | int | None] = [keys]
    if work.held:
        panel = Panel(kit.theme)
        section = Section()
        fill(column_in(section), [_held(kit, work.held[0], one_line=not jobs)], 0, kit.pads(16, 6, 16, 6))
        panel.add(section)
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        parts.append(panel)
    panel = Panel(kit.theme)
    if work.recent and jobs:
        panel.add(_recent_list(kit, work), 1)
    elif not work.recent and (jobs or not work.held):
        panel.add(_empty(kit, work.empty_note, mark=jobs), 1)
    else:
        parts.append(None)
        panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    if work.figures:
        panel.add(Figures(kit.theme, work.figures))
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


def _held_panel(kit: Kit, work: IdleWork) -> Panel:
    panel = Panel(kit.theme)
    panel.add(titled(kit, work.held_title or kit.captions.parked, "", len(work.held)))
    body = Section()
    fits = 1 if kit.dense else _HELD_SHOWN
    rows: list[QWidget | int | None] = [_held(kit, job) for job in work.held[:fits]]
    note = work.held_note or ("" if work.held else kit.captions.parked_empty)
    if note:
        rows.append(kit.text(note, BENCH, Role.TEXT2, lines=2))
    fill(column_in(body), [*rows, None], kit.gap(12), kit.pads(16, 12, 16, 8))
    panel.add(body, 1)
    return panel


def _held(kit: Kit, job: HeldJob, *, one_line: bool = False) -> QWidget:
    area = QWidget()
    code, detail = kit.text(job.code, LINE), spread(kit.text(job.detail, BENCH, Role.TEXT2))
    words = row(code, detail, gap=kit.gap(12)) if one_line else column(spread(code), detail)
    resume: CommandButton = kit.button(Choice(job.command, kit.captions.resume), PLAIN)
    resume.setAccessibleName(f"{kit.captions.resume} {job.code}")
    mark = MarkerIcon(kit.theme, Marker.OPEN)
    fill(row_in(area), [mark, words, resume], kit.gap(12), (0, 0, 0, 0))
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area
