"""The audit finds every law that is broken on purpose, and nothing where none is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.domain.account import Account, Status
from app.domain.laws import agreement, fold
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.audit import balances_document, station_balances
from sync.central.rules.outcomes import Missing
from sync.central.store.act import Act
from sync.central.store.tables import balance, exception, move
from tests.sync.central.shop import OWNER, PLACE, STATION, Shop, open_shop

SHELF = Account(OWNER, "A", PLACE, Status.SELLABLE)
SCRAP = Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Some trade, all of it right; what a test breaks is not proven again."""
    with open_shop(tmp_path, prove=False) as found:
        found.items("A", "B", {"sku": "S", "name": "S", "tracking": "serial"})
        found.receive({"A": 10, "B": 5})
        found.receive({"S": 2}, serials=["s1", "s2"])
        found.order({"A": 2, "B": 1}, ship="available", customer="c-1")
        found.order({"A": 3})
        found.count("B", -1)
        yield found


def broken(shop: Shop) -> set[str]:
    return {violation.law for violation in shop.audit().violations}


def spoil(shop: Shop, sql: str) -> None:
    shop.act(lambda act: act.conn.exec_driver_sql(sql))


def test_an_honest_ledger_is_clean_and_says_what_was_checked(shop: Shop) -> None:
    report = shop.audit()
    assert report.holds
    assert report.to_json() == {
        "holds": True,
        "checked": {"stations": 1, "events": 4, "moves": 7, "accounts": 11},
        "violations": [],
    }


def change_balance(act: Act) -> None:
    act.conn.execute(
        update(balance).where(balance.c.item == "A", balance.c.qty > 0).values(qty=balance.c.qty + 1)
    )


def drop_a_move(act: Act) -> None:
    act.conn.execute(delete(move).where(move.c.event == 3, move.c.n == 1))


def lower_a_move(act: Act) -> None:
    act.conn.execute(update(move).where(move.c.event == 1, move.c.n == 1).values(qty=move.c.qty - 1))


@pytest.mark.parametrize(
    ("plant", "laws"),
    [
        (change_balance, {"conservation", "balances", "books"}),
        (drop_a_move, {"balances", "facts", "shipped"}),
        (lower_a_move, {"balances", "facts"}),
    ],
)
def test_a_changed_number_is_found(shop: Shop, plant: Callable[[Act], None], laws: set[str]) -> None:
    shop.act(plant)
    assert broken(shop) == laws


@pytest.mark.parametrize(
    ("sql", "laws"),
    [
        ("DELETE FROM receipt WHERE seq = 4", {"chain", "facts"}),
        ("DELETE FROM receipt WHERE seq = 2", {"chain", "facts"}),
        (
            "UPDATE receipt SET facts = replace(facts, '\"qty\":10', '\"qty\":11') WHERE seq = 1",
            {"chain", "facts"},
        ),
        ("UPDATE receipt SET sig = replace(sig, substr(sig, 1, 8), '00000000') WHERE seq = 1", {"chain"}),
        ("UPDATE receipt SET sig = 'no signature' WHERE seq = 4", {"chain"}),
        ("UPDATE receipt SET header = X'7B7D' WHERE seq = 4", {"chain", "event"}),
        ("UPDATE receipt SET facts = X'7B' WHERE seq = 1", {"chain", "facts"}),
        ("UPDATE receipt SET hash = 'another' WHERE seq = 4", {"chain"}),
        ("UPDATE station SET head_seq = 3", {"chain"}),
        ("UPDATE receipt SET state = 'unposted' WHERE seq = 4", {"facts", "receipts"}),
        ("UPDATE reservation SET qty = 2", {"reserved"}),
        ("DELETE FROM reservation", {"reserved"}),
        ('UPDATE order_line SET reserved = 4 WHERE "order" = 2', {"reserved", "order line"}),
        ("UPDATE order_line SET shipped = 1 WHERE sku = 'A' AND shipped = 2", {"shipped", "order", "books"}),
        ('UPDATE order_line SET returned = 9 WHERE "order" = 1 AND line = 1', {"order line", "return"}),
    ],
)
def test_a_changed_record_is_found(shop: Shop, sql: str, laws: set[str]) -> None:
    spoil(shop, sql)
    assert broken(shop) == laws


def test_a_unit_promised_twice_is_found(shop: Shop) -> None:
    spoil(shop, "UPDATE reservation SET qty = 9")
    spoil(shop, 'UPDATE order_line SET reserved = 9, qty = 9 WHERE "order" = 2')
    assert broken(shop) == {"promised once"}


def test_stock_below_zero_needs_its_open_exception(shop: Shop) -> None:
    shop.at_station("stock.moved", [Move(99, SHELF, SCRAP, MoveKind.ADJUST)])
    forgiven = {"facts"}  # this station's chain is not kept here
    assert broken(shop) == forgiven
    shop.act(lambda act: act.conn.execute(update(exception).values(state="resolved")))
    assert broken(shop) == forgiven | {"negative stock"}


def test_a_serial_in_two_places_needs_its_open_exception(shop: Shop) -> None:
    customer = Account(OWNER, "S", Virtual.CUSTOMER, serial="s1")
    again = Account(OWNER, "S", "WH1-B", Status.SELLABLE, serial="s1")
    shop.at_station("stock.moved", [Move(1, customer, again, MoveKind.RETURN)])
    forgiven = {"facts"}
    assert broken(shop) == forgiven
    shop.act(lambda act: act.conn.execute(delete(exception)))
    assert broken(shop) == forgiven | {"one place"}


def test_a_stations_balances_are_the_fold_of_its_moves_alone(shop: Shop) -> None:
    moves = [Move(3, SHELF, SCRAP, MoveKind.ADJUST), Move(1, SCRAP, SHELF, MoveKind.UNDO)]
    shop.at_station("stock.moved", moves[:1])
    shop.at_station("stock.moved", moves[1:])
    here = shop.ask(lambda conn: station_balances(conn, STATION))
    assert here == {SHELF: -2, SCRAP: 2}
    assert agreement(fold(moves), here) == ()
    assert shop.ask(lambda conn: station_balances(conn, "nobody")) == {}


def test_the_balances_of_a_station_are_answered_account_by_account(shop: Shop) -> None:
    document = shop.ask(lambda conn: balances_document(conn, shop.centre_id))
    assert document == {"station_id": shop.centre_id, "balances": []}
    with pytest.raises(Missing):
        shop.ask(lambda conn: balances_document(conn, "nobody"))
