"""What two receipts tell of the same units stands as put back until a receipt has no more claim to them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sync.central.store.put_backs import PutBack, standing, twice_key
from sync.central.store.tables import exception
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_transfer_arrivals import CODE, received, sent, undone


@pytest.fixture
def shop(shop: Shop) -> Shop:
    return sent(shop)


def put(shop: Shop) -> list[PutBack]:
    return shop.ask(lambda conn: standing(conn, CODE))


def test_a_part_that_counts_again_is_put_back_no_more(shop: Shop) -> None:
    """Of seven units that two receipts tell of beside each other, four stay put back when three are free."""
    first, second = received(shop, 3), received(shop, 3)
    third = received(shop, 6)
    assert [(one.receipt, sum(move.qty for move in one.moves)) for one in put(shop)] == [(third, 6)]
    undone(shop, first, 3)
    assert [sum(move.qty for move in one.moves) for one in put(shop)] == [3]
    with shop.database.read() as conn:
        case = conn.execute(select(exception)).one()
    assert (case.key, case.state, case.money_minor) == (twice_key(CODE), "open", 3 * 250)
    undone(shop, second, 3)
    assert (put(shop), shop.cases()) == ([], [])
