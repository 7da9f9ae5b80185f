"""A PIN that is asked for beside other work: the field, the digits, the key that hands it over."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.workflows.view import Choice, PinAsked
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import keys_in_rows
from ui.theme.tokens import Role
from ui.widgets.command_button import PRIMARY, CommandButton
from ui.widgets.panel import Line, Panel, Section, column_in, fill, row, row_in
from ui.widgets.pin_pad import PinField, pin_keys
from ui.widgets.text import BENCH, LINE

_ACROSS = 3


def fill_pin(kit: Kit, panel: Panel, pin: PinAsked) -> None:
    """Title, field, digits as on a telephone and the key that hands the PIN over, from top to bottom."""
    head = Section(None, Line.BOTTOM)
    title = [IconMark(kit.theme, "lock"), spread(kit.text(pin.title, LINE))]
    fill(row_in(head), title, kit.gap(8), kit.pads(16, 0, 16, 0))
    head.setFixedHeight(kit.px(kit.theme.tokens.height.panel_head))
    panel.add(head)
    field = _field(kit, pin)
    body = Section()
    pad = 8 if kit.dense else 12
    fill(
        column_in(body),
        [field, _pad(kit, field), None, _confirm(kit, pin, field)],
        kit.gap(8),
        kit.pads(16, pad, 16, pad),
    )
    panel.add(body, 1)
    if kit.dense:
        return
    note = row(IconMark(kit.theme, "lock"), spread(kit.text(pin.note, BENCH, Role.TEXT2)), gap=kit.gap(8))
    foot = Section(Role.SURFACE2, Line.TOP)
    fill(column_in(foot), [note], 0, kit.pads(16, 8, 16, 8))
    foot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    panel.add(foot)


def _pad(kit: Kit, field: PinField) -> QWidget:
    """The digits as on a telephone."""
    area = QWidget()
    grid = QGridLayout(area)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(kit.gap(8))
    least = kit.theme.tokens.height.button
    high = max(least, kit.px(48 if kit.dense else 54))
    for number, key in enumerate(_keys(kit, field, high)):
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid.addWidget(key, number // _ACROSS, number % _ACROSS)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area


def _field(kit: Kit, pin: PinAsked) -> PinField:
    field = PinField(kit.theme, pin.title, kit.enter_pin)
    field.setProperty("takesFocus", True)
    return field


def _keys(kit: Kit, field: PinField, height: int = 0) -> list[CommandButton]:
    return pin_keys(kit.theme, field, (kit.captions.pin_back, kit.captions.pin_empty), height)


def _confirm(kit: Kit, pin: PinAsked, field: PinField) -> CommandButton:
    button = CommandButton(
        kit.theme, Choice("pin-enter", pin.confirm, icon="tick", key=kit.captions.enter), PRIMARY
    )
    button.triggered.connect(lambda _command: field.hand_over())
    return button


def pin_line(kit: Kit, pin: PinAsked, width: int) -> Section:
    """The same where there is least room: field and key on one line, the digits in rows under it."""
    body = Section()
    field = _field(kit, pin)
    keys = keys_in_rows(kit, _keys(kit, field), width, even=True)
    line = row(kit.text(pin.detail, LINE), field, _confirm(kit, pin, field), gap=kit.gap(8))
    fill(column_in(body), [line, None, keys, None], kit.gap(6), kit.pads(16, 6, 16, 6))
    return body
