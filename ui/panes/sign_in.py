"""A closed screen: whose it is, what is kept meanwhile, and how it is opened again."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import SignInWork
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import keys_in_rows
from ui.panes.pin import fill_pin, pin_line
from ui.theme.tokens import Role
from ui.widgets.command_button import CARD_LINE, PRIMARY
from ui.widgets.markers import MarkerIcon
from ui.widgets.panel import Line, Panel, Part, Section, column, column_in, fill, row, row_in
from ui.widgets.text import BENCH, ITEM, LINE_PLAIN

_MARKS = (160, 72)
_SIDE = 304


def build(kit: Kit, work: SignInWork, level: int) -> QWidget:
    """Level 0 with a large mark; 1 with a small one; 2 without any, or with a PIN alone."""
    panel = Panel(kit.theme)
    panel.setObjectName("sign-in")
    width = kit.room.width() - 2 * kit.gap(16) - 2
    if work.pin is not None and level == len(_MARKS):
        panel.add(pin_line(kit, work.pin, width), 1)
        return panel
    panel.add(_said(kit, work, level), 1)
    if work.pin is not None:
        width -= kit.px(_SIDE) + kit.theme.tokens.space.page
    if work.choices:
        panel.add(_ways_on(kit, work, level, width))
    if work.pin is None:
        return panel
    area, side = QWidget(), Panel(kit.theme)
    side.setObjectName("pin")
    fill_pin(kit, side, work.pin)
    side.setFixedWidth(kit.px(_SIDE))
    fill(row_in(area), [spread(panel), side], kit.theme.tokens.space.page, (0, 0, 0, 0))
    return area


def _ways_on(kit: Kit, work: SignInWork, level: int, width: int) -> Section:
    foot = Section(Role.SURFACE2, Line.TOP)
    keys = [kit.button(choice, PRIMARY if choice.proposed else CARD_LINE) for choice in work.choices]
    pad = 12 if kit.dense or level else 16
    fill(column_in(foot), [keys_in_rows(kit, keys, width)], 0, kit.pads(16, pad, 16, pad))
    foot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return foot


def _said(kit: Kit, work: SignInWork, level: int) -> Section:
    section = Section()
    notes: list[Part] = []
    for marker, note in work.notes:
        notes.append(
            row(MarkerIcon(kit.theme, marker), spread(kit.text(note, BENCH, lines=2)), gap=kit.gap(12))
        )
    # Where there is least room the band alone says how the screen is opened.
    tightest = level == len(_MARKS)
    detail = [] if tightest else [spread(kit.text(work.detail, LINE_PLAIN, Role.TEXT2, lines=3))]
    words = column(None, spread(kit.text(work.title, ITEM, lines=2)), *detail, *notes, None, gap=kit.gap(10))
    parts: list[Part] = [words]
    if level < len(_MARKS):
        mark = IconMark(kit.theme, work.icon, Role.TEXT2)
        mark.setFixedSize(*(kit.px(_MARKS[level]),) * 2)
        parts.insert(0, mark)
    fill(row_in(section), parts, kit.gap(24), kit.pads(24, 12, 24, 12))
    return section
