"""One event as it can be proven: its moves, its place in a chain, and what was received under its id."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.envelope import header_fields
from app.domain.refusal import Refused
from sync.central.rules.outcomes import missing
from sync.central.store import moves, photos
from sync.central.store.approval_listing import of_events
from sync.central.store.tables import event, move, receipt, station
from sync.central.store.timeline import EVENTS, body_of, sentence

Page = dict[str, object]

_SEALED = ("prev", "facts_hash", "private_hash", "wall", "hlc", "app_ver", "policy_ver")


def event_document(conn: Connection, event_id: str) -> Page:
    """An event that was posted or at least received.

    `posted` is null for one that waits or was refused a place; its receipts say why. A receipt carries the
    stored header with its hash and signature: whoever has the station's key can prove it.

    Raises:
        Missing: nothing was received under that id.
    """
    row = conn.execute(EVENTS.where(event.c.event_id == event_id)).one_or_none()
    receipts = conn.execute(_receipts, {"which": event_id}).all()
    if row is None and not receipts:
        raise missing("event", event_id)
    return {
        "event_id": event_id,
        "posted": _posted(conn, row) if row is not None else None,
        "corrected_by": list(conn.scalars(_corrections, {"which": event_id})),
        "photos": photos.shown_together(conn, [event_id]),
        "receipts": [_receipt(conn, entry) for entry in receipts],
    }


def _posted(conn: Connection, row: Any) -> Page:
    asked = moves.MOVES.where(move.c.event == row.event).order_by(move.c.n)
    moved = conn.execute(asked).all()
    return {
        **moves.caused(row),
        "corrects": row.corrects,
        "sentence": sentence(row, moved),
        "body": body_of(row.body),
        "approval": of_events(conn, [row.event_id]).get(row.event_id),
        "moves": [moves.shown(entry) for entry in moved],
    }


def _receipt(conn: Connection, row: Any) -> Page:
    """What was received, without the private part."""
    sealed = _header(row.header)
    near = {"of": row.station_id, "epoch": row.epoch}
    chained = row.state != "evidence"
    return {
        "station_id": row.station_id,
        "station": row.name,
        "public_key": row.public_key,
        "epoch": row.epoch,
        "seq": row.seq,
        "state": row.state,
        "received_at": row.received_at,
        "hash": row.hash,
        "signature": row.sig,
        "header": row.header.decode(errors="replace") if sealed else None,
        "sealed": {name: sealed[name] for name in _SEALED if name in sealed},
        "subject": sealed.get("subject", []),
        "has_private_part": row.private is not None,
        "follows": conn.scalar(_place, near | {"seq": row.seq - 1}) if chained else None,
        "followed_by": conn.scalar(_place, near | {"seq": row.seq + 1}) if chained else None,
    }


def _header(raw: object) -> dict[str, Any]:
    """What the header says; nothing of bytes that came as evidence and cannot be read."""
    try:
        return dict(header_fields(raw).raw()) if isinstance(raw, bytes) else {}
    except (Refused, ValueError, RecursionError):
        return {}


_receipts = (
    select(receipt, station.c.name, station.c.public_key)
    .join(station, station.c.station_id == receipt.c.station_id, isouter=True)
    .where(receipt.c.event_id == bindparam("which"))
    .order_by(receipt.c.id)
)
# The partial index is only used for a condition written out, so the state stands here as a word.
_place = select(receipt.c.event_id).where(
    receipt.c.station_id == bindparam("of"),
    receipt.c.epoch == bindparam("epoch"),
    receipt.c.seq == bindparam("seq"),
    text("receipt.state <> 'evidence'"),
)
_corrections = select(event.c.event_id).where(event.c.corrects == bindparam("which")).order_by(event.c.id)
