"""A move is shown with both its ends and with the event that caused it."""

from __future__ import annotations

from typing import Any

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store import moves
from sync.central.store.tables import move
from tests.sync.central.shop import OWNER, PLACE, Shop


def test_a_row_is_the_move_that_was_posted(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5}, lot="L1")
    source = Account(OWNER, "A", Virtual.SUPPLIER, lot="L1")
    target = Account(OWNER, "A", PLACE, Status.SELLABLE, lot="L1")
    (row,) = shop.ask(lambda conn: conn.execute(moves.MOVES).all())
    assert moves.ends_of(row) == (source, target)
    assert moves.move_of(row) == Move(5, source, target, MoveKind.RECEIVE, document="PO-1")
    shown: Any = moves.shown(row)
    assert (shown["move"], shown["qty"], shown["from"]) == ("1-1", 5, source.to_json())
    caused: Any = moves.caused(row)
    assert (caused["event_kind"], caused["origin"], caused["station"]) == ("goods.received", "centre", None)
    assert caused["proof"] == f"/v1/events/{row.event_id}"


def test_later_moves_are_those_of_later_events_and_later_in_the_same(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 1, "B": 1})
    shop.receive({"A": 1})
    ordered = moves.MOVES.where(moves.after(1, 1)).order_by(move.c.event, move.c.n)
    rows = shop.ask(lambda conn: conn.execute(ordered).all())
    assert [(row.event, row.n) for row in rows] == [(1, 2), (2, 1)]


def test_an_event_id_is_quoted_in_its_path() -> None:
    assert moves.event_path("a/b?c") == "/v1/events/a%2Fb%3Fc"
