"""The lines of a count or a receipt at the right: figures, columns, notes, the ways to end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QSizePolicy, QWidget

from app.workflows.view import Choice, Marker, Sheet, SheetNote, SheetRow
from ui.panes.job import IconMark
from ui.panes.kit import Kit, spread
from ui.panes.parts import keys_in_rows
from ui.theme.tokens import Role
from ui.widgets.command_button import FOOT
from ui.widgets.figures import Figures
from ui.widgets.markers import MarkerIcon, Segments
from ui.widgets.panel import Line, Panel, Section, column_in, fill, row_in
from ui.widgets.rows import BenchList, RowsModel
from ui.widgets.sheet_delegate import SheetDelegate, SheetHead, say_sheet
from ui.widgets.text import BENCH, BENCH_STRONG, ITEM, LINE, Text

_CURRENT = (Marker.NOW, Marker.STOP)


def sheet_panel(kit: Kit, sheet: Sheet, name: str) -> Panel:
    """The panel of all lines; the current one is always in view."""
    panel = Panel(kit.theme)
    panel.setObjectName("sheet")
    figures = Figures(kit.theme, sheet.figures)
    figures.lines = Line.BOTTOM
    panel.add(figures)
    if sheet.rows:
        panel.add(SheetHead(kit.theme, sheet))
        panel.add(_list(kit, sheet, name), 1)
    else:
        empty = Section()
        text = kit.text(sheet.empty_note, LINE, Role.TEXT2, lines=4)
        fill(column_in(empty), [None, text, None], 0, kit.pads(24, 16, 24, 16))
        panel.add(empty, 1)
    for note in sheet.notes:
        panel.add(_note(kit, note))
    if sheet.choices:
        panel.add(_foot(kit, sheet.choices))
    panel.setFixedWidth(kit.px(kit.theme.tokens.split.job_list))
    return panel


def current_row(sheet: Sheet) -> SheetRow | None:
    """The line in the hand."""
    return next((row for row in sheet.rows if row.marker in _CURRENT), None)


def sheet_strip(kit: Kit, sheet: Sheet, title: str) -> QWidget:
    """The sheet on one line: what is in the hand, and the figures that say how far the job is."""
    area = QWidget()
    area.setObjectName("sheet-strip")
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    told = "   ".join(f"**{figure.value}** {figure.label}" for figure in sheet.figures[:3])
    parts: list[QWidget | int] = [spread(kit.text(title, ITEM)), kit.text(told, BENCH, Role.TEXT2)]
    if sheet.segments:
        parts.append(Segments(kit.theme, sheet.segments))
    fill(row_in(area), parts, kit.gap(12), kit.pads(4, 0, 4, 0))
    return area


def _list(kit: Kit, sheet: Sheet, name: str) -> BenchList:
    model: RowsModel[SheetRow] = RowsModel(say_sheet)
    model.show_rows(sheet.rows)
    found = BenchList(kit.theme, name)
    found.setObjectName("sheet-lines")
    found.setModel(model)
    model.setParent(found)
    found.setItemDelegate(SheetDelegate(kit.theme, sheet, found))
    at = next((n for n, row in enumerate(sheet.rows) if row.now or row.marker in _CURRENT), 0)
    found.scrollTo(model.index(at, 0), QAbstractItemView.ScrollHint.PositionAtCenter)
    return found


def _note(kit: Kit, note: SheetNote) -> Section:
    section = Section(Role.WARN_TINT if note.attention else None, Line.TOP)
    mark: QWidget
    if note.attention:
        mark = MarkerIcon(kit.theme, Marker.ATTENTION)
    else:
        mark = IconMark(kit.theme, note.icon, Role.TEXT)
    text = Text(kit.theme, note.text, BENCH, Role.TEXT, floor=0.6)
    fill(row_in(section), [mark, spread(text)], kit.gap(12), kit.pads(16, 12, 16, 12))
    section.setMinimumHeight(kit.px(48))
    section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return section


def _foot(kit: Kit, choices: tuple[Choice, ...]) -> Section:
    section = Section(Role.SURFACE2, Line.TOP)
    width = kit.px(kit.theme.tokens.split.job_list) - 2 * kit.gap(16) - 2
    keys = keys_in_rows(kit, [kit.button(choice, FOOT) for choice in choices], width)
    fill(row_in(section), [keys], 0, kit.pads(16, 8, 16, 8))
    section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return section


def chip(kit: Kit, word: str, beside: str) -> QWidget:
    """A short verdict on its own ground, with a sentence beside it."""
    area = QWidget()
    parts: list[QWidget | int | None] = []
    if word:
        parts += [MarkerIcon(kit.theme, Marker.ATTENTION), kit.text(word, BENCH_STRONG, Role.WARN_TEXT)]
    text = kit.text(beside, BENCH, Role.TEXT2)
    text.setAlignment(Qt.AlignmentFlag.AlignLeft)
    fill(row_in(area), [*parts, spread(text)], kit.gap(8), (0, 0, 0, 0))
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area
