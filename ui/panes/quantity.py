"""A number being set: the item, the number 96 px high, digits, one way to confirm."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.workflows.view import JobPanel, QuantityWork, TallyWork
from ui.panes.job import JobStrip
from ui.panes.kit import Kit, spread
from ui.panes.parts import foot_section, ground, item_head, keys_in_rows
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets.command_button import DIGIT, PRIMARY
from ui.widgets.panel import Line, Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.text import FIGURE, LINE, LINE_PLAIN, Text

_LIGHT_FIGURE = Face(Style.FIGURE, 400)
_LONGEST_FIGURE = 4
_FIGURE_FLOOR = 0.35


def build(kit: Kit, work: QuantityWork, job: JobPanel | None, level: int) -> QWidget:
    """Level 0 with the item's card; 1 with figure and digits side by side; 2 without the item's strip."""
    return _full(kit, work, job) if level == 0 else _tight(kit, work, job, strip=level == 1)


def _full(kit: Kit, work: QuantityWork, job: JobPanel | None) -> QWidget:
    panel = Panel(kit.theme)
    width = kit.room.width() - 2 * kit.gap(24) - 2
    head = Section(None, Line.BOTTOM)
    size = (120, 88) if kit.dense else (144, 112)
    fill(column_in(head), [item_head(kit, work.item, *size)], 0, kit.pads(24, 16, 24, 16))
    body = Section()
    digits = keys_in_rows(kit, [kit.button(digit, DIGIT) for digit in work.digits], width, even=True)
    parts: list[QWidget | int | None] = [figures_area(kit, work), None, digits, None]
    fill(column_in(body), parts, 0, kit.pads(24, 16, 24, 16))
    panel.add(head)
    panel.add(body, 1)
    confirm = kit.button(work.confirm, PRIMARY)
    foot = foot_section(kit, None, confirm)
    foot.setMinimumHeight(confirm.sizeHint().height() + 2 * kit.gap(8 if kit.dense else 16))
    panel.add(foot)
    return panel if job is None else ground(kit, JobStrip(kit, job), panel)


def _tight(kit: Kit, work: QuantityWork, job: JobPanel | None, *, strip: bool) -> QWidget:
    panel = Panel(kit.theme)
    width = kit.room.width() * 3 // 5
    digits = keys_in_rows(kit, [kit.button(digit, DIGIT) for digit in work.digits], width, even=True)
    body = Section()
    right = column(None, digits, kit.button(work.confirm, PRIMARY), None, gap=kit.gap(10))
    left = column(None, figures_area(kit, work), None)
    fill(row_in(body), [left, right], kit.gap(12), kit.pads(16, 8, 16, 8))
    panel.add(body, 1)
    return ground(kit, JobStrip(kit, job, work.item), panel, gap=8) if strip else panel


def figures_area(kit: Kit, work: QuantityWork | TallyWork) -> QWidget:
    """The number that is being set under its label, and beside it, lighter, the one that is expected."""
    area = QWidget()
    line = row(gap=kit.gap(48))
    counted = column(kit.text(work.label, LINE), _figure(kit, work.figure, FIGURE, Role.TEXT))
    if work.expected.isdigit() and len(work.expected) <= _LONGEST_FIGURE:
        label = kit.text(work.expected_label or kit.captions.expected, LINE, Role.TEXT2)
        line.addLayout(column(label, _figure(kit, work.expected, _LIGHT_FIGURE, Role.TEXT2)))
        line.addLayout(counted)
        line.addStretch(1)
    else:
        line.addLayout(counted)
        line.addWidget(spread(kit.text(work.expected, LINE_PLAIN, Role.TEXT2, lines=3)), 1)
    fill(column_in(area), [line], 0, (0, 0, 0, 0))
    return area


def _figure(kit: Kit, figure: str, face: Face, role: Role) -> QWidget:
    made = Text(kit.theme, figure, face, role, floor=_FIGURE_FLOOR)
    made.setObjectName("figure")
    return spread(made)
