"""The station's engine: a scan becomes a meaning, a step of the job in front, one commit, a screen.

It lives on the station's thread. Order is the law here: facts and draft are committed first, only then does
the screen say "saved" and the label go to the printer. When the commit fails the state stays as it was and
the screen says that nothing was recorded. A station knows several kinds of jobs; one is in front, the others
stay where they are, each with its own draft.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from app.domain.refusal import Refused, Unavailable
from app.ledger.also import SetValue
from app.ledger.writer import Ledger
from app.queries import history
from app.scanning.commands import Word, payload
from app.scanning.double_read import NOTHING, Seen, Verdict, judge
from app.scanning.faults import Fault
from app.scanning.meaning import Badge, Command, Damaged, Meaning, shown
from app.scanning.read import read
from app.station.bench_desk import BenchDesk
from app.station.commits import Commits, Numbers, OpenJob
from app.station.count_desk import CountDesk
from app.station.desk import Arrival, Desk, Front, Label
from app.station.receiving_desk import ReceivingDesk
from app.station.review_desk import ReviewDesk
from app.station.session_desk import SessionDesk
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.station.trace import ScanTrace
from app.workflows.effects import Record
from app.workflows.notice import Notice
from app.workflows.session.signing_in import Move
from app.workflows.session.state import Phase
from app.workflows.step import Step
from app.workflows.view import BenchView

_log = logging.getLogger(__name__)

FRONT = "station.front"
GOES: Mapping[Word, Front] = {
    Word.GO_BENCH: Front.BENCH,
    Word.GO_RECEIVE: Front.RECEIVING,
    Word.GO_COUNTS: Front.COUNTING,
    Word.GO_APPROVALS: Front.APPROVALS,
}
"""The words of the mat that put another kind of job in front."""


class Engine:
    """See the module. Every method is called on the station's thread."""

    def __init__(self, ledger: Ledger, setup: Setup, *, on_recorded: Callable[[], None]) -> None:
        self._ledger = ledger
        self._setup = setup
        self._numbers = Numbers(ledger)
        self._commits = Commits(ledger, setup, self._numbers)
        self._on_recorded = on_recorded
        self._seen: dict[str, Seen] = {}
        self._labels: list[Label] = []
        self._unsure: tuple[Desk, Step[Any]] | None = None
        self.bench = BenchDesk(ledger, setup, self._numbers)
        self.receiving = ReceivingDesk(ledger, setup)
        self.counting = CountDesk(ledger, setup)
        self.reviewing = ReviewDesk(ledger, setup)
        self.session = SessionDesk(ledger, setup, on_recorded=on_recorded)
        desks: tuple[Desk, ...] = (self.bench, self.receiving, self.counting, self.reviewing)
        self._desks: dict[Front, Desk] = {desk.front: desk for desk in desks}
        self._front: Desk = self.bench

    @property
    def front(self) -> Front:
        """The kind of job in front."""
        return self._front.front

    @property
    def notice(self) -> Notice | None:
        """The message over the present question."""
        return self.session.state.notice if self.session.closed else self._front.notice()

    @property
    def undoable(self) -> bool:
        """True when UNDO at the bench would take a saved unit back."""
        return self.bench.undoable is not None

    def resume(self) -> None:
        """Takes up every job that was open when the program ended, the one in front as it was."""
        for desk in self._desks.values():
            desk.resume()
        kept = self._ledger.value(FRONT)
        self._front = next((desk for desk in self._desks.values() if desk.front == kept), self.bench)

    def view(self, link: LinkFacts) -> BenchView:
        """The screen of the job in front, or the one that stands before it while the session is closed."""
        view = self._front.view(link)
        return self.session.view(view) if self.session.closed else view

    def _tell(self, notice: Notice) -> None:
        """Shows a message on whatever screen is seen."""
        if self.session.closed:
            self.session.tell(notice)
        else:
            self._front.tell(notice)

    def scan(self, arrival: Arrival) -> ScanTrace:
        """Answers one scan; afterwards `view` is what the screen must show.

        A refusal and an unavailable disk leave the job as it was and say so. A defect of ours does too, and
        is raised for whoever reports it.
        """
        meaning = read(arrival.raw, wedge=arrival.source == "wedge")
        try:
            return self._scan(arrival, meaning)
        except Unavailable as world:
            return self._not_recorded(arrival, meaning, str(world), "not_recorded")
        except Refused as no:
            if no.code == "undo.used":
                self._front.tell(Notice("used_since", {"item": no.read}))
                return self._trace(arrival, meaning, no.code, None, None)
            return self._not_recorded(arrival, meaning, f"{no.read} {no.do}", no.code)
        except Exception:
            self._tell(Notice("our_defect", {"where": ""}))
            raise

    def enter_pin(self, pin: str) -> None:
        """A PIN typed in the window. It is no scan: it is not traced, and nothing here repeats it.

        A refusal or an unavailable disk leaves all as it was and says so. A second Enter is nothing.
        """
        if self.session.wants_pin:
            self._sign_in(pin)
            return
        desk = next((desk for desk in (self.reviewing, self.bench) if desk is self._front), None)
        if desk is None or self.session.closed:
            return
        before = self._ledger.head.seq
        try:
            self._settle()
            if desk is not self.bench or self.bench.wants_pin:
                self._carry_out(desk, desk.enter_pin(pin))
        except Unavailable as world:
            desk.tell(Notice("not_recorded", {"why": str(world)}))
        except Exception:
            desk.tell(Notice("our_defect", {"where": ""}))
            raise
        finally:
            if self._ledger.head.seq != before:
                self._on_recorded()

    def _sign_in(self, pin: str) -> None:
        try:
            over = self.session.enter_pin(pin, job=self._open)
        except Unavailable as world:
            over = None
            self.session.tell(Notice("not_recorded", {"why": str(world)}))
        except Exception:
            self._tell(Notice("our_defect", {"where": ""}))
            raise
        if over is not None:
            self._front.tell(over)

    def take_labels(self) -> list[Label]:
        """The labels to print now, each with whether it is a copy; they are committed, or copies of such."""
        taken, self._labels = self._labels, []
        return taken

    def say_defect(self, where: str) -> None:
        """A mistake of ours was reported to `where`."""
        self._tell(Notice("our_defect", {"where": where}))

    def half_scan(self, text: str) -> None:
        """A scan that broke off; nothing was counted."""
        if self.session.closed or not self._front.latched:
            self._tell(Notice("half_scan", {"raw": shown(text)}))

    def _scan(self, arrival: Arrival, meaning: Meaning) -> ScanTrace:
        self._settle()
        verdict = self._judged(arrival, meaning)
        if verdict in {Verdict.BOUNCE, Verdict.SAME_PACK}:
            return self._trace(arrival, meaning, verdict.value, None, None)
        if self.session.closed or not self._decides(meaning):
            before = self.session.state.phase
            move = self.session.answer(meaning, job=self._open, parks=self._park)
            if move is not None:
                return self._moved(arrival, meaning, move, before)
        if isinstance(meaning, Badge) and not self._decides(meaning):
            self._front.tell(Notice("badge_not_here", {}, ask=True))
            return self._trace(arrival, meaning, "badge_not_here", None, None)
        goes = GOES.get(meaning.word) if isinstance(meaning, Command) else None
        if goes in self._desks:
            return self._go(arrival, meaning, self._desks[goes])
        step = self._front.answer(arrival, meaning, more=verdict is Verdict.SAME_PACK_MORE)
        if step is None:
            return self._trace(arrival, meaning, verdict.value, None, None)
        return self._answer(arrival, meaning, step)

    def _decides(self, meaning: Meaning) -> bool:
        """Whether a badge is for the job in front, where somebody may decide with it."""
        at_bench = self._front is self.bench and self.bench.takes_badge(meaning)
        return at_bench or (self._front is self.reviewing and isinstance(meaning, Badge))

    @property
    def _wants_pin(self) -> bool:
        return self.session.wants_pin or self.reviewing.wants_pin or self.bench.wants_pin

    @property
    def _open(self) -> bool:
        """True while a job is open in front."""
        return self._front.job_of(None) is not None

    def _park(self) -> bool:
        """Parks the job in front, as HOLD does; False when it cannot be parked now."""
        desk, code = self._front, payload(Word.HOLD)
        arrival = Arrival(0, code, "screen", self._setup.clock.monotonic_ms())
        step = desk.answer(arrival, read(code), more=False)
        if step is None or desk.job_of(step) is not None:
            return False
        self._commits.carry_out(
            step.effects, OpenJob(desk.open_value, desk.job_of(None), None), desk.undo_name
        )
        self._labels += desk.done(step)
        return True

    def _moved(self, arrival: Arrival, meaning: Meaning, move: Move, before: Phase) -> ScanTrace:
        """The session was closed or opened, or somebody else's began."""
        if self.session.closed:
            for desk in (self.reviewing, self.bench):
                desk.forget_badge()
        elif move.over is not None:
            self._front.tell(move.over)
        said = self.session.state.notice or move.over
        route = f"session:{before}>{self.session.state.phase}{f'>{said.code}' if said else ''}"
        return self._trace(arrival, meaning, route, None, None)

    def _go(self, arrival: Arrival, meaning: Meaning, desk: Desk) -> ScanTrace:
        """Puts another job in front; what was in front stays as it is, its draft is on disk already."""
        if desk is not self._front:
            self._ledger.save([SetValue(FRONT, desk.front.value)])
            self.bench.forget_badge()
            self._front = desk
        return self._trace(arrival, meaning, f"go>{desk.front}", None, None)

    def _answer(self, arrival: Arrival, meaning: Meaning, step: Step[Any]) -> ScanTrace:
        event_id, saved = self._carry_out(self._front, step)
        if event_id:
            self._on_recorded()
        return self._trace(arrival, meaning, step.route, saved, event_id)

    def _carry_out(self, desk: Desk, step: Step[Any]) -> tuple[str | None, float | None]:
        """The one commit of a step, and what follows it: which event was recorded, and when."""
        if any(isinstance(effect, Record) for effect in step.effects):
            self._unsure = (desk, step)
        job = OpenJob(desk.open_value, desk.job_of(None), desk.job_of(step))
        event_id = self._commits.carry_out(step.effects, job, desk.undo_name)
        self._unsure = None
        saved = self._setup.clock.monotonic_ms() if event_id else None
        self._labels += desk.done(step)
        return event_id, saved

    def _not_recorded(self, arrival: Arrival, meaning: Meaning, why: str, route: str) -> ScanTrace:
        self._tell(Notice("not_recorded", {"why": why}))
        return self._trace(arrival, meaning, route, None, None)

    def _settle(self) -> None:
        """A commit that failed after it reached the disk did happen: found out before anything else."""
        unsure, self._unsure = self._unsure, None
        if unsure is None:
            return
        desk, step = unsure
        event_id = next(effect.event.event_id for effect in step.effects if isinstance(effect, Record))
        if history.by_id(self._ledger.connection, event_id) is not None:
            self._labels += desk.done(step)

    def _judged(self, arrival: Arrival, meaning: Meaning) -> Verdict:
        if arrival.source in {"typed", "screen"}:
            return Verdict.COUNT
        seen = self._seen.get(arrival.source, NOTHING)
        verdict, self._seen[arrival.source] = judge(seen, meaning, arrival.started, self._setup.gaps)
        return verdict

    def _trace(
        self, arrival: Arrival, meaning: Meaning, route: str, saved: float | None, event: str | None
    ) -> ScanTrace:
        kind = meaning.word.value if isinstance(meaning, Command) else type(meaning).__name__
        secret = isinstance(meaning, Badge) or (isinstance(meaning, Damaged) and meaning.fault is Fault.BADGE)
        # Digits that arrive while a PIN is asked for may be one, typed faster than a hand types.
        secret = secret or (self._wants_pin and meaning.text.isdigit())
        return ScanTrace(
            scan=arrival.number,
            raw="" if secret else arrival.raw,
            source=arrival.source,
            kind=kind,
            route=route,
            band="",
            tone="",
            started=arrival.started,
            saved=saved,
            event=event,
        )
