"""What was just saved: where to put it, its label, whether it was sent, what comes next."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from app.workflows.view import JobPanel, Marker, SavedWork
from ui.panes.job import IconMark, JobStrip
from ui.panes.kit import Kit, spread
from ui.panes.parts import ground
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets.label_preview import LabelPreview
from ui.widgets.markers import WORD_ROLES, MarkerIcon
from ui.widgets.panel import Line, Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.text import BENCH, BENCH_LABEL, BENCH_STRONG, FIGURE, ITEM, LINE, LINE_PLAIN

_PUT = Face(Style.ITEM)


def build(kit: Kit, work: SavedWork, job: JobPanel | None, level: int) -> QWidget:
    """Level 0 with label and details at the side; 1 with the words only; 2 with the place beside them."""
    if level == 0:
        return _full(kit, work, job)
    return _tight(kit, work, job) if level == 1 else _tightest(kit, work)


def _full(kit: Kit, work: SavedWork, job: JobPanel | None) -> QWidget:
    panel = Panel(kit.theme)
    halves = row()
    main = column(_place(kit, work, 24), _next(kit, work, picture=True) if work.next_title else 0)
    main.setStretch(0, 1)
    halves.addLayout(main, 1)
    halves.addWidget(_side(kit, work))
    panel.column.addLayout(halves)
    return panel if job is None else ground(kit, JobStrip(kit, job), panel)


def _tight(kit: Kit, work: SavedWork, job: JobPanel | None) -> QWidget:
    panel = Panel(kit.theme)
    words = column(
        None,
        kit.text(work.item.name, BENCH_STRONG),
        _marked(kit, work.printed_marker, work.printed),
        _marked(kit, work.sent_marker, work.sent_word),
        None,
        gap=kit.gap(6),
    )
    upper = Section()
    fill(row_in(upper), [_place(kit, work, 16), words], kit.gap(16), kit.pads(0, 0, 20, 0))
    panel.add(upper, 1)
    if work.next_title:
        panel.add(_next(kit, work, picture=False))
    if job is None or work.next_title:
        return ground(kit, panel, gap=8)
    return ground(kit, JobStrip(kit, job), panel, gap=8)


def _tightest(kit: Kit, work: SavedWork) -> QWidget:
    panel = Panel(kit.theme)
    put = spread(kit.text(work.put_label, _PUT, Role.OK_TEXT))
    words = column(
        None,
        put,
        _marked(kit, work.printed_marker, work.printed),
        _marked(kit, work.sent_marker, work.sent_word),
        None,
        gap=kit.gap(6),
    )
    place = kit.text(work.place, FIGURE)
    place.setObjectName("place")
    upper = Section()
    fill(row_in(upper), [words, place], kit.gap(24), kit.pads(16, 0, 24, 0))
    panel.add(upper, 1)
    if work.next_title:
        panel.add(_next(kit, work, picture=False))
    return panel


def _place(kit: Kit, work: SavedWork, margin: int) -> Section:
    section = Section()
    icon = IconMark(kit.theme, "tote", Role.OK_TEXT)
    icon.setFixedSize(kit.px(32), kit.px(32))
    put = row(icon, spread(kit.text(work.put_label, _PUT, Role.OK_TEXT)), gap=kit.gap(12))
    place = spread(kit.text(work.place, FIGURE))
    place.setObjectName("place")
    rule = kit.text(work.rule, LINE_PLAIN, Role.TEXT2)
    fill(column_in(section), [None, put, place, rule, None], kit.gap(8), kit.pads(margin, 8, margin, 8))
    section.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    return section


def _next(kit: Kit, work: SavedWork, *, picture: bool) -> Section:
    section = Section(Role.ASK_TINT, Line.TOP)
    word = kit.text(work.next_label or kit.captions.next_item, LINE, Role.ASK_TEXT)
    title = spread(kit.text(work.next_title, ITEM))
    if picture:
        size = 112 if kit.dense else 144
        head = row(MarkerIcon(kit.theme, Marker.NOW), spread(word), gap=kit.gap(12))
        detail = spread(kit.text(work.next_detail, BENCH, Role.TEXT2, lines=2))
        words = column(None, head, title, detail, None, gap=kit.gap(6))
        photo = kit.picture(work.next_picture, work.next_title, size, size)
        fill(row_in(section), [photo, words], kit.gap(24), kit.pads(24, 20, 24, 20))
    else:
        parts = [MarkerIcon(kit.theme, Marker.NOW), word, title]
        fill(row_in(section), parts, kit.gap(12), kit.pads(16, 8, 16, 8))
    return section


def _side(kit: Kit, work: SavedWork) -> Section:
    section = Section(Role.SURFACE2, Line.LEFT)
    section.setFixedWidth(kit.px(kit.theme.tokens.split.label_side))
    gap = 6 if kit.dense else 12
    details = [kit.text(detail, BENCH, Role.TEXT, lines=2) for detail in work.details]
    parts: list[QWidget | int | None] = [
        LabelPreview(kit.theme, work.label),
        kit.gap(gap),
        _marked(kit, work.printed_marker, work.printed),
        kit.gap(gap),
        _rule(),
        kit.gap(gap),
        kit.text(work.item.name, LINE, lines=2),
        kit.gap(4),
        kit.text(work.item.sku, BENCH, Role.TEXT2),
    ]
    parts += [kit.text(fact.value, BENCH, Role.TEXT2) for fact in work.item.facts]
    parts += [kit.gap(gap), *details, None, _rule(), kit.gap(gap)]
    parts.append(_marked(kit, work.sent_marker, work.sent_word))
    fill(column_in(section), parts, 0, kit.pads(24, 16 if kit.dense else 24, 24, 14 if kit.dense else 22))
    return section


def _rule() -> Section:
    line = Section(None, Line.TOP)
    line.setFixedHeight(2)
    return line


def _marked(kit: Kit, marker: Marker, word: str) -> QWidget:
    area = QWidget()
    good = marker in {Marker.OK, Marker.ATTENTION, Marker.STOP}
    face, role = (BENCH_STRONG, WORD_ROLES[marker]) if good else (BENCH_LABEL, Role.TEXT)
    fill(
        row_in(area),
        [MarkerIcon(kit.theme, marker), spread(kit.text(word, face, role))],
        kit.gap(8),
        (0, 0, 0, 0),
    )
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area
