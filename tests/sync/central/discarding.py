"""Units that wait to be written off, posted straight into a shop's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.commands.requests import Decision
from sync.central.commands.write_offs import decide
from sync.central.rules.discards import AWAITING
from sync.central.store import moves
from sync.central.store.tables import event, move, write_off
from tests.sync.central.shop import OWNER, Shop, at

WAITS: dict[str, Any] = {"status": Status.QUARANTINED, "reason": AWAITING}


def discard(shop: Shop, label: str | None, qty: int = 1, **more: Any) -> str:
    """A bench puts units where write-offs wait."""
    return shop.disposition("A", qty, label=label, **(WAITS | more))


def waiting_at(label: str | None) -> Account:
    """Where `discard` puts them."""
    return Account(OWNER, "A", "R-03", Status.QUARANTINED, AWAITING, label=label, grade="A")


def undo(shop: Shop, event_id: str) -> str:
    """A bench takes back what it recorded."""
    return shop.at_station(
        EventKind.RETURN_UNDONE, taken_back(shop, event_id), corrects=event_id, undoes="x", reason="r"
    )


def taken_back(shop: Shop, event_id: str) -> list[Move]:
    """The moves of an event the other way round."""
    number = select(event.c.id).where(event.c.event_id == event_id).scalar_subquery()
    asked = moves.MOVES.where(move.c.event == number).order_by(move.c.n.desc())
    rows = shop.ask(lambda conn: conn.execute(asked).all())
    return [moves.move_of(row).reversed("undo at the bench") for row in rows]


def regraded(shop: Shop, held: Account, qty: int = 1, **more: Any) -> str:
    """A bench grades units again, which go to repair."""
    there = Account(OWNER, "A", "F-01", Status.REFURBISH, label="L07-9-X", grade="B")
    return shop.at_station(EventKind.RETURN_REGRADED, [Move(qty, held, there, MoveKind.DISPOSE)], **more)


def scrapped(shop: Shop, held: Account, qty: int) -> str:
    """Somebody takes units out of it without any request."""
    there = Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)
    return shop.at_station(EventKind.STOCK_ADJUSTED, [Move(qty, held, there, MoveKind.ADJUST)])


def says(shop: Shop, code: str, decision: str, operator: str = "super") -> dict[str, Any]:
    """A supervisor's word."""
    asked = Decision.model_validate({"decision": decision, "at": at(6)})
    return shop.act(lambda act: decide(act, code, asked), operator=operator)


def requests(shop: Shop) -> Sequence[tuple[str, int, str | None]]:
    """State, units and label of every request, in the order of their codes."""
    rows = shop.ask(lambda conn: conn.execute(select(write_off).order_by(write_off.c.code)).all())
    return [(row.state, int(row.qty), row.label) for row in rows]
