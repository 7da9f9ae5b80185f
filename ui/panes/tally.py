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
from ui.widgets.panel import Line, Panel, Section, column_in, fill, row, row_in
from ui.widgets.text import BENCH, ITEM, LINE, LINE_PLAIN

_PLAIN = Look("button_primary", LINE, PRIMARY.key, BENCH, padding=20, centred=True, least="button", icon=24)


def build(kit: Kit, work: TallyWork, level: int) -> QWidget:
    """Level 0 with the sheet and the item's card; 1 with the sheet alone; 2 with the sheet on one line."""
    area = QWidget()
    if level < 2:  # noqa: PLR2004 - the tightest arrangement
        name = work.item.name if work.item else work.title
        sheet = sheet_panel(kit, work.sheet, name)
        room = QSize(kit.room.width() - sheet.width() - kit.gap(16), kit.room.height())
        left = _panel(replace(kit, room=room), work, level)
        fill(row_in(area), [spread(left), sheet], kit.theme.tokens.space.page, (0, 0, 0, 0))
        return area
    strip = sheet_strip(kit, work.sheet, work.item.name if work.item else work.title)
    fill(column_in(area), [strip, _panel(kit, work, level)], kit.gap(8), (0, 0, 0, 0))
    return area


def _panel(kit: Kit, work: TallyWork, level: int) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("tally")
    width = kit.room.width() - 2 * kit.gap(24) - 2
    if work.item is None:
        panel.add(_waiting(kit, work, level), 1)
    else:
        if level < 2:  # noqa: PLR2004 - the strip names the item
            panel.add(_head(kit, work, level))
        panel.add(_numbers(kit, work, width, level), 1)
    panel.add(_foot(kit, work, level))
    return panel


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


def _head(kit: Kit, work: TallyWork, level: int) -> Section:
    head = Section(None, Line.BOTTOM)
    if work.item is None:
        raise ValueError("nothing is in the hand")
    said = bool(work.chip or work.chip_word)
    if level == 0:
        size = (120, 88) if kit.dense else (144, 112)
        parts: list[QWidget | int | None] = [item_head(kit, work.item, *size)]
    else:
        name = row(kit.text(work.item.name, ITEM), spread(kit.text(work.item.sku, BENCH, Role.TEXT2)))
        name.setSpacing(kit.gap(12))
        box = QWidget()
        box.setLayout(name)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        parts = [box]
    if said:
        parts.append(chip(kit, work.chip, work.chip_word))
    edge = 8 if level else 16
    fill(column_in(head), parts, kit.gap(8), kit.pads(24, edge, 24, edge))
    head.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return head


def _numbers(kit: Kit, work: TallyWork, width: int, level: int) -> Section:
    body = Section()
    low = level > 0 or kit.dense
    steps = [_step(kit, choice, low=low) for choice in work.steps]
    figures = row(spread(figures_area(kit, work)), *steps, gap=kit.gap(16))
    digits = [kit.button(digit, DIGIT) for digit in work.digits]
    keys = keys_in_rows(kit, digits, width, even=True) if digits else None
    edge = 6 if level == 2 else 10 if low else 16  # noqa: PLR2004 - the tightest arrangement
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
