"""What a bench records all day: units of returns, graded, labelled, their job's draft saved beside them.

Made by the bench's own workflow, so that every byte is one that a real bench would write.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from app.bootstrap import resources
from app.domain.clock import to_ms
from app.domain.codes import CodeFamily, HumanCode
from app.domain.event import Event
from app.domain.ids import uuid7
from app.domain.item import Item
from app.domain.returns import Rma, RmaLine
from app.ledger.also import Also, DropDraft, QueueLabel, SaveDraft, TakeNumber
from app.ledger.numbers import LABELS
from app.workflows.bench.context import Bench, Moment
from app.workflows.bench.inputs import FoundItem, FoundReturn, Input, Said
from app.workflows.bench.state import BenchState
from app.workflows.bench.step import advance
from app.workflows.effects import Drop, Effect, Keep, Print, Record

OWNER, SITE, PLACE = "harbour-lane", "WH1", "BENCH-07"
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_BENCH = Bench("BENCH 07", OWNER, SITE, PLACE, "ana", "s-1")
_LINES, _UNITS = 3, 2
_GRADES = ("GRI", "GRI", "GRI", "GRII", "GRIII")
_PAUSE = timedelta(seconds=12)


class SteppingClock:
    """Begins at `START` and goes on by 12 seconds with every event, as a quick person does."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def monotonic_ms(self) -> float:
        return to_ms(self._now) % 1_000_000_000

    def step(self) -> None:
        self._now += _PAUSE

    def wait_until(self, at: datetime) -> None:
        """Nobody works before that."""
        self._now = max(self._now, at)


class SeededIds:
    """Identities that repeat from run to run."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(now_ms, self._random.randbytes(10)))

    def secret(self, size: int) -> bytes:
        return self._random.randbytes(size)


@dataclass(frozen=True, slots=True)
class Work:
    """One saved unit: the event and what goes with it in its commit."""

    event: Event
    also: tuple[Also, ...]


@dataclass(slots=True)
class Shift:
    """One person's work at one bench; `number` is that of the next label, `bench` what labels say of it.

    `skus` is how many items there are; each return has a few of them, each a few times.
    """

    clock: SteppingClock
    ids: SeededIds
    random: Random
    skus: int
    number: int = 1
    bench: str = "07"

    def units(self, returns: Iterable[Rma] | None = None) -> Iterator[Work]:
        """Unit after unit of these returns, or of generated ones without end."""
        for rma in self._generated() if returns is None else returns:
            yield from self._box(rma)

    def _generated(self) -> Iterator[Rma]:
        while True:
            yield make_rma(
                f"{self.number:07d}", [sku(self.random.randrange(self.skus)) for _ in range(_LINES)]
            )

    def _box(self, rma: Rma) -> Iterator[Work]:
        items = {line.sku: item(line.sku) for line in rma.lines}
        state, _ = self._step(BenchState(), FoundReturn(rma.code, rma, items, {}, arrived=True))
        for line in rma.lines:
            for _ in range(line.qty):
                self.clock.step()
                state, _ = self._step(state, FoundItem("", items[line.sku]))
                state, effects = self._step(state, Said(self.random.choice(_GRADES)))
                yield self._work(effects)

    def _step(self, state: BenchState, given: Input) -> tuple[BenchState, tuple[Effect, ...]]:
        now = self.clock.now()
        label = str(HumanCode(CodeFamily.UNIT_LABEL, self.bench, self.number))
        moment = Moment(
            _BENCH, resources.policy(), self.ids.event_id(to_ms(now)), label, label, now.replace(tzinfo=UTC)
        )
        step = advance(state, given, moment)
        return step.state, step.effects

    def _work(self, effects: tuple[Effect, ...]) -> Work:
        event: Event | None = None
        also: list[Also] = []
        for effect in effects:
            match effect:
                case Record(recorded):
                    event = recorded
                case Print(code, document):
                    also += [QueueLabel(code, document), TakeNumber(LABELS, self.number)]
                case Keep(job, draft):
                    also.append(SaveDraft(job, draft))
                case Drop(job):
                    also.append(DropDraft(job))
                case other:
                    raise ValueError(f"a graded unit asks for {other}")
        if event is None:
            raise ValueError("a graded unit is an event")
        self.number += 1
        return Work(event, tuple(also))


def sku(number: int) -> str:
    """The name of an item."""
    return f"SKU-{number:07d}"


def item(name: str) -> Item:
    """An item like most: counted, not serialised."""
    return Item(name, f"Article {name.removeprefix('SKU-')} of the bench, boxed", category="kitchen")


def make_rma(code: str, skus: Iterable[str]) -> Rma:
    """A return of a few units of each of these items."""
    lines = tuple(
        RmaLine(number, name, _UNITS, "changed_mind") for number, name in enumerate(dict.fromkeys(skus), 1)
    )
    return Rma(f"R-{code}", OWNER, f"SO-{code}", lines, tracking=(f"PX{code}GB",), site=SITE)
