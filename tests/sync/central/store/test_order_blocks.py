"""A block keeps what it keeps, frees the rest, and leaves the order as it was once it is taken off."""

from __future__ import annotations

from functools import partial

import pytest

from sync.central.store import order_blocks, orders
from sync.central.store.act import Act
from sync.central.store.told import of_order
from tests.sync.central.shop import Shop


@pytest.fixture
def two(shop: Shop) -> Shop:
    """One order that has the only unit, another that waits for it."""
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, order="first")
    shop.order({"A": 1}, order="second")
    return shop


def put(act: Act, *, keep: bool) -> None:
    order_blocks.put(act, orders.find(act.conn, "first"), "review", "why", keep=keep)


@pytest.mark.parametrize("keep", [True, False])
def test_what_a_block_does_not_keep_goes_to_who_waits(two: Shop, keep: bool) -> None:
    two.act(partial(put, keep=keep))
    assert two.shown("first")["block"] == "review"
    assert (two.line("first")[0], two.line("second")[0]) == ((1, 0) if keep else (0, 1))
    told = two.ask(lambda conn: of_order(conn, "first"))["decisions"]
    assert isinstance(told, list)
    assert told[-1]["why"][-1] == "Note: why"


def test_what_was_kept_can_be_freed_later_and_the_block_stays(two: Shop) -> None:
    two.act(partial(put, keep=True))
    two.act(lambda act: order_blocks.free(act, orders.find(act.conn, "first")))
    assert (two.line("first"), two.line("second")[0]) == ((0, 0, 1, 0), 1)
    assert two.shown("first")["block"] == "review"
    # There is nothing more to free.
    two.act(lambda act: order_blocks.free(act, orders.find(act.conn, "first")))
    assert two.line("first") == (0, 0, 1, 0)


def test_taken_off_it_is_served_again_and_may_leave_another_way(two: Shop) -> None:
    two.act(partial(put, keep=False))
    two.cancel("second")

    def off(act: Act) -> None:
        order_blocks.take_off(act, orders.find(act.conn, "first"), None, ship="available")

    two.act(off)
    assert "block" not in two.shown("first")
    assert two.line("first") == (0, 1, 0, 0)
