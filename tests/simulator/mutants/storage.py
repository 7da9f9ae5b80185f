"""Bugs of a station's own record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from app.domain.envelope import Envelope
from app.domain.event import undo
from app.ledger import posting
from app.ledger.also import TakeNumber
from app.ledger.writer import Ledger
from app.queries import history
from app.station import commits
from app.station.commits import Commits
from tests.simulator.mutants.patching import Mutant, everywhere, swap

_record, _sealed, _post, _also = Ledger.record, Ledger._record, posting.post, posting.write_also


def _outbox_later(self: Ledger, event: Any, also: Any = ()) -> Envelope:
    """The event in one commit, its place in the queue in the next."""
    last = self.last_seq
    envelope = _record(self, event, also)
    if self.last_seq > last:
        with self.transaction() as tx:
            tx.run("INSERT OR IGNORE INTO outbox (seq) VALUES (?)", (self.last_seq,))
    return envelope


def _no_outbox(tx: Any, sql: Any, accounts: Any, sealed: Any, undone: Any) -> None:
    _post(tx, sql, accounts, sealed, undone)
    tx.run("DELETE FROM outbox WHERE seq = ?", (sealed[-1],))


def _outbox_apart(stack: ExitStack) -> None:
    swap(Ledger, "record", _outbox_later)(stack)
    everywhere(_post, _no_outbox)(stack)


def _sometimes_unsent(tx: Any, sql: Any, accounts: Any, sealed: Any, undone: Any) -> None:
    _post(tx, sql, accounts, sealed, undone)
    if undone is not None:
        tx.run("DELETE FROM outbox WHERE seq = ?", (sealed[-1],))


def _moves_short(tx: Any, sql: Any, accounts: Any, sealed: Any, undone: Any) -> None:
    event, *rest = sealed
    _post(tx, sql, accounts, (replace(event, moves=event.moves[:-1]), *rest), undone)


def _ahead(stack: ExitStack) -> None:
    """Memory runs ahead of the disk after a failed commit."""

    @contextmanager
    def transaction(self: Ledger) -> Iterator[Any]:
        with self._database.transaction() as open_one:
            yield open_one

    swap(Ledger, "transaction", transaction)(stack)


def _no_numbers(tx: Any, sql: Any, also: Any, seq: Any, wall: str) -> None:
    _also(tx, sql, [part for part in also if not isinstance(part, TakeNumber)], seq, wall)


def _said_first(stack: ExitStack) -> None:
    """The screen says "saved" although the disk was full."""
    carry = Commits.carry_out

    def carried(self: Commits, effects: Any, job: Any, undo_name: str) -> str | None:
        from app.domain.refusal import Unavailable  # noqa: PLC0415
        from app.workflows.effects import Record  # noqa: PLC0415

        try:
            return carry(self, effects, job, undo_name)
        except Unavailable:
            return next((e.event.event_id for e in effects if isinstance(e, Record)), None)

    swap(Commits, "carry_out", carried)(stack)


def _not_used(*_: object) -> bool:
    return False


def _twice(stack: ExitStack) -> None:
    """A deed is recorded once more under another id."""
    count = [0]

    def record(self: Ledger, event: Any, also: Any = ()) -> Envelope:
        envelope = _record(self, event, also)
        count[0] += 1
        if count[0] % 20 == 0 and event.corrects is None:
            again = replace(event, event_id=self._ids.event_id(0))
            _record(self, again)
        return envelope

    swap(Ledger, "record", record)(stack)


def _undone_otherwise(stack: ExitStack) -> None:
    """An undo takes the moves back as they were, not the other way round."""
    original = undo

    def counter(event_id: str, undone: Any, operator: str, session: str, reason: str) -> Any:
        return replace(original(event_id, undone, operator, session, reason), moves=undone.moves)

    swap(commits, "counter_event", counter)(stack)


def _undo_half(stack: ExitStack) -> None:
    original = undo

    def counter(event_id: str, undone: Any, operator: str, session: str, reason: str) -> Any:
        found = original(event_id, undone, operator, session, reason)
        return replace(found, moves=found.moves[:-1])

    swap(commits, "counter_event", counter)(stack)


STORAGE = (
    Mutant("outbox_apart", "an event and its place in the queue are two commits", _outbox_apart),
    Mutant("undo_not_sent", "an undo is not put into the queue", everywhere(_post, _sometimes_unsent)),
    Mutant(
        "moves_short",
        "the last move of an event is not posted at the station",
        everywhere(_post, _moves_short),
    ),
    Mutant("memory_ahead", "memory is not thrown away after a failed commit", _ahead),
    Mutant("numbers_kept", "numbers of labels and statements are used again", everywhere(_also, _no_numbers)),
    Mutant("said_first", "the screen says saved although the commit failed", _said_first),
    Mutant("recorded_twice", "every twentieth deed is recorded twice", _twice),
    Mutant("undo_repeats", "an undo repeats the moves instead of taking them back", _undone_otherwise),
    Mutant("undo_half", "an undo takes back all moves but one", _undo_half),
    Mutant("undo_used", "a unit that was used since can be undone", swap(history, "used_since", _not_used)),
)
