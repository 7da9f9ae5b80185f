"""An event is entered with its moves, and balances are their fold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store.failures import Defective
from sync.central.store.journal import Entered, Fact, enter
from sync.central.store.tables import balance, event, move
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """These events have neither an item nor an envelope; the laws are proven elsewhere."""
    with open_shop(tmp_path, prove=False) as found:
        yield found


SUPPLIER = Account("ACME", "K", Virtual.SUPPLIER)
SHELF = Account("ACME", "K", "WH1", Status.SELLABLE)
CUSTOMER = Account("ACME", "K", Virtual.CUSTOMER)


def entered(shop: Shop, *moves: Move, event_id: str = "e-1") -> Entered:
    happened = Event(event_id, "some.kind", ("sku:K",), "sam", "s", moves, {"said": "so"})
    now = shop.clock.now()
    return shop.act(lambda act: enter(act.conn, [Fact(happened, "centre", now)], now))


def balances(shop: Shop) -> dict[str, int]:
    rows = shop.ask(lambda conn: conn.execute(select(balance)).all())
    return {row.status: row.qty for row in rows}


def test_moves_and_balances_are_written(shop: Shop) -> None:
    found = entered(shop, Move(5, SUPPLIER, SHELF, MoveKind.RECEIVE, "why", "PO-1"))
    assert dict(found.changes) == {SUPPLIER: -5, SHELF: 5}
    assert found.negative == ()
    row = shop.ask(lambda conn: conn.execute(select(move)).one())
    assert (row.n, row.qty, row.kind, row.reason, row.document) == (1, 5, "receive", "why", "PO-1")
    assert balances(shop) == {"": -5, "sellable": 5}


def test_an_account_at_zero_has_no_row(shop: Shop) -> None:
    entered(shop, Move(5, SUPPLIER, SHELF, MoveKind.RECEIVE))
    entered(shop, Move(5, SHELF, CUSTOMER, MoveKind.SHIP), event_id="e-2")
    assert "sellable" not in balances(shop)


def test_what_passes_through_changes_nothing_in_the_middle(shop: Shop) -> None:
    through = [Move(2, SUPPLIER, SHELF, MoveKind.RECEIVE), Move(2, SHELF, CUSTOMER, MoveKind.SHIP)]
    assert dict(entered(shop, *through).changes) == {SUPPLIER: -2, CUSTOMER: 2}


def test_a_place_below_zero_is_told(shop: Shop) -> None:
    assert entered(shop, Move(3, SHELF, CUSTOMER, MoveKind.SHIP)).negative == ((SHELF, -3),)


def test_an_event_without_moves_is_an_event(shop: Shop) -> None:
    assert entered(shop).changes == ()
    row = shop.ask(lambda conn: conn.execute(select(event)).one())
    assert (row.kind, row.operator, row.body) == ("some.kind", "sam", '{"said":"so"}')


def test_one_event_is_entered_once(shop: Shop) -> None:
    entered(shop)
    with pytest.raises(Defective):
        entered(shop)
