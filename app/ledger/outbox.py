"""What the centre has not confirmed yet, oldest first; functions over the one writer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, delete, func, select

from app.domain.envelope import Envelope, reopen
from app.ledger import epochs, meta
from app.ledger.database import Transaction
from app.ledger.posting import wall_text
from app.ledger.reading import fetched
from app.ledger.statements import compiled, prepare
from app.ledger.tables import event, outbox
from app.ledger.tables import meta as meta_table
from app.ledger.writer import Ledger


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many events wait for the centre, and when the oldest happened (RFC 3339; None when none waits)."""

    count: int
    oldest_wall: str | None


def pending(ledger: Ledger, limit: int) -> list[Envelope]:
    """The first `limit` envelopes that are not acknowledged, in the order of the newest epoch's chain."""
    rows = fetched(ledger.connection, _first(), (limit, 0))
    if not rows:
        return []
    return epochs.as_sent([reopen(*row) for row in rows], ledger.connection, chapter(ledger))


def acknowledge(ledger: Ledger, epoch: int, upto: int, head_hash: str) -> bool:
    """Takes the events up to number `upto` off the outbox, if the centre holds the same bytes as we do.

    Returns:
        True when our own hash at `upto` equals `head_hash`; on False nothing was changed and the two
        records differ.
    """
    head = ledger.head
    if epoch != head.epoch or not 0 < upto <= head.seq:
        return False
    found = epochs.link(ledger.connection, chapter(ledger), upto)
    if found is None or found[1] != head_hash:
        return False
    if upto > acknowledged(ledger):
        with ledger.transaction() as tx:
            # Events sealed anew have their numbers in the order they were recorded in.
            tx.run(_take_off(), (found[0],))
            _confirmed(tx, upto)
    return True


def send_again(ledger: Ledger, epoch: int, have: int) -> bool:
    """Puts everything behind number `have` on the outbox again: the centre lacks it, whatever it confirmed.

    Returns:
        False, and nothing is changed, when this disk has not got all of that any more.
    """
    head = ledger.head
    if epoch != head.epoch or have > head.seq:
        return False
    seqs = epochs.seqs_after(ledger.connection, chapter(ledger), have)
    if len(seqs) != head.seq - have:
        return False
    with ledger.transaction() as tx:
        tx.connection.execute(delete(outbox))
        tx.run_many(_put(), [(seq,) for seq in seqs])
        _confirmed(tx, have)
    return True


def chapter(ledger: Ledger) -> epochs.Chapter:
    """The epoch that the station is in."""
    return epochs.current(ledger.connection, ledger.head.epoch)


def _confirmed(tx: Transaction, upto: int) -> None:
    tx.run(_confirm(), (str(upto), meta.ACKNOWLEDGED))


def acknowledged(ledger: Ledger) -> int:
    """The last number of the newest chain that the centre confirmed; 0 for none."""
    return int(meta.read(ledger.connection, meta.ACKNOWLEDGED))


def waiting(ledger: Ledger) -> Waiting:
    """What a person is told about the queue."""
    first = fetched(ledger.connection, _oldest())
    if not first:
        return Waiting(0, None)
    # Acknowledging takes from the front only, so that the numbers left have no gaps: no need to count them.
    return Waiting(ledger.head.seq - acknowledged(ledger), wall_text(first[0][1]))


@cache
def _first() -> str:
    sealed = (event.c.header, event.c.facts, event.c.private, event.c.salt, event.c.sig)
    queued = select(*sealed).join(outbox, outbox.c.seq == event.c.seq).order_by(outbox.c.seq)
    return compiled(queued.limit(bindparam("most")))


@cache
def _oldest() -> str:
    number = outbox.c.seq
    first = select(func.min(number)).scalar_subquery()
    return compiled(select(number, event.c.wall_ms).join(event, event.c.seq == number).where(number == first))


@cache
def _confirm() -> str:
    kept = meta_table.update().where(meta_table.c.name == bindparam("of"))
    return compiled(kept.values(value=bindparam("upto")))


@cache
def _take_off() -> str:
    return compiled(delete(outbox).where(outbox.c.seq <= bindparam("upto")))


@cache
def _put() -> str:
    return prepare().outbox
