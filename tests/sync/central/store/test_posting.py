"""Facts are posted whatever they say; what does not fit opens exactly one exception."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection

import pytest
from sqlalchemy.exc import OperationalError

from app.domain.account import Account, Status
from app.domain.event import Event
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store import posting
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.posting import MADE_HERE, record
from sync.central.store.posting_cases import negative_key, twice_key
from tests.sync.central.shop import OWNER, PLACE, STATION, Shop

SHELF = Account(OWNER, "A", PLACE, Status.SELLABLE)
SCRAP = Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)


def test_a_centre_made_event_is_sealed_and_posted(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 2})
    supplier = Account(OWNER, "A", Virtual.SUPPLIER)

    def happened() -> Event:
        move = Move(2, supplier, SHELF, MoveKind.RECEIVE)
        return Event(shop.chain.event_id(), "goods.received", (), "sam", "s", (move,))

    shop.act(lambda act: record(act, happened()))
    assert shop.line("o1") == (2, 0, 0, 0)


def test_stock_below_zero_stands_with_one_exception(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    for _ in range(2):
        shop.at_station("stock.moved", [Move(2, SHELF, SCRAP, MoveKind.ADJUST)])
    assert shop.free("A") == -3
    assert shop.atp("A") == 0
    assert shop.cases() == ["stock.negative"]


def test_a_document_longer_than_an_index_holds_is_posted(postgres_url: str) -> None:
    shop = Shop(postgres_url)
    shop.items("A")
    shop.receive({"A": 1})
    # Noise, which PostgreSQL cannot make shorter than its index takes.
    document = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(128))
    shop.at_station("stock.moved", [Move(1, SHELF, SCRAP, MoveKind.ADJUST, document=document)])
    assert (shop.free("A"), shop.cases()) == (0, [])
    shop.database.close()


def test_an_unknown_item_moves_with_one_exception(shop: Shop) -> None:
    shop.policy()
    for qty in (1, 2):
        shop.disposition("X", qty, rma="R-9-1", line=1)
    assert shop.cases().count("item.unknown") == 1
    assert shop.free("X") == 3


def test_a_serial_in_two_places_is_one_exception(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.policy()
    shop.receive({"A": 1}, serials=["s1"])
    shop.disposition("A", serial="s1", rma="R-9-1", line=1)
    assert shop.cases().count("serial.twice") == 1
    assert shop.free("A") == 2


def test_a_serial_that_moves_inside_is_in_one_place(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 1}, serials=["s1"])
    here = Account(OWNER, "A", PLACE, Status.SELLABLE, serial="s1")
    there = Account(OWNER, "A", "WH1-B", Status.SELLABLE, serial="s1")
    shop.at_station("stock.moved", [Move(1, here, there, MoveKind.ADJUST)])
    assert shop.cases() == []


@pytest.mark.parametrize("status", [Status.RETURN_PENDING, Status.DAMAGED, Status.REFURBISH])
def test_only_sellable_stock_fills_anything(shop: Shop, status: Status) -> None:
    shop.items("A")
    shop.order({"A": 1})
    shop.disposition("A", status=status, rma="R-9-1", line=1)
    assert shop.line("o1") == (0, 0, 1, 0)


def test_a_fact_stands_when_nothing_can_be_allocated(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    shop.items("A")
    shop.policy()
    shop.order({"A": 1}, ship="available")

    def fails_at_the_end(*args: object) -> None:
        settle(*args)  # type: ignore[arg-type]  # passed through
        raise ValueError("a defect")

    monkeypatch.setattr(posting, "settle", fails_at_the_end)
    expect_log("was allocated")
    shop.disposition("A", 2, rma="R-9-1", line=1)
    # The posting stands, nothing of the shipment does, and one case says so.
    assert (shop.free("A"), shop.line("o1")) == (2, (0, 0, 1, 0))
    assert shop.cases() == ["return.unknown_rma", "allocation.failed"]
    monkeypatch.undo()
    shop.receive({"A": 1})
    assert (shop.free("A"), shop.line("o1")) == (2, (0, 1, 0, 0))


def test_one_item_that_cannot_be_allocated_holds_up_no_other(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, expect_log: Callable[[str], None]
) -> None:
    shop.items("A", "B")
    shop.policy()
    shop.order({"A": 1})
    shop.order({"B": 1})

    def fails_for_a(act: Act, owner: str, items: Collection[str]) -> None:
        settle(act, owner, items)
        if "A" in items:
            raise ValueError("a defect")

    monkeypatch.setattr(posting, "settle", fails_for_a)
    expect_log("was allocated")
    with shop.together():
        shop.disposition("A")
        shop.disposition("B", label="L07-2-X")
    assert (shop.line("o1")[0], shop.line("o2")[0]) == (0, 1)
    assert shop.cases().count("allocation.failed") == 1


def test_stock_that_was_short_only_inside_a_batch_is_not_short(shop: Shop) -> None:
    shop.items("A")
    with shop.together():
        shop.at_station("stock.moved", [Move(2, SHELF, SCRAP, MoveKind.ADJUST)])
        shop.at_station("stock.moved", [Move(2, SCRAP, SHELF, MoveKind.ADJUST)])
    assert (shop.free("A"), shop.cases()) == (0, [])


def test_a_failing_database_is_no_failed_allocation(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.items("A")

    def fails(*_: object) -> None:
        raise OperationalError("INSERT", {}, OSError("disk is full"))

    monkeypatch.setattr(posting, "settle", fails)
    with pytest.raises(Exception, match="disk is full"):
        shop.disposition("A")
    assert (shop.free("A"), shop.cases()) == (0, [])


@pytest.mark.parametrize(
    ("moved", "said", "sku"),
    [(1000, 1, "A"), (1, 1000, "A"), (1, 1, "B"), (0, 1, "A")],
    ids=["more", "less", "item", "nothing"],
)
def test_moves_that_differ_from_the_facts_stand_with_one_exception(
    shop: Shop, moved: int, said: int, sku: str
) -> None:
    shop.items("A", "B")
    customer = Account(OWNER, "A", Virtual.CUSTOMER)
    shop.at_station(
        "return.dispositioned",
        [Move(moved, customer, SHELF, MoveKind.RETURN)] if moved else [],
        rma="R-9-1",
        line=1,
        sku=sku,
        qty=said,
    )
    assert shop.free("A") == moved
    assert shop.cases() == ["return.unknown_rma", "event.inconsistent"]


def test_two_steps_that_differ_are_inconsistent_too(shop: Shop) -> None:
    shop.items("A")
    customer, bench = Account(OWNER, "A", Virtual.CUSTOMER), Account(OWNER, "A", "BENCH-07", Status.DAMAGED)
    moves = [Move(2, customer, bench, MoveKind.RETURN), Move(1, bench, SHELF, MoveKind.DISPOSE)]
    shop.at_station("return.dispositioned", moves, rma="R-9-1", line=1, sku="A", qty=2)
    assert "event.inconsistent" in shop.cases()


@pytest.mark.parametrize("kind", sorted(MADE_HERE))
def test_what_only_the_centre_makes_is_posted_for_a_station_with_one_exception(shop: Shop, kind: str) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    for _ in range(2):
        shop.at_station(kind, [Move(1, SHELF, SCRAP, MoveKind.ADJUST)])
    assert shop.free("A") == 3
    assert shop.cases() == ["event.not_a_stations"]


def test_the_same_event_is_never_posted_twice(shop: Shop) -> None:
    shop.items("A")
    event_id = shop.at_station("stock.moved", [Move(1, SCRAP, SHELF, MoveKind.ADJUST)])
    again = Event(event_id, "stock.moved", (), "kim", "s", (Move(1, SCRAP, SHELF, MoveKind.ADJUST),))
    with pytest.raises(Exception, match="IntegrityError"):
        shop.act(lambda act: record(act, again))
    assert shop.free("A") == 1


def test_keys_tell_accounts_and_units_apart() -> None:
    assert negative_key(SHELF) != negative_key(SCRAP)
    assert twice_key("o", "A", "1") != twice_key("o", "A1", "")
    assert STATION not in negative_key(SHELF)
