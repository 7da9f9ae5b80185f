"""An event is entered with its moves, and balances are their fold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain import canonical
from app.domain.account import Account, Status
from app.domain.clock import Hlc, to_ms
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store.failures import Defective
from sync.central.store.journal import Entered, Fact, dated, enter
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


CAME = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("clock_h", "reached_h", "counts_h"),
    [
        (10, 10, 10),
        # Ahead: nothing is done after it came. Behind its own chain: not before what came earlier in it.
        (15, 15, 12),
        (-62, 9, 9),
        # A chain that was ahead once says nothing, and the clock is believed again.
        (10, 30, 10),
        (10, None, 10),
    ],
)
def test_what_is_done_is_dated_between_its_chain_and_its_receipt(
    clock_h: int, reached_h: int | None, counts_h: int
) -> None:
    def at(hours: int) -> datetime:
        return CAME.replace(hour=0) + timedelta(hours=hours)

    hlc = "no time" if reached_h is None else str(Hlc(to_ms(at(reached_h)), 3))
    header = canonical.encode({"hlc": hlc})
    assert dated(at(clock_h), header, CAME) == at(counts_h)
    assert dated(at(clock_h), None, CAME) == min(at(clock_h), CAME)
