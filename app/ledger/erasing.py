"""Private parts that the centre erased are erased here too, and that is on record in this station's chain.

The centre tells which events, by their ids, in its feed. What names them and what is gone are one commit, so
that a power cut leaves neither half; a file that has more than it should (put back from before the erasure,
or half changed by hand) is brought in line by the next start or page.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, or_, select

from app.domain.envelope import body_of
from app.domain.event import Event, EventKind, erased_by
from app.domain.ids import uuid7
from app.ledger.also import ErasePrivate
from app.ledger.records import RecordKind
from app.ledger.tables import event, mirror
from app.ledger.writer import Ledger

_BY, _SESSION, _SUBJECT = "station", "sync", "personal:erased"
_AT_ONCE = 500
_NOISE = 10


def apply(ledger: Ledger) -> int:
    """Erases what the centre erased and this record still has; how many events.

    Raises:
        Unavailable: what is left stays owed, and is erased the next time.
    """
    owed = ledger.connection.execute(_still_here).all()
    if not owed:
        return 0
    # Nothing of it may stay behind in free pages of the file, nor in the log beside it.
    ledger.connection.exec_driver_sql("PRAGMA secure_delete=ON").close()
    before = _own(ledger.connection)
    again = tuple(row.event_id for row in owed if row.event_id in before)
    if again:
        ledger.save([ErasePrivate(again)])
    fresh = [row for row in owed if row.event_id not in before]
    for start in range(0, len(fresh), _AT_ONCE):
        part = fresh[start : start + _AT_ONCE]
        ids = [row.event_id for row in part]
        ledger.record(_event(ids, part[-1].wall_ms), [ErasePrivate(tuple(ids))])
    empty_log(ledger)
    return len(owed)


def empty_log(ledger: Ledger) -> None:
    """Takes what was erased out of the log beside the file; also at a start, where power went before it.

    Raises:
        Unavailable: the disk; what is erased stays so, and the next start tries this again.
    """
    ledger.connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").close()


def erased(connection: Connection) -> frozenset[str]:
    """The events whose private part is erased, by the centre's word or by this station's own record."""
    told = connection.scalars(select(mirror.c.key).where(mirror.c.kind == RecordKind.ERASURE.value))
    return frozenset(told) | _own(connection)


def _own(connection: Connection) -> frozenset[str]:
    kept = connection.scalars(select(event.c.facts).where(event.c.kind == EventKind.PRIVATE_ERASED.value))
    return frozenset(one for facts in kept for one in erased_by(body_of(facts)))


def _event(ids: list[str], wall_ms: int) -> Event:
    # A copy of this station that erases the same says the same: it is one event and no second.
    noise = hashlib.sha256("\n".join(ids).encode()).digest()[:_NOISE]
    return Event(
        event_id=str(uuid7(wall_ms, noise)),
        kind=EventKind.PRIVATE_ERASED,
        subject=(_SUBJECT,),
        operator=_BY,
        session=_SESSION,
        body={"events": ids},
    )


_still_here = (
    select(event.c.event_id, event.c.wall_ms)
    .join_from(mirror, event, event.c.event_id == mirror.c.key)
    .where(
        mirror.c.kind == RecordKind.ERASURE.value,
        or_(event.c.private.is_not(None), event.c.salt.is_not(None)),
    )
    .order_by(event.c.seq)
)
