"""One durable commit for everything a step asked for."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.clock import to_ms
from app.domain.event import Event
from app.domain.event import undo as counter_event
from app.domain.refusal import Refused
from app.ledger.also import Also, DropDraft, QueueLabel, SaveDraft, SetValue, TakeNumber
from app.ledger.numbers import HOLDINGS, LABELS
from app.ledger.writer import Ledger
from app.queries import history
from app.station.setup import Setup
from app.workflows.effects import Drop, Effect, Keep, Print, PrintOld, Record, Reprint, Undo


class Numbers:
    """The next number of each series; kept until the next commit, the only place where one is taken.

    A renewal of the epoch may count on, so that what was kept before it is looked up anew.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._epoch = 0
        self._next: dict[str, int] = {}

    def next(self, series: str) -> int:
        """The number that the next label of a series gets."""
        if self._epoch != self._ledger.head.epoch:
            self._epoch = self._ledger.head.epoch
            self._next.clear()
        if series not in self._next:
            self._next[series] = self._ledger.peek_number(series)
        return self._next[series]

    def forget(self) -> None:
        """After a commit, whatever became of it, the numbers are looked up anew."""
        self._next.clear()


@dataclass(frozen=True, slots=True)
class OpenJob:
    """The key of a desk's open job before and after a step, and the name under which it is kept."""

    value: str
    before: str | None
    after: str | None

    def also(self) -> list[Also]:
        """What to write when it changes."""
        return [] if self.before == self.after else [SetValue(self.value, self.after)]


class Commits:
    """Writes what steps ask for into the record."""

    def __init__(self, ledger: Ledger, setup: Setup, numbers: Numbers) -> None:
        self._ledger = ledger
        self._setup = setup
        self._numbers = numbers

    def carry_out(self, effects: tuple[Effect, ...], job: OpenJob, undo_name: str) -> str | None:
        """Commits all effects of a step together; the id of the event it recorded, if any.

        Raises:
            Refused: `undo.used`.
            Unavailable: nothing was recorded.
        """
        also: list[Also] = []
        event: Event | None = None
        for effect in effects:
            match effect:
                case Record(recorded):
                    event = recorded
                case Undo(event_id):
                    event = self._undoing(event_id, undo_name)
                case Keep(key, draft):
                    also.append(SaveDraft(key, draft))
                case Drop(key):
                    also.append(DropDraft(key))
                case Print(code, document):
                    series = HOLDINGS if document.get("holding") else LABELS
                    also += [QueueLabel(code, document), TakeNumber(series, self._numbers.next(series))]
                case Reprint() | PrintOld():
                    pass
        also += job.also()
        self._numbers.forget()
        if event is not None:
            self._ledger.record(event, also)
            return event.event_id
        if also:
            self._ledger.save(also)
        return None

    def _undoing(self, event_id: str, name: str) -> Event:
        connection = self._ledger.connection
        found = history.by_id(connection, event_id)
        if found is None:
            raise KeyError(event_id)
        if history.used_since(connection, event_id):
            raise Refused(
                "undo.used", name, "A unit nothing else used.", "Ask a supervisor for a correction."
            )
        person = self._setup.person
        moment = to_ms(self._setup.clock.now())
        return counter_event(
            self._setup.ids.event_id(moment), found.event, person.id, person.session, "undo at the bench"
        )
