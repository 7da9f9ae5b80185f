"""A job is open and waits for an item: what to scan, and the ways on without a scanner."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Choice, JobPanel, WaitWork
from ui.panes.job import IconMark, JobStrip
from ui.panes.kit import Kit, spread
from ui.panes.parts import ground, keys_in_rows
from ui.theme.tokens import Role
from ui.widgets.command_button import CARD, CARD_LINE, PRIMARY, Look
from ui.widgets.panel import Line, Panel, Section, column, column_in, fill, row_in
from ui.widgets.text import ITEM, LINE_PLAIN

_FEW = 3


def build(kit: Kit, work: WaitWork, job: JobPanel | None, level: int) -> QWidget:
    """Level 0 with a large mark; 1 with a small one and single-line ways on; 2 without the job's strip."""
    panel = Panel(kit.theme)
    panel.add(_wanted(kit, work, level), 1)
    if work.choices:
        panel.add(_ways_on(kit, work, level))
    if job is None or level > 1:
        return panel
    return ground(kit, JobStrip(kit, job), panel, gap=8)


def _wanted(kit: Kit, work: WaitWork, level: int) -> Section:
    section = Section()
    mark = _mark(kit, work, level)
    title = spread(kit.text(work.title, ITEM, lines=2))
    detail = [spread(kit.text(work.detail, LINE_PLAIN, Role.TEXT2, lines=3))] if work.detail else []
    words = column(None, title, *detail, None, gap=kit.gap(6))
    fill(row_in(section), [mark, words], kit.gap(24), kit.pads(24, 12, 24, 12))
    return section


def _mark(kit: Kit, work: WaitWork, level: int) -> QWidget:
    """The picture that the words are about, or a sign of what is wanted."""
    if work.picture:
        size = (240, 180) if level == 0 and not kit.dense else (128, 96)
        return kit.picture(work.picture, work.title, *(size if level == 0 else (64, 48)))
    mark = IconMark(kit.theme, work.icon, Role.TEXT2)
    mark.setFixedSize(*(kit.px(96 if level == 0 else 48),) * 2)
    return mark


def _ways_on(kit: Kit, work: WaitWork, level: int) -> Section:
    section = Section(Role.SURFACE2, Line.TOP)
    width = kit.room.width() - 2 * kit.gap(16) - 2
    # Beside a filled key the others are of its height.
    proposed = any(choice.proposed for choice in work.choices)
    detailed = level == 0 and not proposed and any(choice.detail or choice.key for choice in work.choices)
    keys = [kit.button(choice, _look(choice, detailed=detailed)) for choice in work.choices]
    pad = 12 if kit.dense or level else 16
    # Many keys are of one width, unless one of them would then have to be lettered smaller than the others.
    widest = max(key.sizeHint().width() for key in keys)
    even = len(keys) > _FEW and len(keys) * (widest + kit.gap(8)) <= width + kit.gap(8)
    rows = keys_in_rows(kit, keys, width, even=even)
    fill(column_in(section), [rows], 0, kit.pads(16, pad, 16, pad))
    section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return section


def _look(choice: Choice, *, detailed: bool) -> Look:
    if choice.proposed:
        return PRIMARY
    return CARD if detailed else CARD_LINE
