"""Requests that wait for an approver: the list, the one in the hand in full, and the panel that decides."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import Marker, ReviewWork
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import facts, foot_section, keys_in_rows
from ui.panes.pin import fill_pin, pin_line
from ui.theme.tokens import Role
from ui.widgets.command_button import FOOT, ROW, Look
from ui.widgets.markers import MarkerIcon
from ui.widgets.panel import Line, Panel, Part, Section, column, column_in, fill, row, row_in
from ui.widgets.request_list import RequestList
from ui.widgets.text import BENCH, BENCH_STRONG, ITEM, LINE, LINE_PLAIN, Text

_SIDE = 304
_LIST = 552
_PHOTO = (200, 150)
_MANY_FACTS = 7
_ACROSS = 3
_ASK = replace(ROW, padding=14)


def build(kit: Kit, work: ReviewWork, level: int) -> QWidget:
    """Level 0 in three panels; 1 the list and the panel that decides; 2 the one in the hand alone."""
    area = QWidget()
    page = kit.theme.tokens.space.page
    if work.item is None:
        fill(column_in(area), [_empty(kit, work)], 0, (0, 0, 0, 0))
        return area
    if level == 0:
        listed, side = _list_panel(kit, work), _side_panel(kit, work)
        listed.setFixedWidth(kit.px(_LIST))
        side.setFixedWidth(kit.px(_SIDE))
        fill(row_in(area), [listed, spread(_detail_panel(kit, work)), side], page, (0, 0, 0, 0))
        return area
    if level == 1:
        side = _side_panel(kit, work)
        side.setFixedWidth(kit.px(_SIDE))
        left = _list_panel(kit, work) if work.pin is None else _detail_panel(kit, work)
        fill(row_in(area), [spread(left), side], page, (0, 0, 0, 0))
        return area
    fill(column_in(area), [_tightest(kit, work)], 0, (0, 0, 0, 0))
    return area


def _empty(kit: Kit, work: ReviewWork) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("review")
    section = Section()
    icon = IconMark(kit.theme, "tick", Role.EDGE)
    icon.setFixedSize(kit.px(64), kit.px(64))
    title = kit.text(work.empty_title, ITEM, align=Qt.AlignmentFlag.AlignHCenter)
    note = kit.text(work.empty_note, LINE_PLAIN, Role.TEXT2, Qt.AlignmentFlag.AlignHCenter, lines=4)
    parts: list[Part] = [None, row(None, icon, None), title, spread(note), None]
    fill(column_in(section), parts, kit.gap(12), kit.pads(24, 8, 24, 8))
    panel.add(section, 1)
    return panel


def _list_panel(kit: Kit, work: ReviewWork) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("review")
    head = Section(None, Line.BOTTOM)
    late: list[Part] = []
    if work.late:
        late = [MarkerIcon(kit.theme, Marker.ATTENTION), kit.text(work.late, BENCH_STRONG, Role.WARN_TEXT)]
    total = kit.text(work.total, BENCH, Role.TEXT2, Qt.AlignmentFlag.AlignRight)
    fill(row_in(head), [kit.text(work.title, LINE), *late, spread(total)], kit.gap(8), kit.pads(16, 0, 16, 0))
    head.setFixedHeight(kit.px(kit.theme.tokens.height.panel_head))
    panel.add(head)
    letters = {choice.key.casefold(): choice.command for choice in work.choices if len(choice.key) == 1}
    listed = RequestList(kit.theme, work.rows, letters, kit.run, kit.pictures.image)
    listed.setAccessibleName(work.title)
    if work.pin is None:
        listed.setProperty("takesFocus", True)
    panel.add(listed, 1)
    note = row(IconMark(kit.theme, "user"), spread(kit.text(work.note, BENCH, Role.TEXT2)), gap=kit.gap(12))
    foot = Section(Role.SURFACE2, Line.TOP)
    fill(row_in(foot), [note], 0, kit.pads(16, 8, 16, 8))
    foot.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    panel.add(foot)
    return panel


def _detail_panel(kit: Kit, work: ReviewWork) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("request")
    item = work.item
    if item is None:
        raise ValueError("nothing is in the hand")
    low = replace(kit, room=QSize(kit.room.width(), 0))
    body = Section()
    size = (176, 120) if kit.dense or len(item.facts) > _MANY_FACTS else _PHOTO
    value = Text(kit.theme, work.value, ITEM, floor=0.6)
    words = column(
        spread(kit.text(item.name, ITEM, lines=3)), kit.text(item.sku, BENCH, Role.TEXT2), spread(value), None
    )
    head = row(kit.picture(item.picture, item.name, *size), words, gap=kit.gap(16))
    fill(
        column_in(body),
        [head, facts(low, item.facts), None],
        kit.gap(8 if kit.dense else 12),
        kit.pads(16, 16, 16, 8),
    )
    panel.add(body, 1)
    if work.story and not kit.dense:
        story = Section(Role.SURFACE2, Line.TOP)
        fill(column_in(story), [facts(low, work.story)], 0, kit.pads(16, 8, 16, 8))
        story.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        panel.add(story)
    return panel


def _side_panel(kit: Kit, work: ReviewWork) -> Panel:
    panel = Panel(kit.theme)
    panel.setObjectName("decide")
    if work.pin is not None:
        fill_pin(kit, panel, work.pin)
        return panel
    head = Section(None, Line.BOTTOM)
    fill(row_in(head), [spread(kit.text(work.panel_title, LINE))], 0, kit.pads(16, 0, 16, 0))
    head.setFixedHeight(kit.px(kit.theme.tokens.height.panel_head))
    panel.add(head)
    body = Section()
    buttons: list[Part] = [spread(kit.button(choice, _ASK)) for choice in work.choices]
    marked = kit.text(work.marked, BENCH, Role.TEXT2, lines=4)
    fill(column_in(body), [*buttons, kit.gap(8), marked, None], kit.gap(8), kit.pads(16, 16, 16, 16))
    panel.add(body, 1)
    return panel


def _tightest(kit: Kit, work: ReviewWork) -> Panel:
    """What is in the hand on two lines, and under it the ways to decide, or the PIN."""
    panel = Panel(kit.theme)
    panel.setObjectName("decide")
    item, width = work.item, kit.room.width() - 2 * kit.gap(16) - 2
    if item is None:
        raise ValueError("nothing is in the hand")
    if work.pin is not None:
        panel.add(pin_line(kit, work.pin, width), 1)
        return panel
    body = Section()
    photo = kit.picture(item.picture, item.name, 64, 48)
    said = ", ".join(fact.value for fact in item.facts[-4:])
    words = column(
        row(spread(kit.text(item.name, ITEM)), kit.text(work.value, ITEM), gap=kit.gap(12)),
        spread(Text(kit.theme, said, BENCH, Role.TEXT2, lines=2, floor=0.6)),
    )
    fill(row_in(body), [photo, words], kit.gap(12), kit.pads(16, 6, 16, 6))
    panel.add(body, 1)
    look: Look = FOOT
    buttons = keys_in_rows(kit, [kit.button(replace(choice, key=""), look) for choice in work.choices], width)
    foot = foot_section(kit, buttons)
    layout = foot.layout()
    if layout is not None:
        layout.setContentsMargins(*kit.pads(16, 6, 16, 6))
    panel.add(foot)
    return panel
