"""What stood below zero is asked about until it does not, and the answer says what happened."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.store.tables import exception
from tests.sync.central.shop import OWNER, PLACE, Shop
from tests.sync.central.store.test_transfer_arrivals import DOCK, received, sent

SHELF = Account(OWNER, "A", PLACE, Status.SELLABLE)
SCRAP = Account(OWNER, "A", Virtual.SCRAP, Status.DISPOSED)


def test_stock_that_is_back_at_zero_is_asked_about_no_more(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.at_station("stock.moved", [Move(3, SHELF, SCRAP, MoveKind.ADJUST)])
    shop.count("A", 1)
    assert shop.cases() == ["stock.negative"]
    found = shop.count("A", 2)["event_id"]
    assert (shop.free("A"), shop.cases()) == (1, [])
    with shop.database.read() as conn:
        said = conn.execute(select(exception.c.resolved_by, exception.c.resolution)).one()
    assert tuple(said) == ("centre", f"Event {found} (stock.adjusted) brought {PLACE} back to 1.")


def test_what_rises_within_one_batch_is_never_asked_about(shop: Shop) -> None:
    shop.items("A")
    with shop.together():
        shop.at_station("stock.moved", [Move(1, SHELF, SCRAP, MoveKind.ADJUST)])
        shop.at_station("stock.moved", [Move(1, SCRAP, SHELF, MoveKind.ADJUST)])
    assert (shop.free("A"), shop.cases()) == (0, [])


def test_a_shelf_that_what_follows_takes_below_zero_again_is_asked_about(shop: Shop) -> None:
    """A second receipt brings the dock above zero; what is put back of it leaves the dock where it was."""
    received(sent(shop), 6)
    shop.at_station("stock.moved", [Move(7, DOCK, SCRAP, MoveKind.ADJUST)])
    assert shop.cases() == ["stock.negative"]
    received(shop, 6)
    assert sorted(shop.cases()) == ["stock.negative", "transfer.twice"]
    shop.prove()
    shop.at_station("stock.moved", [Move(1, SCRAP, DOCK, MoveKind.ADJUST)])
    assert shop.cases() == ["transfer.twice"]
