"""A blocked order gets nothing new and goes nowhere; what it keeps is for its kind of block to say."""

from __future__ import annotations

import pytest

from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.shop import Shop


@pytest.fixture
def two(shop: Shop) -> Shop:
    """An order with all three units, and one that waits for two."""
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 3})
    shop.order({"A": 2})
    return shop


@pytest.mark.parametrize(
    ("kind", "more", "kept"),
    [
        ("fraud", {}, 3),
        ("review", {}, 3),
        ("credit", {}, 0),
        ("credit", {"keep": True}, 3),
        ("fraud", {"keep": False}, 0),
    ],
)
def test_what_a_block_keeps(two: Shop, kind: str, more: dict[str, bool], kept: int) -> None:
    answer = two.block("o1", kind, **more)
    assert (answer["block"], answer["lines"][0]["reserved"]) == (kind, kept)
    assert two.line("o2")[0] == (0 if kept else 2)


def test_a_blocked_order_gets_nothing_until_it_is_unblocked(two: Shop) -> None:
    two.block("o1", "credit", note="unpaid")
    two.receive({"A": 4})
    assert (two.line("o1")[0], two.atp("A")) == (0, 5)
    two.unblock("o1")
    assert two.line("o1") == (3, 0, 0, 0)
    said = " ".join(two.why("o1"))
    for words in (
        "blocked (credit)",
        "3 of A were freed",
        "Note: unpaid",
        "taken off",
        "3 of A were reserved again",
    ):
        assert words in said


def test_unblocked_it_waits_in_its_turn(two: Shop) -> None:
    two.block("o1", "credit")
    two.unblock("o1")
    assert (two.line("o1"), two.line("o2")) == ((1, 0, 2, 0), (2, 0, 0, 0))


def test_a_blocked_order_is_not_shipped_nor_its_parcels(two: Shop) -> None:
    parcel = two.release("o1", lines={1: 2})
    two.block("o1", "fraud")
    for step in (two.pick, two.pack, two.send):
        with pytest.raises(Conflict):
            step(parcel)
    with pytest.raises(Conflict) as no:
        two.ship("o1")
    assert no.value.code == "order.blocked"
    two.unblock("o1")
    two.pick(parcel)
    two.block("o1", "review")
    with pytest.raises(Conflict) as no:
        two.send(parcel)
    assert no.value.code == "order.blocked"
    assert two.take_apart(parcel)["state"] == "cancelled"


def test_a_block_that_frees_leaves_what_is_in_hand(two: Shop) -> None:
    picked, released = two.release("o1", lines={1: 1}), two.release("o1", lines={1: 1})
    two.pick(picked)
    two.block("o1", "credit")
    assert two.parcel(released)["state"] == "cancelled"
    assert (two.line("o1")[0], two.line("o2")[0]) == (1, 2)
    assert any("1 of A are in somebody's hands" in said for said in two.why("o1"))


def test_one_block_at_a_time_and_only_while_open(two: Shop) -> None:
    two.block("o1", "fraud")
    with pytest.raises(Conflict) as no:
        two.block("o1", "credit")
    assert "blocked (fraud)" in no.value.read
    with pytest.raises(Conflict) as no:
        two.unblock("o2")
    assert no.value.code == "order.not_blocked"
    two.cancel("o2")
    with pytest.raises(Conflict) as no:
        two.block("o2", "fraud")
    assert "is cancelled" in no.value.read
    with pytest.raises(Missing):
        two.block("o9", "fraud")
    with pytest.raises(Missing):
        two.unblock("o9")


def test_a_blocked_order_can_be_cancelled(two: Shop) -> None:
    two.block("o1", "fraud")
    assert two.cancel("o1")["state"] == "cancelled"
    assert two.line("o2")[0] == 2


def test_an_order_that_ships_what_is_there_waits_while_blocked(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 2}, ship="available")
    shop.block("o1", "review")
    shop.receive({"A": 2})
    assert shop.line("o1") == (0, 0, 2, 0)
    shop.unblock("o1")
    assert shop.shown("o1")["state"] == "shipped"
    assert any("2 of A were reserved again; 0 wait" in said for said in shop.why("o1"))


def test_what_came_while_an_order_was_blocked_leaves_once_it_is_not(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 2})
    shop.order({"A": 2}, ship="available")
    shop.claim_supply("o1", 2)
    shop.block("o1", "fraud", keep=True)
    shop.came({"A": 2})
    assert shop.line("o1") == (2, 0, 0, 0)
    assert shop.unblock("o1")["state"] == "shipped"
    assert shop.line("o1") == (0, 2, 0, 0)
