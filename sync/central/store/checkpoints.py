"""Checkpoints of the audit trail: made every ten minutes and each day, kept for good, shown with proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select

from app.domain.approvals import Signed
from app.domain.checkpoint import Checkpoint
from app.domain.clock import from_text, to_text
from app.domain.merkle import consistency
from sync.central.store.approval_keys import Issuer
from sync.central.store.exceptions import Case, open_case
from sync.central.store.feed import position
from sync.central.store.tables import audit_checkpoint, meta, policy_key, receipt
from sync.central.store.trail import Stored, TreeName, grow

EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint with the grant of the key that signed it."""

    checkpoint: Signed
    grant: Signed

    def to_json(self) -> dict[str, object]:
        """As it is shown and travels."""
        return {"checkpoint": self.checkpoint.to_json(), "policy_key": self.grant.to_json()}


def due(conn: Connection, now: datetime) -> bool:
    """Whether a checkpoint is to be made: a day began, or ten minutes passed and something came since.

    The last one may be of a time to come, when the clock was ahead: then one is due as if it were long ago.
    """
    last = conn.execute(_newest).one_or_none()
    if last is None:
        return True
    at = from_text(last.at)
    if now.date() > at.date():
        return True
    if timedelta(0) <= now - at < EVERY:
        return False
    upto = _ends(conn)
    return upto != (int(last.feed_upto), int(last.receipt_upto))


def make(conn: Connection, issuer: Issuer, now: datetime) -> Checkpoint | None:
    """Grows both trees, by a part of what came if that is much, and signs them once they are grown.

    None while they are not: the next tick goes on.
    """
    grown = [grow(conn, tree) for tree in TreeName]
    if not all(grown):
        return None
    last = conn.execute(_newest).one_or_none()
    if last is not None:
        _hold_clock(conn, from_text(last.at), now)
    gen, ends = position(conn)[0], _ends(conn)
    made = Checkpoint(
        number=int(last.number) + 1 if last else 1,
        at=now,
        daily=last is None or now.date() > from_text(last.at).date(),
        centre_id=str(conn.scalar(_centre)),
        feed_gen=gen,
        feed=Stored(conn, TreeName.FEED).tree(),
        receipts=Stored(conn, TreeName.RECEIPTS).tree(),
        previous=last.digest if last else "",
    )
    signed = made.signed(issuer.signer)
    conn.execute(
        insert(audit_checkpoint).values(
            number=made.number,
            digest=signed.digest,
            at=to_text(now),
            daily=made.daily,
            policy_key=issuer.key.number,
            feed_gen=gen,
            feed_upto=ends[0],
            receipt_upto=ends[1],
            document=signed.document.decode(),
            sig=signed.sig.hex(),
        )
    )
    return made


def _hold_clock(conn: Connection, at: datetime, now: datetime) -> None:
    """Opens the one case about a checkpoint of a time to come."""
    if at <= now:
        return
    case = Case(
        key="checkpoint.ahead",
        type="checkpoint.ahead",
        subject="centre:clock",
        owner_role="admin",
        fix=f"The last checkpoint is of {to_text(at)}, and the centre's clock says {to_text(now)}: it was "
        "ahead then, or is behind now. Set it, and find out why it was wrong; checkpoints go on meanwhile.",
    )
    open_case(conn, case, now)


def newest(conn: Connection) -> Kept | None:
    """The last one; None before the first."""
    row = conn.execute(_newest).one_or_none()
    return _kept(row) if row is not None else None


def one(conn: Connection, number: int) -> Kept | None:
    """The one of that number, if there is."""
    row = conn.execute(_with_grant.where(audit_checkpoint.c.number == number)).one_or_none()
    return _kept(row) if row is not None else None


def listed(conn: Connection, before: int | None, limit: int, *, daily: bool) -> list[tuple[int, Kept]]:
    """From the newest back, those before a number; only the first of each day when asked for these."""
    asked = _with_grant.order_by(audit_checkpoint.c.number.desc()).limit(limit)
    if before is not None:
        asked = asked.where(audit_checkpoint.c.number < before)
    if daily:
        asked = asked.where(audit_checkpoint.c.daily)
    return [(int(row.number), _kept(row)) for row in conn.execute(asked)]


def proof(conn: Connection, tree: TreeName, old: int, new: int) -> tuple[bytes, ...]:
    """That the first `old` entries are the beginning of the first `new`; both are there."""
    return consistency(old, new, Stored(conn, tree, new))


def _ends(conn: Connection) -> tuple[int, int]:
    """The last position of the feed, and the last receipt."""
    return position(conn)[1], int(conn.scalar(_last_receipt) or 0)


def _kept(row: Any) -> Kept:
    grant = Signed(row.grant_document.encode(), bytes.fromhex(row.grant_sig))
    return Kept(_signed(row), grant)


def _signed(row: Any) -> Signed:
    return Signed(row.document.encode(), bytes.fromhex(row.sig))


_with_grant = select(
    audit_checkpoint,
    policy_key.c.document.label("grant_document"),
    policy_key.c.sig.label("grant_sig"),
).join_from(audit_checkpoint, policy_key, policy_key.c.number == audit_checkpoint.c.policy_key)
_newest = _with_grant.order_by(audit_checkpoint.c.number.desc()).limit(1)
_centre = select(meta.c.value).where(meta.c.name == "centre_id")
_last_receipt = select(func.max(receipt.c.id))
