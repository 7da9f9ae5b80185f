"""Shipping what is reserved and giving up what is not shipped, in whole or in part."""

from __future__ import annotations

import pytest

from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.shop import Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def test_everything_reserved_is_shipped(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3, "B": 1})
    shop.order({"A": 2, "B": 2})
    answer = shop.ship("o1")
    assert answer["state"] == "open"
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((0, 2, 0, 0), (0, 1, 1, 0))


def test_part_of_a_line_is_shipped(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 5})
    shop.ship("o1", lines=[{"line": 1, "qty": 2}, {"line": 1, "qty": 1}])
    assert shop.line("o1") == (2, 3, 0, 0)


def test_a_kit_is_shipped_part_by_part_its_own_units_first(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 6, "B": 3, "KIT": 1})
    shop.order({"KIT": 3})
    shop.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert shop.line("o1") == (1, 2, 0, 0)
    assert (shop.free("A"), shop.free("B"), shop.free("KIT")) == (2, 1, 0)
    shop.ship("o1")
    assert shop.shown("o1")["state"] == "shipped"


def test_the_claimed_serials_leave(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 3}, serials=["s1", "s2", "s3"])
    shop.order([{"line": 1, "sku": "A", "qty": 2, "serials": ["s2", "s3"]}])
    shop.ship("o1", lines=[{"line": 1, "qty": 1}])
    shop.order([{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}], ship="available")
    shop.ship("o1")
    assert shop.free("A") == 0


def test_more_than_is_reserved_is_not_shipped(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 2})
    with pytest.raises(Conflict) as no:
        shop.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert no.value.code == "order.not_reserved"
    with pytest.raises(Conflict):
        shop.ship("o1", lines=[{"line": 7, "qty": 1}])
    shop.ship("o1")
    with pytest.raises(Conflict) as no:
        shop.ship("o1")
    assert no.value.code == "order.nothing_reserved"


def test_an_order_nobody_sent_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.ship("o1")
    with pytest.raises(Missing):
        shop.cancel("o1")


def test_backordered_units_are_given_up_before_reserved_ones(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 5})
    shop.cancel("o1", lines=[{"line": 1, "qty": 3}])
    assert shop.line("o1") == (2, 0, 0, 3)
    assert shop.atp("A") == 1


def test_a_cancelled_order_gives_everything_back(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 6, "B": 3})
    shop.order([{"line": 1, "sku": "KIT", "qty": 2}, {"line": 2, "sku": None, "qty": 1}])
    answer = shop.cancel("o1", reason="no longer wanted")
    assert answer["state"] == "cancelled"
    assert [line["cancelled"] for line in answer["lines"]] == [2, 1]
    assert (shop.atp("A"), shop.atp("B")) == (6, 3)


def test_what_was_shipped_cannot_be_given_up(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available")
    with pytest.raises(Conflict) as no:
        shop.cancel("o1")
    assert no.value.code == "order.nothing_open"
    shop.order({"A": 2})
    with pytest.raises(Conflict) as no:
        shop.cancel("o2", lines=[{"line": 1, "qty": 3}])
    assert no.value.code == "order.not_open"


def test_what_went_past_its_date_is_not_shipped(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 1}, lot="L2")
    shop.dated("A", L1="2026-11-22")
    shop.order({"A": 4})
    shop.clock.pass_by(days=1)
    with pytest.raises(Conflict):
        shop.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert shop.line("o1") == (4, 0, 0, 0)
    shop.ship("o1")
    assert (shop.line("o1"), shop.cases()) == ((0, 1, 3, 0), ["promise.lost"])
