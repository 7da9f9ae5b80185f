"""The work area: the job at the left, its question at the right, in the fullest arrangement that fits.

Arrangements are tried from full to tight: list and card, list and strip, then without the list. What the
room is too small for is folded, never cut.
"""

# ruff: noqa: N802 - Qt names what it calls

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from app.workflows.view import (
    AnswerWork,
    BandState,
    BenchView,
    IdleWork,
    JobPanel,
    QuantityWork,
    ReviewWork,
    SavedWork,
    SignInWork,
    StopWork,
    TallyWork,
    WaitWork,
    Work,
)
from ui.panes import answer, idle, quantity, review, saved, sign_in, stop, tally, wait
from ui.panes.job import JobPane
from ui.panes.kit import Kit, fits
from ui.widgets.work_frame import StopFrame

LEVELS = (0, 1, 2)
_LEAST_PANE = 640
_STRIP = 48


def build_pane(kit: Kit, work: Work, job: JobPanel | None, level: int) -> QWidget:
    """The pane of a kind of work; `job` is given when it is not shown beside the pane."""
    match work:
        case IdleWork():
            return idle.build(kit, work, job, level)
        case WaitWork():
            return wait.build(kit, work, job, level)
        case AnswerWork():
            return answer.build(kit, work, job, level)
        case QuantityWork():
            return quantity.build(kit, work, job, level)
        case SavedWork():
            return saved.build(kit, work, job, level)
        case StopWork():
            return stop.build(kit, work, job, level)
        case TallyWork():
            return tally.build(kit, work, level)
        case ReviewWork():
            return review.build(kit, work, level)
        case SignInWork():
            return sign_in.build(kit, work, level)


class WorkArea(StopFrame):
    """Draws a `BenchView`'s job and work. The job's list stays while there is one; the pane is made anew."""

    def __init__(self, kit: Kit, on_rebuilt: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(kit.theme, parent)
        self._kit, self._on_rebuilt = kit, on_rebuilt
        self._view: BenchView | None = None
        self._job_pane: JobPane | None = None
        self._pane: QWidget | None = None
        self._built: tuple[Work, JobPanel | None, QSize] | None = None
        self._row = QHBoxLayout(self)
        page = kit.theme.tokens.space.page
        self._row.setSpacing(page)

    @property
    def level(self) -> tuple[bool, QWidget | None]:
        """Whether the job's list is shown, and the pane; for tests."""
        return self._job_pane is not None, self._pane

    def show_view(self, view: BenchView, *, training: bool) -> None:
        """Show another view; what has not changed is not touched."""
        self.show_state(stopped=view.band.state is BandState.STOP, training=training)
        self._view = view
        self._refresh()

    def minimumSizeHint(self) -> QSize:
        """The area takes any size; its arrangement follows."""
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose the arrangement for the new size."""
        super().resizeEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        view = self._view
        if view is None or self.width() == 0:
            return
        if self._job_pane is not None and view.job is not None:
            self._job_pane.show_job(view.job)
        listed = None if self._job_pane is not None else view.job
        if self._built == (view.work, listed, self.size()) and (view.job is None) == (
            self._job_pane is None and listed is None
        ):
            return
        self._choose(view)

    def _choose(self, view: BenchView) -> None:
        focused = self._focused_name()
        margin = self._margin()
        self._row.setContentsMargins(*margin)
        room = QSize(self.width() - margin[0] - margin[2], self.height() - margin[1] - margin[3])
        if view.job is None or not self._try_listed(view, view.job, room):
            self._drop_job()
            self._set_pane(self._folded(view, room))
        self._built = (view.work, None if self._job_pane is not None else view.job, self.size())
        self._row.activate()
        self._restore_focus(focused)
        self.give_focus()
        self._on_rebuilt()

    def _try_listed(self, view: BenchView, job: JobPanel, room: QSize) -> bool:
        """Show the list beside the pane, if both fit."""
        wide = self._kit.px(self._kit.theme.tokens.split.job_list) + self._row.spacing()
        rest = QSize(room.width() - wide, room.height())
        if rest.width() < self._kit.theme.scale.text(_LEAST_PANE):
            return False
        pane = self._job_pane or JobPane(self._kit)
        pane.show_job(job)
        if fits(pane, QSize(wide, room.height())):
            for level in LEVELS[:2]:
                work = self._make(view.work, None, level, rest)
                if fits(work, rest):
                    if self._job_pane is None:
                        self._job_pane = pane
                        self._row.insertWidget(0, pane)
                    self._set_pane(work)
                    return True
                work.deleteLater()
        if pane is not self._job_pane:
            pane.deleteLater()
        return False

    def _folded(self, view: BenchView, room: QSize) -> QWidget:
        """The fullest pane that fits without the list; the tightest, if none does."""
        for level in LEVELS:
            # Beside the strip the card has less height to spread itself.
            strip = self._kit.px(_STRIP) if view.job is not None and level == 0 else 0
            pane = self._make(view.work, view.job, level, QSize(room.width(), room.height() - strip))
            if level == LEVELS[-1] or fits(pane, room):
                return pane
            pane.deleteLater()
        raise AssertionError("the last level is always taken")

    def _make(self, work: Work, job: JobPanel | None, level: int, room: QSize) -> QWidget:
        kit = replace(self._kit, room=room)
        return build_pane(kit.softened() if level else kit, work, job, level)

    def _set_pane(self, pane: QWidget) -> None:
        if self._pane is not None:
            self._row.removeWidget(self._pane)
            self._pane.hide()
            self._pane.deleteLater()
        self._pane = pane
        self._row.addWidget(pane, 1)
        pane.show()

    def _drop_job(self) -> None:
        if self._job_pane is not None:
            self._row.removeWidget(self._job_pane)
            self._job_pane.hide()
            self._job_pane.deleteLater()
            self._job_pane = None

    def _margin(self) -> tuple[int, int, int, int]:
        page = self._kit.theme.tokens.space.page
        # Large text needs the height more than the margin does; the stop frame keeps its 6 px.
        edge = page if self.height() > self._kit.theme.scale.text(400) else 10
        return page, edge, page, edge

    def _focused_name(self) -> str:
        focused = QApplication.focusWidget()
        inside = focused is not None and self._pane is not None and self._pane.isAncestorOf(focused)
        return focused.objectName() if focused is not None and inside else ""

    def give_focus(self) -> None:
        """A part that works by keys has the keyboard, unless somebody is typing elsewhere."""
        focused = QApplication.focusWidget()
        if self._pane is None or not (focused is None or focused is self.window()):
            return
        wanted = [w for w in self._pane.findChildren(QWidget) if w.property("takesFocus")]
        if wanted:
            wanted[0].setFocus()

    def _restore_focus(self, name: str) -> None:
        """Give the keyboard to the part of the same name; without one the window has it, not a neighbour."""
        if not name:
            return
        again = self._pane.findChild(QWidget, name) if self._pane is not None else None
        if again is not None:
            again.setFocus()
        elif (window := self.window()) is not None:
            window.setFocus()
