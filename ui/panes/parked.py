"""Parked jobs: all of them in a list that scrolls, or one at a time where there is room for one line."""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from app.workflows.view import Choice, HeldJob, IdleWork, Marker
from ui.panes.kit import Kit, spread
from ui.panes.parts import titled
from ui.theme.tokens import Role
from ui.widgets.command_button import PLAIN, CommandButton
from ui.widgets.markers import MarkerIcon
from ui.widgets.panel import Panel, Section, column, column_in, fill, row, row_in
from ui.widgets.text import BENCH, LINE

TURN = "parked-next"


class ParkedList(QScrollArea):
    """Every parked job below the other, and a note below all; at least as high as the first."""

    def __init__(self, kit: Kit, held: Sequence[HeldJob], note: Sequence[QWidget]) -> None:
        super().__init__()
        self._rows = [_parked(kit, job) for job in held]
        self._inside = QWidget()
        fill(column_in(self._inside), [*self._rows, *note, None], kit.gap(12), (0, 0, 0, 0))
        self.setObjectName("parked-jobs")
        self.setAccessibleName(kit.captions.parked)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Tab goes through the buttons in it and brings each into sight.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setWidget(self._inside)
        # The scroll area has just given both a ground of their own; the panel's is the right one.
        self.viewport().setAutoFillBackground(False)
        self._inside.setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        """The least: a list takes what its panel leaves it."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The first row; the others are scrolled to."""
        return QSize(self._inside.minimumSizeHint().width(), self._rows[0].minimumSizeHint().height())


def parked_panel(kit: Kit, work: IdleWork) -> Panel:
    """A panel with the count and the list; it says how a job is parked while there is none."""
    panel = Panel(kit.theme)
    panel.add(titled(kit, work.held_title or kit.captions.parked, "", len(work.held)))
    body = Section()
    said = work.held_note or ("" if work.held else kit.captions.parked_empty)
    note = [kit.text(said, BENCH, Role.TEXT2, lines=2)] if said else []
    parts: list[QWidget | int | None] = [ParkedList(kit, work.held, note)] if work.held else [*note, None]
    fill(column_in(body), parts, 0, kit.pads(16, 12, 16, 8))
    panel.add(body, 1)
    return panel


def parked_strip(kit: Kit, held: Sequence[HeldJob], *, one_line: bool) -> Panel:
    """One job on a panel as high as a row; of several, a key says which this is and turns to the next."""
    panel = Panel(kit.theme)
    pages = QStackedWidget()
    pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    for number, job in enumerate(held, 1):
        turn = [_turn(kit, pages, number, len(held))] if len(held) > 1 else []
        pages.addWidget(_parked(kit, job, turn, one_line=one_line))
    section = Section()
    fill(column_in(section), [pages], 0, kit.pads(16, 6, 16, 6))
    panel.add(section)
    panel.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return panel


def _turn(kit: Kit, pages: QStackedWidget, number: int, count: int) -> CommandButton:
    title = kit.captions.parked_turn.format(number=number, count=count)
    turn = CommandButton(kit.theme, Choice(TURN, title, icon="down"), PLAIN)
    turn.setAccessibleName(f"{kit.captions.parked} {title}")

    def to_next(_command: str) -> None:
        focused = turn.hasFocus()
        pages.setCurrentIndex(number % count)
        shown = pages.currentWidget()
        following = shown.findChild(CommandButton, turn.objectName()) if shown is not None else None
        if focused and following is not None:
            following.setFocus()

    turn.triggered.connect(to_next)
    return turn


def _parked(kit: Kit, job: HeldJob, turn: Sequence[QWidget] = (), *, one_line: bool = False) -> QWidget:
    area = QWidget()
    code, detail = kit.text(job.code, LINE), spread(kit.text(job.detail, BENCH, Role.TEXT2))
    words = row(code, detail, gap=kit.gap(12)) if one_line else column(spread(code), detail)
    resume: CommandButton = kit.button(Choice(job.command, kit.captions.resume), PLAIN)
    resume.setAccessibleName(f"{kit.captions.resume} {job.code}")
    mark = MarkerIcon(kit.theme, Marker.OPEN)
    fill(row_in(area), [mark, words, *turn, resume], kit.gap(12), (0, 0, 0, 0))
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return area
