"""The bench's kind of job: boxes that come back, between the engine and the pure bench workflow."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from app.domain.clock import to_ms
from app.domain.codes import CodeFamily, HumanCode
from app.domain.event import EventKind
from app.ledger.numbers import HOLDINGS, LABELS
from app.ledger.writer import Ledger
from app.scanning.meaning import Badge, Meaning
from app.station.commits import Numbers
from app.station.desk import Arrival, Front, Label
from app.station.known import known_unit
from app.station.lookup import Lookup
from app.station.overriding import OverrideDesk
from app.station.picture import Picture
from app.station.setup import Setup
from app.station.status import LinkFacts
from app.workflows.bench.context import Bench, Moment
from app.workflows.bench.goods import take_up
from app.workflows.bench.inputs import DigitsScanned, FoundItem, Input, Otherwise, Photographed, Said
from app.workflows.bench.overriding import left
from app.workflows.bench.photos import asks_camera
from app.workflows.bench.state import BenchState, Notice, Phase, Saved, from_draft
from app.workflows.bench.step import advance
from app.workflows.effects import Drop, Print, PrintOld, Record, Reprint, Undo
from app.workflows.step import Step
from app.workflows.view import BenchView

OPEN_JOB = "bench.open_job"
_CODES_KEPT = 64


class BenchDesk:
    """See the module. Every method is called on the station's thread."""

    front = Front.BENCH
    open_value = OPEN_JOB

    def __init__(self, ledger: Ledger, setup: Setup, numbers: Numbers) -> None:
        self._ledger = ledger
        self._setup = setup
        self._numbers = numbers
        self._lookup = Lookup(ledger, setup)
        self._picture = Picture(ledger, setup)
        self._overriding = OverrideDesk(ledger, setup)
        self.state = BenchState()
        self.undoable: Saved | None = self._lookup.undoable()

    @property
    def undo_name(self) -> str:
        """The item whose saved unit an UNDO would take back."""
        return self.undoable.item.name if self.undoable else ""

    @property
    def wants_pin(self) -> bool:
        """True while a supervisor's PIN is asked for."""
        return self.state.wants_pin

    def takes_badge(self, meaning: Meaning) -> bool:
        """Whether it is a badge, and for this screen rather than for the session."""
        return isinstance(meaning, Badge) and self._overriding.takes(meaning.secret, self.state)

    @property
    def latched(self) -> bool:
        """True at a stop."""
        return self.state.phase is Phase.STOP

    def resume(self) -> None:
        """Takes up the box that was open when the program ended, at the same question."""
        key = self._ledger.value(OPEN_JOB)
        draft = self._lookup.draft(key) if key else None
        if key and draft is not None:
            self.state = take_up(from_draft(draft), self._lookup.progress(key))

    def answer(self, arrival: Arrival, meaning: Meaning, *, more: bool) -> Step[BenchState] | None:
        """The step for a scan; None for the other code of a pack that is no item."""
        if isinstance(meaning, Badge):
            moment = self._moment()
            return advance(self.state, self._overriding.read(meaning.secret, self.state, moment), moment)
        if self.wants_pin and arrival.source != "screen" and meaning.text.isdigit():
            return advance(self.state, DigitsScanned(), self._moment())
        given = self._lookup.resolve(meaning, self.state, typed=arrival.typed)
        if more:
            if not isinstance(given, FoundItem):
                return None
            given = replace(given, same_pack=True)
        given = self._photographed(self._rejected(given))
        return self._still_there(advance(self.state, given, self._moment()))

    def enter_pin(self, pin: str) -> Step[BenchState]:
        """What a supervisor's PIN does; it is used here and kept nowhere."""
        moment = self._moment()
        return advance(self.state, self._overriding.tried(pin, self.state, moment), moment)

    def forget_badge(self) -> None:
        """Whoever was about to decide steps back, as the screen is locked or left; the stop stays."""
        self.state = left(self.state)
        self._overriding.settle(self.state)

    def job_of(self, step: Step[Any] | None) -> str | None:
        """The key of the open box."""
        state: BenchState = step.state if step else self.state
        return state.job.key if state.job else None

    def done(self, step: Step[Any]) -> list[Label]:
        """Takes the new state over; the labels to print, which are committed or copies of such."""
        self.state = step.state
        self._overriding.settle(self.state)
        labels: list[Label] = []
        for effect in step.effects:
            if isinstance(effect, Print):
                labels.append((effect.document, False))
            elif isinstance(effect, Reprint):
                labels += self._reprint()
            elif isinstance(effect, PrintOld):
                self._setup.print_old()
        if any(isinstance(effect, (Record, Undo)) for effect in step.effects):
            self.undoable = self._lookup.undoable()
        return labels

    def tell(self, notice: Notice) -> None:
        """Shows a message over the present question."""
        self.state = replace(self.state, notice=notice)

    def notice(self) -> Notice | None:
        """The message that is shown."""
        return self.state.notice

    def view(self, link: LinkFacts) -> BenchView:
        """The screen as it stands."""
        return self._picture.draw(self.state, self.undoable, link)

    def _rejected(self, given: Input) -> Input:
        """REJECT at a saved unit, or at one that is taken up by its label, with the unit as it is now."""
        state = self.state
        if not isinstance(given, Said) or given.word != "REJECT" or state.override is not None:
            return given
        if state.phase is Phase.REASON and state.pick is not None and state.pick.again is not None:
            return Otherwise(known_unit(self._ledger, self._setup, state.pick.again.unit.label))
        if state.phase is Phase.SAVED and state.saved is not None:
            return Otherwise(known_unit(self._ledger, self._setup, state.saved.label))
        return given

    def _still_there(self, step: Step[BenchState]) -> Step[BenchState]:
        """A step that grades a unit again; without it when the unit was moved on since it was taken up."""
        again = self.state.pick.again if self.state.pick else None
        recorded = (effect.event.kind for effect in step.effects if isinstance(effect, Record))
        if again is None or EventKind.RETURN_REGRADED not in recorded:
            return step
        now = known_unit(self._ledger, self._setup, again.unit.label)
        if now is not None and now.stands_as(again.unit):
            return step
        moved = BenchState(notice=Notice("moved_on", {"item": again.unit.item.name}))
        return Step(moved, (Drop(again.unit.label),), f"{step.route}>moved_on")

    def _photographed(self, given: Input) -> Input:
        """PHOTO and RETAKE with what the camera gave; asked here, so that the next scan comes after it."""
        if not isinstance(given, Said) or not asks_camera(self.state, given.word):
            return given
        shot = self._setup.shoot()
        return Photographed(given.word, given.raw, shot.photo, shot.missing)

    def _reprint(self) -> list[Label]:
        newest = self._lookup.newest_label()
        if newest is not None:
            return [(newest, True)]
        self.tell(Notice("nothing_to_print", {}, ask=True))
        return []

    def _moment(self) -> Moment:
        now = self._setup.clock.now()
        identity = self._ledger.identity
        bench = identity.bench if identity else "0"

        def code(family: CodeFamily, series: str) -> str:
            return _written(family, bench, self._numbers.next(series))

        return Moment(
            bench=here(self._ledger, self._setup),
            policy=self._lookup.policy(),
            event_id=self._setup.ids.event_id(to_ms(now)),
            label=code(CodeFamily.UNIT_LABEL, LABELS),
            holding=code(CodeFamily.HOLDING_LABEL, HOLDINGS),
            local=now.astimezone(self._setup.zone),
            undoable=self.undoable,
            old_labels=self._setup.old_labels(),
            no_camera=self._setup.no_camera,
        )


@lru_cache(_CODES_KEPT)
def _written(family: CodeFamily, bench: str, number: int) -> str:
    # The next label's code is asked for with every scan, and stays the same until it is printed.
    return str(HumanCode(family, bench, number))


def here(ledger: Ledger, setup: Setup) -> Bench:
    """Who works at this station, and where; a station that has not joined owns what it counts itself."""
    identity = ledger.identity
    return Bench(
        station=setup.name,
        owner=identity.owner if identity else "owner",
        site=identity.site if identity else "site",
        location=setup.bench,
        operator=setup.person.id,
        session=setup.person.session,
    )
