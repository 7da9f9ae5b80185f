"""Moves as they are shown: how many, from which account to which, and the event that caused them."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.domain.account import KEY_PARTS, Account
from app.domain.move import Move, MoveKind
from sync.central.store.accounts import account_of
from sync.central.store.tables import account, event, move, station

SOURCE = account.alias("source_account")
TARGET = account.alias("target_account")

# Every move with both ends and its event; to be narrowed, ordered and limited.
MOVES: Select[Any] = (
    select(
        move.c.event,
        move.c.n,
        move.c.qty,
        move.c.kind,
        move.c.reason,
        move.c.document,
        event.c.event_id,
        event.c.kind.label("event_kind"),
        event.c.origin,
        station.c.name.label("station"),
        event.c.operator,
        event.c.policy_ver,
        event.c.occurred_at,
        event.c.posted_at,
        *(SOURCE.c[part].label(f"from_{part}") for part in KEY_PARTS),
        *(TARGET.c[part].label(f"to_{part}") for part in KEY_PARTS),
    )
    .select_from(move)
    .join(event, move.c.event == event.c.id)
    .join(SOURCE, move.c.source == SOURCE.c.id)
    .join(TARGET, move.c.target == TARGET.c.id)
    .join(station, station.c.station_id == event.c.origin, isouter=True)
)


def after(row: int, n: int) -> ColumnElement[bool]:
    """Moves posted later than the move `n` of the event in a row."""
    return or_(move.c.event > row, and_(move.c.event == row, move.c.n > n))


def ends_of(row: Any) -> tuple[Account, Account]:
    """From where and to where a row of `MOVES` went."""
    return (
        account_of([getattr(row, f"from_{part}") for part in KEY_PARTS]),
        account_of([getattr(row, f"to_{part}") for part in KEY_PARTS]),
    )


def move_of(row: Any) -> Move:
    """The move in a row of `MOVES`."""
    source, target = ends_of(row)
    return Move(row.qty, source, target, MoveKind(row.kind), row.reason, row.document)


def shown(row: Any) -> dict[str, object]:
    """A row of `MOVES` without its event."""
    source, target = ends_of(row)
    return {
        "move": f"{row.event}-{row.n}",
        "qty": int(row.qty),
        "kind": row.kind,
        "from": source.to_json(),
        "to": target.to_json(),
        "reason": row.reason,
        "document": row.document,
    }


def caused(row: Any) -> dict[str, object]:
    """The event that caused it, of a row of `MOVES` or of one with the same columns of an event."""
    return {
        "event_id": row.event_id,
        "event_kind": row.event_kind,
        "origin": row.origin,
        "station": row.station,
        "operator": row.operator,
        "policy_version": row.policy_ver,
        "occurred_at": row.occurred_at,
        "posted_at": row.posted_at,
        "proof": event_path(row.event_id),
    }


def event_path(event_id: str) -> str:
    """Where an event opens."""
    return f"/v1/events/{quote(event_id, safe='')}"
