"""Inbound supply is a plan that receipts are held against; a receipt is a fact whatever the plan says."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from tests.sync.central.shop import Shop, at


def line(shop: Shop, number: int = 1) -> tuple[int, int, int, int]:
    found = shop.supply()["lines"][number - 1]
    return found["qty"], found["received"], found["cancelled"], found["outstanding"]


def test_announced_supply_is_neither_stock_nor_promised(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 1})
    answer = shop.announce({"A": 5}, supplier="Kettles Ltd")
    assert (answer["state"], answer["supplier"], answer["made_by"]) == ("open", "Kettles Ltd", "sam")
    assert (shop.atp("A"), shop.line("o1")) == (0, (0, 0, 1, 0))


@pytest.mark.parametrize(
    ("units", "more", "code"),
    [
        ({"X": 1}, {}, "item.unknown"),
        ({"A": 1}, {"site": "WH9"}, "site.unknown"),
        ({"A": 1}, {"code": "PO-1"}, "supply.exists"),
        ([{"line": 1, "sku": "A", "qty": 1, "due": at(9)}] * 2, {}, "lines.numbers"),
    ],
)
def test_what_cannot_be_announced_is_refused(shop: Shop, units: Any, more: Any, code: str) -> None:
    shop.items("A")
    shop.announce({"A": 1}, code="PO-1")
    with pytest.raises(Refused) as no:
        shop.announce(units, **more)
    assert no.value.code == code


def test_receipts_count_on_their_lines_until_nothing_is_to_come(shop: Shop) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5, "B": 2})
    shop.came({"A": 3})
    assert (line(shop), shop.supply()["state"]) == ((5, 3, 0, 2), "open")
    shop.came({"A": 2, "B": 2})
    assert shop.supply()["state"] == "closed"
    assert (shop.atp("A"), shop.atp("B"), shop.cases()) == (5, 2, [])


def test_more_than_was_to_come_stands_and_is_told_once(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.came({"A": 7})
    assert (line(shop), shop.atp("A")) == ((5, 7, 0, 0), 7)
    shop.came({"A": 1})
    assert shop.cases() == ["supply.over"]
    assert shop.atp("A") == 8


def test_an_item_that_was_not_to_come_stands_and_is_told(shop: Shop) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5})
    shop.came({"B": 2})
    assert (line(shop), shop.atp("B"), shop.cases()) == ((5, 0, 0, 5), 2, ["supply.strange"])


def test_another_owners_receipt_of_the_same_name_counts_nothing(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.came({"A": 2}, owner="OTHER")
    assert (line(shop), shop.cases()) == ((5, 0, 0, 5), [])


def test_a_receipt_may_close_its_supply_short(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.order({"A": 5})
    shop.claim_supply("o1", 5)
    shop.came({"A": 3}, closes=True)
    assert (line(shop), shop.supply()["state"]) == ((5, 3, 2, 0), "closed")
    assert (shop.line("o1"), shop.cases()) == ((3, 0, 2, 0), ["supply.short"])


def test_lines_change_and_are_added(shop: Shop) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5})
    shop.came({"A": 2})
    shop.change_supply({"line": 1, "qty": 4, "due": at(25)}, {"line": 2, "sku": "B", "qty": 1, "due": at(9)})
    assert (line(shop), line(shop, 2)) == ((4, 2, 0, 2), (1, 0, 0, 1))
    assert shop.supply()["lines"][0]["due"] == "2026-01-25T09:00:00.000Z"
    shop.change_supply({"line": 1, "qty": 1})
    shop.came({"B": 1})
    assert shop.supply()["state"] == "closed"
    shop.change_supply({"line": 1, "qty": 9})
    assert (shop.supply()["state"], line(shop)) == ("open", (9, 2, 0, 7))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"line": 1, "sku": "B"}, "supply.item"),
        ({"line": 2, "sku": "B", "qty": 1}, "supply.line"),
        ({"line": 1, "sku": "X"}, "item.unknown"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(shop: Shop, changed: Any, code: str) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5})
    with pytest.raises(Refused) as no:
        shop.change_supply(changed)
    assert no.value.code == code


def test_cancelling_ends_lines_or_all(shop: Shop) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5, "B": 2})
    shop.cancel_supply(2)
    assert (line(shop, 2), shop.supply()["state"]) == ((2, 0, 2, 0), "open")
    shop.cancel_supply()
    assert shop.supply()["state"] == "cancelled"
    with pytest.raises(Refused, match="Nothing more"):
        shop.cancel_supply()
    with pytest.raises(Refused, match=r"supply\.line"):
        shop.cancel_supply(9)
    with pytest.raises(Refused, match="is cancelled"):
        shop.change_supply({"line": 1, "qty": 1})


def test_what_comes_after_all_was_cancelled_is_beyond_it(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.cancel_supply()
    shop.came({"A": 1})
    assert (shop.supply()["state"], shop.cases()) == ("closed", ["supply.over"])


@pytest.mark.parametrize("dated", [{"good_until": "2027-01-01"}, {"lot": "L", "good_until": "2027-01-02"}])
def test_a_date_belongs_to_one_lot(shop: Shop, dated: Any) -> None:
    shop.items("A")
    first = {"line": 1, "sku": "A", "qty": 1, "lot": "L", "good_until": "2027-01-01"}
    with pytest.raises(Refused) as no:
        shop.came([first, {"line": 2, "sku": "A", "qty": 1} | dated], "PO-1")
    assert no.value.code == "receipt.date"
