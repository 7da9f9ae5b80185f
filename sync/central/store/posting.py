"""Posting: what an event's moves do to the ledger, and what follows from that at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.domain.event import Event
from sync.central.store.chain import CentreChain
from sync.central.store.journal import enter


def post(
    conn: Connection,
    event: Event,
    *,
    origin: str,
    occurred_at: datetime,
    posted_at: datetime,
    chain: CentreChain,
) -> None:
    """Posts an event whose envelope is already stored as a receipt.

    Inserts the event and its moves, brings balances and return lines up to date, opens an exception for
    whatever does not fit, then gives stock that became sellable to the oldest backorders and ships those
    orders that ship as stock comes. Those shipments are centre-made events, which `chain` seals.

    Args:
        conn: inside the one writer's transaction; a savepoint around the call is welcome.
        event: what happened.
        origin: the station id, or `centre`.
        occurred_at: when it happened by the clock of whoever made it.
        posted_at: now, by the centre's clock.
        chain: the centre's own chain.
    """
    enter(conn, event, origin=origin, occurred_at=occurred_at, posted_at=posted_at)
