"""Parts of panes: the item's card, keys in rows, a heading over them, the foot of a panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QSizePolicy, QWidget

from app.workflows.view import Choice, Fact, ItemCard
from ui.panes.kit import SKU, Kit, spread
from ui.theme.tokens import Role, Style
from ui.typeset import Face
from ui.widgets.command_button import CARD, CARD_LINE, Look
from ui.widgets.markers import WORD_ROLES, Badge, MarkerIcon
from ui.widgets.panel import Line, Part, Section, column, column_in, fill, row, row_in
from ui.widgets.text import BENCH, BENCH_STRONG, ITEM, LINE, Text
from ui.widgets.touch import TouchButton

_FACT_STRONG = Face(Style.LINE)


def item_head(kit: Kit, item: ItemCard, width: int, height: int, *, low: bool = False) -> QWidget:
    """Picture, name, SKU and facts side by side; the picture is `width` x `height` at Text 100 %.

    `low` puts the SKU beside the name.
    """
    area = QWidget()
    sku = kit.text(item.sku, SKU, Role.TEXT2)
    words: list[QWidget | QLayout] = [spread(kit.text(item.name, ITEM, lines=2)), sku]
    if low:
        words = [row(kit.text(item.name, ITEM), spread(sku), gap=kit.gap(12))]
    below: list[Part] = [kit.gap(8 if kit.dense else 20), facts(kit, item.facts)] if item.facts else []
    texts = column(*words, *below, None)
    picture = kit.picture(item.picture, item.name, width, height)
    box = row_in(area)
    fill(box, [column(picture, None), texts], kit.gap(24), (0, 0, 0, 0))
    box.setStretch(1, 1)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return area


def facts(kit: Kit, known: Sequence[Fact]) -> QGridLayout:
    """Labels at the left, values beside them, a marker and word where a value is judged."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(kit.gap(16))
    grid.setVerticalSpacing(kit.gap(4 if kit.dense else 8))
    for number, fact in enumerate(known):
        grid.addWidget(kit.text(fact.label, BENCH, Role.TEXT2), number, 0)
        if fact.marker is None:
            grid.addWidget(spread(kit.text(fact.value, BENCH)), number, 1)
            continue
        marker, value = MarkerIcon(kit.theme, fact.marker), kit.text(fact.value, _FACT_STRONG)
        word = kit.text(fact.word, BENCH_STRONG, WORD_ROLES[fact.marker])
        grid.addLayout(row(marker, value, spread(word), gap=kit.gap(8)), number, 1)
    grid.setColumnStretch(1, 1)
    return grid


def heading(kit: Kit, title: str, hint: str) -> QWidget:
    """A small title at the left and a hint at the right, over keys."""
    area = QWidget()
    right = Text(kit.theme, hint, BENCH, Role.TEXT2, Qt.AlignmentFlag.AlignRight)
    left = kit.text(title, BENCH_STRONG, Role.TEXT2)
    fill(row_in(area), [left, spread(right)], kit.gap(12), (0, 0, 0, 0))
    return area


def keys_in_rows(kit: Kit, keys: Sequence[TouchButton], width: int, *, even: bool = False) -> QWidget:
    """Keys side by side, as many in a row as `width` pixels take; one row is divided by what each needs."""
    area = QWidget()
    gap = kit.gap(8)
    grid = QGridLayout(area)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setSpacing(gap)
    across = columns_for([key.minimumSizeHint().width() for key in keys], width, gap)
    for number, key in enumerate(keys):
        key.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid.addWidget(key, number // across, number % across)
    for at in range(across):
        same = even or len(keys) > across
        grid.setColumnStretch(at, 1 if same else max(1, keys[at].sizeHint().width()))
        if same:
            grid.setColumnMinimumWidth(at, (width - gap * (across - 1)) // across - 1)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area


def columns_for(widths: Sequence[int], width: int, gap: int) -> int:
    """How many keys stand side by side in `width`: all of them, or rows as even as can be, at least one."""
    if not widths or sum(widths) + gap * (len(widths) - 1) <= width:
        return max(1, len(widths))
    for rows in range(2, len(widths) + 1):
        across = -(-len(widths) // rows)
        if across * max(widths) + gap * (across - 1) <= width:
            return across
    return 1


def choice_rows(kit: Kit, choices: Sequence[Choice], width: int, *, details: bool) -> QWidget:
    """The ways on as large buttons, with or without their second lines."""
    look: Look = CARD if details and any(choice.detail or choice.key for choice in choices) else CARD_LINE
    return keys_in_rows(kit, [kit.button(choice, look) for choice in choices], width)


def foot_section(kit: Kit, *parts: QWidget | int | None) -> Section:
    """The foot of a panel, on its own ground."""
    section = Section(Role.SURFACE2, Line.TOP)
    fill(row_in(section), parts, kit.gap(10), kit.pads(16, 0, 16, 0))
    section.setMinimumHeight(kit.px(kit.theme.tokens.height.panel_foot))
    section.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return section


def titled(kit: Kit, title: str, aside: str = "", badge: int = 0) -> Section:
    """The head of a panel: a title, a count, and something quieter at the right."""
    section = Section(None, Line.BOTTOM)
    right = Text(kit.theme, aside, BENCH, Role.TEXT2, Qt.AlignmentFlag.AlignRight)
    count = [Badge(kit.theme, badge)] if badge else []
    parts = [kit.text(title, LINE), *count, spread(right)]
    fill(row_in(section), parts, kit.gap(12), kit.pads(16, 0, 16, 0))
    section.setFixedHeight(kit.px(kit.theme.tokens.height.panel_head))
    return section


def ground(kit: Kit, *parts: QWidget | int | None, gap: float = 12) -> QWidget:
    """Parts one below the other on the work area's own ground."""
    area = QWidget()
    fill(column_in(area), parts, kit.gap(gap), (0, 0, 0, 0))
    return area
