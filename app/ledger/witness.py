"""The station as a witness: the centre's checkpoints, kept and compared, and each contradiction on record.

A checkpoint counts only when a key of the pinned root signed it. One that contradicts what was told before is
kept beside it, both signed, and reported by an event in this station's own chain: whoever reads that chain
has the proof, whatever the centre says meanwhile. One that no trusted key signed is reported too. For each
checkpoint that is held there is one report of each kind, however often the centre contradicts it.

A centre that was put back begins anew, and so does one that tells its history anew: nothing here can tell one
from the other. It is followed, and reported with both checkpoints, for a person who knows whether it was put
back.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from app.domain.approvals import Signed
from app.domain.approvals.unlock import vouched
from app.domain.checkpoint import CHECKPOINT_TAG, Checkpoint, Found, Proofs, compare
from app.domain.event import Event, EventKind
from app.domain.refusal import Refused
from app.ledger.approvers import root_of
from app.ledger.statements import compiled, upsert
from app.ledger.tables import checkpoint
from app.ledger.tables import event as event_table
from app.ledger.writer import Ledger

_BY, _SESSION = "station", "sync"
_MOST_UNSIGNED = 4096
UNSIGNED = "no key that this station trusts signed it"


@dataclass(frozen=True, slots=True)
class Difference:
    """A checkpoint that contradicts an earlier one: its number, when it was seen (RFC 3339), and how.

    Number 0 stands for one that nobody signed.
    """

    number: int
    seen_at: str
    why: str
    restored: bool

    def __str__(self) -> str:
        if self.number == 0:
            return f"a checkpoint, {self.seen_at}: {self.why}"
        if self.restored:
            return f"checkpoint {self.number}, {self.seen_at}: the centre was restored; {self.why}"
        return f"checkpoint {self.number}, {self.seen_at}: {self.why}"


def newest(connection: Connection) -> Checkpoint | None:
    """The last checkpoint that was held; None before the first."""
    row = connection.execute(_newest).first()
    return Checkpoint.read(_signed(row)) if row is not None else None


def take(
    ledger: Ledger, told: Signed, grant: Signed, proofs: Proofs, at: tuple[str, str]
) -> tuple[Found, str] | None:
    """Takes in the newest checkpoint; what it is beside the last, or None while no root is pinned.

    `at` is the time (RFC 3339) and the id that its report has, should it contradict.

    Raises:
        Unavailable: it was not kept; says why.
    """
    connection = ledger.connection
    root = root_of(connection)
    if root is None:
        return None
    # One that was broken off names a checkpoint that the next one taken in may supersede.
    report(ledger)
    said = _read(told, grant, root)
    if said is None:
        found, why, row = Found.DIFFERS, UNSIGNED, _unsigned(told)
    else:
        known = connection.execute(
            select(checkpoint.c.state).where(checkpoint.c.digest == told.digest)
        ).scalar()
        if known == Found.DIFFERS:
            return Found.DIFFERS, ""
        found, why = compare(newest(connection), said, proofs)
        row = _row(told, said, grant)
    if found is Found.SAME:
        return found, why
    if found is Found.DIFFERS and _reported(connection, unsigned=said is None):
        return found, why
    row |= {
        "seen_at": at[0],
        "state": found.value,
        "why": why,
        "event_id": None if found is Found.HELD else at[1],
    }
    with ledger.transaction() as tx:
        if found is Found.HELD:
            tx.connection.execute(_superseded)
        tx.run(compiled(upsert(checkpoint, "digest")), tuple(row[c.name] for c in checkpoint.columns))
    report(ledger)
    return found, why


def _row(told: Signed, said: Checkpoint, grant: Signed) -> dict[str, object]:
    return {
        "digest": told.digest,
        "number": said.number,
        "feed_gen": said.feed_gen,
        "daily": int(said.daily),
        "document": told.document.decode(),
        "sig": told.sig.hex(),
        "policy_key": json.dumps(grant.to_json(), separators=(",", ":")),
    }


def _unsigned(told: Signed) -> dict[str, object]:
    """What nobody vouches for says nothing, not even its number; under a name that no held one can have."""
    return {
        "digest": f"unsigned:{told.proof}",
        "number": 0,
        "feed_gen": 0,
        "daily": 0,
        "document": told.document.decode()[:_MOST_UNSIGNED],
        "sig": told.sig.hex(),
        "policy_key": "",
    }


def _reported(connection: Connection, *, unsigned: bool) -> bool:
    """Whether a contradiction of this kind with the checkpoint that is held now is on record.

    One is enough: a centre that goes on with what contradicts signs another every few minutes.
    """
    last = connection.execute(_of_unsigned if unsigned else _of_signed).first()
    if last is None:
        return False
    held = connection.execute(_newest).first()
    known = json.loads(last.facts)["known"]
    return bool(known == (_signed(held).to_json() if held is not None else None))


def report(ledger: Ledger) -> int:
    """Records an event for each contradiction and each restart that has none yet; how many."""
    waiting = ledger.connection.execute(_unreported).all()
    for row in waiting:
        restarted = row.state == Found.RESTARTED
        before = _newest.where(checkpoint.c.feed_gen < row.feed_gen) if restarted else _newest
        known = ledger.connection.execute(before).first()
        body: dict[str, object] = {
            "why": row.why,
            "known": _signed(known).to_json() if known is not None else None,
            "told": _signed(row).to_json(),
        }
        if restarted:
            body["restarted"] = {
                "feed_gen": row.feed_gen,
                "known": known.digest if known is not None else None,
                "told": row.digest,
            }
        ledger.record(
            Event(
                event_id=row.event_id,
                kind=EventKind.CHECKPOINT_DIFFERED,
                subject=(f"checkpoint:{row.number}",),
                operator=_BY,
                session=_SESSION,
                body=body,
            )
        )
    return len(waiting)


def differences(connection: Connection) -> Sequence[Difference]:
    """Every contradiction and every restart that was seen, oldest first."""
    return [
        Difference(row.number, row.seen_at, row.why, row.state == Found.RESTARTED)
        for row in connection.execute(_differences)
    ]


def kept(connection: Connection) -> Sequence[tuple[Signed, Signed]]:
    """Every signed checkpoint that is kept, also those that contradict, each with the grant of its key."""
    return [
        (_signed(row), Signed.from_json(json.loads(row.policy_key), "policy key"))
        for row in connection.execute(_kept)
    ]


def _read(told: Signed, grant: Signed, root: bytes) -> Checkpoint | None:
    try:
        return Checkpoint.read(told) if vouched(told, CHECKPOINT_TAG, grant, root) else None
    except Refused:
        return None


def _signed(row: Any) -> Signed:
    return Signed(row.document.encode(), bytes.fromhex(row.sig))


_held = checkpoint.c.state.in_([Found.HELD.value, Found.RESTARTED.value])
_newest = (
    select(checkpoint)
    .where(_held)
    .order_by(checkpoint.c.feed_gen.desc(), checkpoint.c.number.desc())
    .limit(1)
)
_kept = (
    select(checkpoint)
    .where(checkpoint.c.number > 0)
    .order_by(checkpoint.c.feed_gen, checkpoint.c.number, checkpoint.c.seen_at)
)
_superseded = delete(checkpoint).where(checkpoint.c.state == Found.HELD.value, checkpoint.c.daily == 0)
_unreported = (
    select(checkpoint)
    .where(
        checkpoint.c.state != Found.HELD.value,
        checkpoint.c.event_id.not_in(select(event_table.c.event_id)),
    )
    .order_by(checkpoint.c.seen_at)
)
_state = select(checkpoint.c.state).where(checkpoint.c.digest == bindparam("digest"))
_reports = (
    select(event_table.c.facts)
    .join_from(checkpoint, event_table, event_table.c.event_id == checkpoint.c.event_id)
    .where(checkpoint.c.state == Found.DIFFERS.value)
    .order_by(event_table.c.seq.desc())
    .limit(1)
)
_of_unsigned = _reports.where(checkpoint.c.why == UNSIGNED)
_of_signed = _reports.where(checkpoint.c.why != UNSIGNED)
_differences = select(checkpoint).where(checkpoint.c.state != Found.HELD.value).order_by(checkpoint.c.seen_at)
