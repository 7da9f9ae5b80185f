"""Units of one line being counted: the item, its number 96 px high, digits, and all lines beside it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Choice, TallyWork
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import foot_section, item_head, keys_in_rows
from ui.panes.quantity import figures_area
from ui.panes.sheet import chip, sheet_panel, sheet_strip
from ui.theme.tokens import Role
from ui.widgets.command_button import ADD, DIGIT, PRIMARY, STEP, CommandButton, Look
from ui.widgets.panel import Line, Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.text import BENCH, ITEM, LINE, LINE_PLAIN

_PLAIN = Look("button_primary", LINE, PRIMARY.key, BENCH, padding=20, centred=True, least="button", icon=24)


def build(kit: Kit, work: TallyWork, level: int) -> QWidget:
    """Level 0 with the sheet and the item's card; 1 with the sheet on one line; 2 with the number alone."""
    area = QWidget()
    name = work.item.name if work.item else work.title
    if level == 0:
        sheet = sheet_panel(kit, work.sheet, name)
        room = QSize(kit.room.width() - sheet.width() - kit.theme.tokens.space.page, kit.room.height())
        left = _panel(replace(kit, room=room), work, level)
        fill(row_in(area), [spread(left), sheet], kit.theme.tokens.space.page, (0, 0, 0, 0))
        return area
    if level == 1:
        # What is waited for stands below in full.
        strip = sheet_strip(kit, work.sheet, name if work.item else "")
        fill(column_in(area), [strip, _panel(kit, work, level)], kit.gap(8), (0, 0, 0, 0))
        return area
    fill(column_in(area), [_tightest(kit, work)], 0, (0, 0, 0, 0))
    return area


def _panel(kit: Kit, work: TallyWork, level: int) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("tally")
    width = kit.room.width() - 2 * kit.gap(24) - 2
    if work.item is None:
        panel.add(_waiting(kit, work, level), 1)
    else:
        if level == 0:
            panel.add(_head(kit, work))
        panel.add(_numbers(kit, work, width, level), 1)
    panel.add(_foot(kit, _with_ways_on(work) if level else work, level))
    return panel


def _with_ways_on(work: TallyWork) -> TallyWork:
    """Without room for the sheet its keys stand in the foot; with an item in the hand they can wait."""
    return work if work.item else replace(work, choices=(*work.choices, *work.sheet.choices))


def _tightest(kit: Kit, work: TallyWork) -> Panel:
    """The number under its item's name at the left, digits and the way to confirm at the right."""
    panel = Panel(kit.theme)
    panel.setObjectName("tally")
    if work.item is None:
        body = Section()
        ways_on = (*_with_ways_on(work).choices, *_confirm(work))
        buttons = [kit.button(choice, _PLAIN) for choice in ways_on]
        title = kit.text(work.title, ITEM)
        fill(
            column_in(body), [title, row(None, *buttons, gap=kit.gap(8))], kit.gap(6), kit.pads(16, 8, 16, 8)
        )
        panel.add(body, 1)
        return panel
    width = kit.room.width() * 11 // 20
    digits = [kit.button(digit, DIGIT) for digit in work.digits]
    below = [kit.button(c, PRIMARY if c.proposed else _PLAIN) for c in (*work.choices[:1], *_confirm(work))]
    ways = row(None, *below, gap=kit.gap(8))
    right = column(
        None, *([keys_in_rows(kit, digits, width, even=True)] if digits else []), ways, gap=kit.gap(8)
    )
    left = column(None, figures_area(kit, replace(work, label=work.item.name)), None)
    body = Section()
    fill(row_in(body), [left, right], kit.gap(12), kit.pads(16, 6, 16, 6))
    panel.add(body, 1)
    return panel


def _confirm(work: TallyWork) -> tuple[Choice, ...]:
    return (work.confirm,) if work.confirm else ()


def _waiting(kit: Kit, work: TallyWork, level: int) -> Section:
    section = Section()
    icon = IconMark(kit.theme, "scan", Role.ASK_TEXT)
    icon.setFixedSize(kit.px(64), kit.px(64))
    title = kit.text(work.title, ITEM, lines=2)
    detail = kit.text(work.detail, LINE_PLAIN, Role.TEXT2, lines=4)
    above: list[QWidget | int | None] = [icon, kit.gap(12)] if level == 0 else []
    parts: list[QWidget | int | None] = [None, *above, title]
    fill(column_in(section), [*parts, detail, None], kit.gap(8), kit.pads(24, 16, 24, 16))
    return section


def _head(kit: Kit, work: TallyWork) -> Section:
    head = Section(None, Line.BOTTOM)
    if work.item is None:
        raise ValueError("nothing is in the hand")
    size = (120, 88) if kit.dense else (144, 112)
    parts: list[QWidget | int | None] = [item_head(kit, work.item, *size)]
    if work.chip or work.chip_word:
        parts.append(chip(kit, work.chip, work.chip_word))
    fill(column_in(head), parts, kit.gap(8), kit.pads(24, 16, 24, 16))
    head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return head


def _numbers(kit: Kit, work: TallyWork, width: int, level: int) -> Section:
    body = Section()
    low = level > 0 or kit.dense
    steps = [_step(kit, choice, low=low) for choice in work.steps]
    figures = row(spread(figures_area(kit, work)), *steps, gap=kit.gap(16))
    digits = [kit.button(digit, DIGIT) for digit in work.digits]
    keys = keys_in_rows(kit, digits, width, even=True) if digits else None
    edge = 10 if low else 16
    parts = [None, figures, None, *([keys] if keys else []), None]
    fill(column_in(body), parts, kit.gap(4), kit.pads(24, edge, 24, edge))
    return body


def _step(kit: Kit, choice: Choice, *, low: bool) -> CommandButton:
    made = kit.button(choice, STEP if low else ADD)
    side = made.sizeHint().height()
    if not low:
        made.setFixedSize(max(side, kit.px(96)), max(side, kit.px(96)))
    return made


def _foot(kit: Kit, work: TallyWork, level: int) -> Section:
    choices = [kit.button(choice, _PLAIN) for choice in work.choices]
    confirm = [kit.button(work.confirm, PRIMARY if work.confirm.proposed else _PLAIN)] if work.confirm else []
    section = foot_section(kit, *choices, None, *confirm)
    layout = section.layout()
    if layout is not None:
        layout.setContentsMargins(*kit.pads(24, 0, 24, 0))
    high = max((button.sizeHint().height() for button in (*choices, *confirm)), default=0)
    section.setMinimumHeight(high + 2 * kit.gap(16 if level == 0 and not kit.dense else 6))
    return section
