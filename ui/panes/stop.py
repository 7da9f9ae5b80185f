"""A latched stop: what was read against what was expected, why, and the ways out; none is a default."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import JobPanel, Marker, StopWork
from ui.panes.job import JobStrip
from ui.panes.kit import SKU, Kit, spread
from ui.panes.parts import choice_rows, ground
from ui.theme.tokens import Role
from ui.widgets.markers import MarkerIcon
from ui.widgets.panel import Line, Panel, Section, column, column_in, fill, row_in
from ui.widgets.serial_compare import SerialCompare
from ui.widgets.text import BENCH_STRONG, ITEM, LINE_PLAIN, Text

_TIGHTEST = 2


def build(kit: Kit, work: StopWork, job: JobPanel | None, level: int) -> QWidget:
    """Level 0 with the item's card; 1 with the item on a strip; 2 with neither and one-line ways out."""
    panel = Panel(kit.theme)
    width = kit.room.width() - 2 * kit.gap(24) - 2
    body = Section()
    parts: list[QWidget | int | None] = [_item(kit, work)] if level == 0 else []
    if work.comparison is not None:
        parts += [None, SerialCompare(kit.theme, work.comparison, low=level == _TIGHTEST)]
    parts += [None, _verdict(kit, work, 1 if level == _TIGHTEST and work.comparison else 5), None]
    edge = 6 if level == _TIGHTEST else 10 if kit.dense or level else 24
    fill(column_in(body), parts, kit.gap(4), kit.pads(24, edge, 24, edge / 2))
    panel.add(body, 1)
    panel.add(_ways_out(kit, work, width, level))
    if level == 1 or (level == 0 and job is not None):
        return ground(kit, JobStrip(kit, job, work.item), panel, gap=8)
    return panel


def _item(kit: Kit, work: StopWork) -> QWidget:
    area = QWidget()
    words = column(
        None, spread(kit.text(work.item.name, ITEM)), kit.text(work.item.sku, SKU, Role.TEXT2), None
    )
    photo = kit.picture(work.item.picture, work.item.name, 96, 72)
    fill(row_in(area), [photo, words], kit.gap(16), (0, 0, 0, 0))
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area


def _verdict(kit: Kit, work: StopWork, lines: int) -> QWidget:
    area = QWidget()
    # On one line the band alone says what was expected.
    short = lines == 1 and bool(work.explanation)
    compared = work.comparison
    said = [f"**{compared.verdict}** {'' if short else compared.explanation}"] if compared else []
    if work.explanation:
        said.append(work.explanation)
    joined = ("\n" if lines > 1 else " ").join(part.strip() for part in said)
    text = Text(kit.theme, joined, LINE_PLAIN, lines=lines, floor=0.75 if lines > 1 else 0.6)
    fill(row_in(area), [MarkerIcon(kit.theme, Marker.STOP), spread(text)], kit.gap(12), (0, 0, 0, 0))
    return area


def _ways_out(kit: Kit, work: StopWork, width: int, level: int) -> Section:
    section = Section(Role.SURFACE2, Line.TOP)
    rows = choice_rows(kit, work.choices, width, details=level == 0)
    title = [kit.text(work.choices_title, BENCH_STRONG, Role.TEXT2)] if level == 0 else []
    pad = 6 if level == _TIGHTEST else 10 if kit.dense or level else 16
    fill(column_in(section), [*title, rows], kit.gap(8 if kit.dense else 12), kit.pads(24, pad, 24, pad))
    section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return section
