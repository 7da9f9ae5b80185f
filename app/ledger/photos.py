"""Photos on their way to the centre, in the order of their events; functions over the one writer.

A photo is sent after its event: only those of acknowledged events are offered. What the centre confirmed is
kept here for a while; the name stays for ever, in the event.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, select, text, update

from app.ledger.database import Transaction
from app.ledger.posting import WAITING
from app.ledger.tables import outbox, photo
from app.ledger.writer import Ledger

SENT, GONE, MISSING, LOST = "sent", "gone", "missing", "lost"


@dataclass(frozen=True, slots=True)
class Count:
    """How many photos wait to be sent, and how many have no file any more and never arrived."""

    waiting: int
    lost: int


def count(ledger: Ledger) -> Count:
    """What a person is told about photos."""
    rows = ledger.connection.execute(select(photo.c.state, func.count()).where(_OPEN).group_by(photo.c.state))
    found = {state: int(times) for state, times in rows}
    return Count(found.get(WAITING, 0), found.get(MISSING, 0) + found.get(LOST, 0))


def waiting(ledger: Ledger, limit: int) -> list[str]:
    """The first photos to send, oldest event first."""
    return _of(ledger, WAITING, limit)


def missing(ledger: Ledger, limit: int) -> list[str]:
    """Photos without a file, of which the centre was not told yet."""
    return _of(ledger, MISSING, limit)


def lost(ledger: Ledger) -> list[str]:
    """All photos without a file."""
    rows = ledger.connection.scalars(
        select(photo.c.digest).where(_OPEN, photo.c.state.in_([MISSING, LOST])).order_by(photo.c.seq)
    )
    return list(rows)


def sent_before(ledger: Ledger, sent_ms: int, limit: int) -> list[str]:
    """Photos that the centre confirmed before then and whose files are still here, the oldest first."""
    asked = select(photo.c.digest).where(_SENT, photo.c.sent_ms < sent_ms)
    return list(ledger.connection.scalars(asked.order_by(photo.c.sent_ms, photo.c.digest).limit(limit)))


def confirm(ledger: Ledger, digest: str, gen: int, at_ms: int) -> None:
    """The centre has it; since when, counts from the first time that it said so."""
    _update(ledger, [digest], {"state": SENT, "gen": gen, "sent_ms": func.coalesce(photo.c.sent_ms, at_ms)})


def mark(ledger: Ledger, digests: Collection[str], state: str) -> None:
    """Puts photos into a state: `waiting`, `missing`, `lost` or `gone`."""
    _update(ledger, digests, {"state": state})


def send_again(ledger: Ledger, gen: int) -> None:
    """What another generation of the feed confirmed waits again: the centre was restored from a copy."""
    if ledger.connection.scalar(select(photo.c.digest).where(_before(gen)).limit(1)) is not None:
        with ledger.transaction() as tx:
            _wait_again(tx, gen)


def say_again(tx: Transaction, gen: int) -> None:
    """The same, and those whose files are gone are told again, when a restored centre is met."""
    _wait_again(tx, gen)
    tx.connection.execute(update(photo).where(_OPEN, photo.c.state == LOST).values(state=MISSING))


def _wait_again(tx: Transaction, gen: int) -> None:
    tx.connection.execute(update(photo).where(_before(gen)).values(state=WAITING))


def _before(gen: int) -> ColumnElement[bool]:
    return and_(_SENT, photo.c.gen != gen)


def _of(ledger: Ledger, state: str, limit: int) -> list[str]:
    confirmed = ~exists(select(outbox.c.seq).where(outbox.c.seq == photo.c.seq))
    asked = select(photo.c.digest).where(_OPEN, photo.c.state == state, confirmed)
    return list(ledger.connection.scalars(asked.order_by(photo.c.seq, photo.c.digest).limit(limit)))


def _update(ledger: Ledger, digests: Collection[str], values: dict[str, object]) -> None:
    if digests:
        which: ColumnElement[bool] = photo.c.digest.in_(bindparam("digests", expanding=True))
        with ledger.transaction() as tx:
            tx.connection.execute(update(photo).where(which).values(values), {"digests": list(digests)})


# Partial indexes are only used for conditions written out, so the states stand here as words.
_OPEN = text("photo.state IN ('waiting', 'missing', 'lost')")
_SENT = text("photo.state = 'sent'")
