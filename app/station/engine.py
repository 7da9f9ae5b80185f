"""One bench's engine: a scan becomes a meaning, a step, one commit, a screen.

It lives on the station's thread and owns the state. Order is the law here: facts and draft are committed
first, only then does the screen say "saved" and the label go to the printer. When the commit fails the state
stays as it was and the screen says that nothing was recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.domain.clock import to_ms
from app.domain.codes import CodeFamily, HumanCode
from app.domain.event import Event
from app.domain.event import undo as counter_event
from app.domain.refusal import Refused, Unavailable
from app.ledger.also import Also, DropDraft, QueueLabel, SaveDraft, SetValue, TakeNumber
from app.ledger.writer import Ledger
from app.scanning.double_read import NOTHING, Seen, Verdict, judge
from app.scanning.meaning import Command, Meaning, shown
from app.scanning.read import read
from app.station.lookup import Lookup
from app.station.setup import Setup
from app.station.trace import ScanTrace
from app.workflows.bench.context import Bench, Moment
from app.workflows.bench.effects import Drop, Effect, Keep, Print, PrintOld, Record, Reprint, Undo
from app.workflows.bench.goods import take_up
from app.workflows.bench.inputs import FoundItem, Input, Photographed, Said
from app.workflows.bench.photos import asks_camera
from app.workflows.bench.state import BenchState, Notice, Phase, Saved, from_draft
from app.workflows.bench.step import Step, advance

_log = logging.getLogger(__name__)

OPEN_JOB = "bench.open_job"
LABELS = "label"
HOLDINGS = "holding"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One scan as it reached the station; `started` is on the clock's monotonic milliseconds."""

    number: int
    raw: str
    source: str
    started: float


class Engine:
    """See the module. Every method is called on the station's thread."""

    def __init__(self, ledger: Ledger, setup: Setup, *, on_recorded: Callable[[], None]) -> None:
        self._ledger = ledger
        self._setup = setup
        self._lookup = Lookup(ledger, setup)
        self._on_recorded = on_recorded
        self._seen: dict[str, Seen] = {}
        self._labels: list[tuple[Mapping[str, object], bool]] = []
        self._unsure: Step | None = None
        self._next_numbers: dict[str, int] = {}
        self.state = BenchState()
        self.undoable: Saved | None = self._lookup.undoable()

    def resume(self) -> None:
        """Takes up the job that was open when the program ended, at the same question."""
        key = self._ledger.value(OPEN_JOB)
        draft = self._lookup.draft(key) if key else None
        if key and draft is not None:
            self.state = take_up(from_draft(draft), self._lookup.progress(key))

    def scan(self, arrival: Arrival) -> ScanTrace:
        """Answers one scan; afterwards `state` is what the screen must show.

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
                self.state = replace(self.state, notice=Notice("used_since", {"item": no.read}))
                return self._trace(arrival, meaning, no.code, None, None)
            return self._not_recorded(arrival, meaning, f"{no.read} {no.do}", no.code)
        except Exception:
            self.state = replace(self.state, notice=Notice("our_defect", {"where": ""}))
            raise

    def _scan(self, arrival: Arrival, meaning: Meaning) -> ScanTrace:
        self._settle()
        verdict = self._judged(arrival, meaning)
        if verdict in {Verdict.BOUNCE, Verdict.SAME_PACK}:
            return self._trace(arrival, meaning, verdict.value, None, None)
        given = self._lookup.resolve(meaning, self.state, typed=arrival.source == "typed")
        if verdict is Verdict.SAME_PACK_MORE:
            if not isinstance(given, FoundItem):
                return self._trace(arrival, meaning, verdict.value, None, None)
            given = replace(given, same_pack=True)
        return self._answer(arrival, meaning, self._photographed(given))

    def _photographed(self, given: Input) -> Input:
        """PHOTO and RETAKE with what the camera gave; asked here, so that the next scan comes after it."""
        if not isinstance(given, Said) or not asks_camera(self.state, given.word):
            return given
        shot = self._setup.shoot()
        return Photographed(given.word, given.raw, shot.photo, shot.missing)

    def _not_recorded(self, arrival: Arrival, meaning: Meaning, why: str, route: str) -> ScanTrace:
        self.state = replace(self.state, notice=Notice("not_recorded", {"why": why}))
        return self._trace(arrival, meaning, route, None, None)

    def _settle(self) -> None:
        """A commit that failed after it reached the disk did happen: found out before anything else."""
        step, self._unsure = self._unsure, None
        if step is None:
            return
        event_id = next(effect.event.event_id for effect in step.effects if isinstance(effect, Record))
        if self._lookup.recorded(event_id):
            self._done(step)

    def take_labels(self) -> list[tuple[Mapping[str, object], bool]]:
        """The labels to print now, each with whether it is a copy; they are committed, or copies of such."""
        taken, self._labels = self._labels, []
        return taken

    def say_defect(self, where: str) -> None:
        """A mistake of ours was reported to `where`."""
        self.state = replace(self.state, notice=Notice("our_defect", {"where": where}))

    def half_scan(self, text: str) -> None:
        """A scan that broke off; nothing was counted."""
        notice = Notice("half_scan", {"raw": shown(text)})
        if self.state.phase is not Phase.STOP:
            self.state = replace(self.state, notice=notice)

    def _answer(self, arrival: Arrival, meaning: Meaning, given: Input) -> ScanTrace:
        step = advance(self.state, given, self._moment())
        if any(isinstance(effect, Record) for effect in step.effects):
            self._unsure = step
        event_id = self._carry_out(step.effects, step.state)
        self._unsure = None
        saved = self._setup.clock.monotonic_ms() if event_id else None
        self._done(step)
        if event_id:
            self._on_recorded()
        return self._trace(arrival, meaning, step.route, saved, event_id)

    def _done(self, step: Step) -> None:
        """What follows a commit: the new state first, so that nothing after it can take it back."""
        self.state = step.state
        for effect in step.effects:
            if isinstance(effect, Print):
                self._labels.append((effect.document, False))
            elif isinstance(effect, Reprint):
                self._reprint()
            elif isinstance(effect, PrintOld):
                self._setup.print_old()
        if any(isinstance(effect, (Record, Undo)) for effect in step.effects):
            self.undoable = self._lookup.undoable()

    def _carry_out(self, effects: tuple[Effect, ...], after: BenchState) -> str | None:
        """One durable commit for everything a step asked for; the id of the event it recorded, if any."""
        also: list[Also] = []
        event: Event | None = None
        for effect in effects:
            match effect:
                case Record(recorded):
                    event = recorded
                case Undo(event_id):
                    event = self._undoing(event_id)
                case Keep(job, draft):
                    also.append(SaveDraft(job, draft))
                case Drop(job):
                    also.append(DropDraft(job))
                case Print(code, document):
                    series = HOLDINGS if document.get("holding") else LABELS
                    also += [QueueLabel(code, document), TakeNumber(series, self._next_number(series))]
                case Reprint() | PrintOld():
                    pass
        also += self._open_job(after)
        # Whatever becomes of the commit, the numbers are looked up anew.
        self._next_numbers.clear()
        if event is not None:
            self._ledger.record(event, also)
            return event.event_id
        if also:
            self._ledger.save(also)
        return None

    def _open_job(self, after: BenchState) -> list[Also]:
        before = self.state.job.key if self.state.job else None
        now = after.job.key if after.job else None
        return [] if before == now else [SetValue(OPEN_JOB, now)]

    def _undoing(self, event_id: str) -> Event:
        undone = self._lookup.event(event_id)
        if self._lookup.used_since(event_id):
            name = self.undoable.item.name if self.undoable else ""
            raise Refused(
                "undo.used", name, "A unit nothing else used.", "Ask a supervisor for a correction."
            )
        person = self._setup.person
        moment = to_ms(self._setup.clock.now())
        return counter_event(
            self._setup.ids.event_id(moment), undone, person.id, person.session, "undo at the bench"
        )

    def _reprint(self) -> None:
        newest = self._lookup.newest_label()
        if newest is not None:
            self._labels.append((newest, True))
        else:
            self.state = replace(self.state, notice=Notice("nothing_to_print", {}, ask=True))

    def _moment(self) -> Moment:
        now = self._setup.clock.now()
        identity = self._ledger.identity
        bench = identity.bench if identity else "0"

        def code(family: CodeFamily, series: str) -> str:
            return str(HumanCode(family, bench, self._next_number(series)))

        return Moment(
            bench=Bench(
                station=self._setup.name,
                owner=identity.owner if identity else "owner",
                site=identity.site if identity else "site",
                location=self._setup.bench,
                operator=self._setup.person.id,
                session=self._setup.person.session,
            ),
            policy=self._lookup.policy(),
            event_id=self._setup.ids.event_id(to_ms(now)),
            label=code(CodeFamily.UNIT_LABEL, LABELS),
            holding=code(CodeFamily.HOLDING_LABEL, HOLDINGS),
            local=now.astimezone(self._setup.zone),
            undoable=self.undoable,
            old_labels=self._setup.old_labels(),
            no_camera=self._setup.no_camera,
        )

    def _next_number(self, series: str) -> int:
        """The next number of a series; kept until the next commit, the only place where one is taken."""
        if series not in self._next_numbers:
            self._next_numbers[series] = self._ledger.peek_number(series)
        return self._next_numbers[series]

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
        return ScanTrace(
            scan=arrival.number,
            raw=arrival.raw,
            source=arrival.source,
            kind=kind,
            route=route,
            band="",
            tone="",
            started=arrival.started,
            saved=saved,
            event=event,
        )
