"""A question about the item in the hand: the item, the numbered answers, what follows from them."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from app.workflows.view import AnswerWork, Choice, JobPanel
from ui.panes.job import IconMark, JobStrip
from ui.panes.kit import Kit, spread
from ui.panes.parts import foot_section, ground, heading, item_head, keys_in_rows
from ui.theme.tokens import Role
from ui.widgets.command_button import FOOT, GRADE, CommandButton
from ui.widgets.panel import Panel, Section, column_in, fill
from ui.widgets.text import BENCH, LINE, LINE_PLAIN

_FEW = 3
_MANY = 6


def build(kit: Kit, work: AnswerWork, job: JobPanel | None, level: int) -> QWidget:
    """Level 0 with the item's card; 1 with the item on a strip; 2 with the smaller keys folded away."""
    if level == 0:
        return _full(kit, work, job)
    return _tight(kit, work, job, fold_others=level > 1)


def _full(kit: Kit, work: AnswerWork, job: JobPanel | None) -> QWidget:
    panel = Panel(kit.theme)
    width = kit.room.width() - 2 * kit.gap(16) - 2
    body = Section()
    crowded = kit.dense or bool(work.answers_title) or len(work.answers) > _FEW
    low = kit.dense and len(work.answers) > _FEW
    size = (144, 120) if low else (176, 144) if crowded else (208, 176)
    parts: list[QWidget | int | None] = [item_head(kit, work.item, *size, low=low)]
    if work.answers_title or work.answers_hint:
        parts.append(heading(kit, work.answers_title, work.answers_hint))
    parts.append(keys_in_rows(kit, [kit.key(choice) for choice in work.answers], width))
    if work.others:
        parts += [kit.gap(0 if kit.dense else 12), heading(kit, work.others_title, work.others_hint)]
        parts.append(_others(kit, work, width))
    pads = kit.pads(16, 12, 16, 12) if kit.dense else kit.pads(16, 16, 16, 16)
    fill(column_in(body), [*parts, None], kit.gap(8 if kit.dense else 12), pads)
    panel.add(body, 1)
    if work.consequence or work.rule:
        panel.add(_consequence(kit, work))
    return panel if job is None else ground(kit, JobStrip(kit, job), panel)


def _tight(kit: Kit, work: AnswerWork, job: JobPanel | None, *, fold_others: bool) -> QWidget:
    width = kit.room.width()
    small = fold_others and len(work.answers) > _FEW
    if fold_others and len(work.answers) > _MANY:
        # Three rows of answers leave room for nothing else.
        low = kit.theme.tokens.height.answer_lowest
        return keys_in_rows(kit, [kit.key(choice, small=True, height=low) for choice in work.answers], width)
    keys = keys_in_rows(kit, [kit.key(choice, small=small) for choice in work.answers], width)
    strip = JobStrip(kit, job, work.item)
    if not work.others:
        parts: list[QWidget | int | None] = [strip, None, keys]
    elif not fold_others:
        others = [heading(kit, work.others_title, work.others_hint), _others(kit, work, width)]
        parts = [strip, None, keys, None, *others]
    else:
        pages = QStackedWidget()
        pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        pages.addWidget(keys)
        pages.addWidget(_others(kit, work, width))
        return ground(kit, strip, None, pages, None, _consequence_panel(kit, work, pages), gap=10)
    if work.consequence or work.rule:
        parts += [None, _consequence_panel(kit, work, None)]
    return ground(kit, *parts, gap=10)


def _others(kit: Kit, work: AnswerWork, width: int) -> QWidget:
    return keys_in_rows(kit, [kit.button(choice, GRADE) for choice in work.others], width, even=True)


def _consequence(kit: Kit, work: AnswerWork) -> Section:
    return foot_section(
        kit,
        IconMark(kit.theme, "tote", Role.TEXT),
        kit.text(work.consequence_label, LINE_PLAIN, Role.TEXT2),
        kit.text(work.consequence, LINE),
        None,
        kit.text(work.rule, BENCH, Role.TEXT2),
    )


def _consequence_panel(kit: Kit, work: AnswerWork, pages: QStackedWidget | None) -> QWidget:
    """What follows, on a panel of its own; with a key that turns to the smaller keys and back."""
    panel = Panel(kit.theme)
    parts: list[QWidget | int | None] = [
        IconMark(kit.theme, "tote", Role.TEXT),
        kit.text(work.consequence_label, LINE_PLAIN, Role.TEXT2),
        spread(kit.text(work.consequence, LINE)),
    ]
    if pages is None:
        parts.append(kit.text(work.rule, BENCH, Role.TEXT2))
    else:
        turn = CommandButton(kit.theme, Choice("others", work.others_title, icon="down"), FOOT)
        turn.triggered.connect(lambda _command: pages.setCurrentIndex(1 - pages.currentIndex()))
        parts.append(turn)
    section = foot_section(kit, *parts)
    section.ground = None
    panel.add(section)
    panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return panel
