"""Another item is sent in place of one that is short only where policy, price and customer allow it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.central.commands.allocation_policies import publish
from sync.central.store.told import of_subject
from tests.sync.central.shop import Shop

POLICY = """
kind = "allocation"
version = "s-{n}"
channels = ["web"]
[[substitute]]
categories = ["*"]
channels = ["web"]
most_price_difference_percent = {percent}
needs_consent = {consent}
"""


def furnished(shop: Shop, percent: int = 10, consent: str = "true") -> None:
    shop.items(
        {"sku": "A", "name": "A", "value_minor": 1000, "substitutes": ["B", "C"]},
        {"sku": "B", "name": "B", "value_minor": 2000},
        {"sku": "C", "name": "C", "value_minor": 1050, "restricted_regions": ["GB"]},
    )
    shop.act(lambda act: publish(act, POLICY.format(n=1, percent=percent, consent=consent)))
    shop.receive({"A": 1, "B": 5, "C": 5})


def why(shop: Shop, code: str) -> str:
    found: Any = shop.ask(lambda conn: of_subject(conn, f"order:{code}"))
    return " ".join(found["decisions"][0]["why"])


def test_a_whole_line_gets_the_first_substitute_that_may_be_sent(shop: Shop) -> None:
    furnished(shop)
    answer = shop.order({"A": 3}, substitutes=True)
    assert answer["lines"][0] | {"sku": "C", "substitute_for": "A", "reserved": 3} == answer["lines"][0]
    assert shop.shown("o1")["lines"][0]["substitute_for"] == "A"
    said = why(shop, "o1")
    assert "It is sent instead of A, of which 1 could be had." in said
    assert "B: its price differs by more than 10 %" in said
    assert (shop.atp("A"), shop.atp("C")) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({"substitutes": False}, "the customer has not agreed"),
        ({"substitutes": True, "region": "GB-NIR"}, "it may not be sent to GB-NIR"),
    ],
)
def test_without_leave_the_line_waits_and_says_why(shop: Shop, asked: dict[str, Any], reason: str) -> None:
    furnished(shop)
    shop.order({"A": 3}, **asked)
    assert shop.line("o1") == (1, 0, 2, 0)
    assert reason in why(shop, "o1")


def test_what_is_not_sold_in_so_few_units_replaces_nothing(shop: Shop) -> None:
    furnished(shop)
    shop.items({"sku": "C", "name": "C", "value_minor": 1050, "min_order_qty": 4})
    shop.order({"A": 3}, substitutes=True)
    assert "C: at least 4 of it are to be ordered" in why(shop, "o1")
    assert shop.order({"A": 4}, substitutes=True)["lines"][0]["sku"] == "C"


def test_nothing_is_looked_for_while_there_is_enough(shop: Shop) -> None:
    furnished(shop)
    answer = shop.order({"A": 1}, substitutes=True)
    assert (answer["lines"][0]["sku"], answer["lines"][0]["reserved"]) == ("A", 1)


def test_too_few_of_the_substitute_leave_the_line_as_it_was(shop: Shop) -> None:
    furnished(shop)
    shop.order({"A": 9}, substitutes=True)
    assert shop.line("o1") == (1, 0, 8, 0)
    assert "only 5 of it are available" in why(shop, "o1")


def test_two_lines_that_need_a_substitute_together_share_its_units(shop: Shop) -> None:
    furnished(shop)
    lines = [{"line": n, "sku": "A", "qty": 3} for n in (1, 2)]
    answer = shop.order(lines, substitutes=True)
    assert [(line["sku"], line["reserved"]) for line in answer["lines"]] == [("C", 3), ("A", 1)]
    assert "only 2 of it are available" in why(shop, "o1")
    assert (shop.atp("A"), shop.atp("C")) == (0, 2)


def test_a_substitute_is_found_when_lines_are_met_one_by_one_and_not_together(shop: Shop) -> None:
    furnished(shop)
    shop.receive({"A": 2})
    answer = shop.order([{"line": n, "sku": "A", "qty": 2} for n in (1, 2)], substitutes=True)
    assert [(line["sku"], line["reserved"]) for line in answer["lines"]] == [("A", 2), ("C", 2)]


def test_a_substitute_is_as_fresh_as_its_own_record_asks(shop: Shop) -> None:
    furnished(shop)
    shop.items({"sku": "C", "name": "C", "value_minor": 1050, "tracking": "lot", "min_remaining_days": 30})
    shop.dated("C", L1="2026-12-01", L2="2027-03-01")
    shop.count("C", -5, lot="")
    shop.receive({"C": 3}, lot="L1")
    shop.receive({"C": 2}, lot="L2")
    shop.order({"A": 3}, substitutes=True)
    assert "only 2 of it are available" in why(shop, "o1")
    answer = shop.order({"A": 2}, substitutes=True)
    assert (answer["lines"][0]["sku"], shop.shown("o2")["lines"][0]["fresh"]) == ("C", "2026-12-22")
    # An order that takes nothing yet waits for what it asked for, and under no other item's date.
    shop.items("Z")
    shop.receive({"C": 2}, lot="L2")
    shop.order({"A": 2, "Z": 1}, substitutes=True, fill="complete")
    line = shop.shown("o3")["lines"][0]
    assert (line["sku"], line["reserved"], "fresh" in line) == ("A", 0, False)


def test_a_substitute_is_not_put_together_from_what_may_not_go_to_the_region(shop: Shop) -> None:
    furnished(shop)
    shop.items(
        {"sku": "K", "name": "K", "value_minor": 1000, "kit": [{"sku": "C", "qty": 1}]},
        {"sku": "A", "name": "A", "value_minor": 1000, "substitutes": ["K"]},
    )
    shop.order({"A": 3}, substitutes=True, region="GB")
    assert "K: its component C may not be sent to GB" in why(shop, "o1")
    shop.order({"A": 3}, substitutes=True, region="FR")
    assert shop.shown("o2")["lines"][0]["sku"] == "K"


def test_an_order_of_everything_or_nothing_waits_for_what_it_asked_for(shop: Shop) -> None:
    furnished(shop)
    shop.items("Z")
    shop.order({"A": 3, "Z": 1}, substitutes=True, fill="complete")
    lines = shop.shown("o1")["lines"]
    assert [(line["sku"], line["reserved"]) for line in lines] == [("A", 0), ("Z", 0)]
    assert shop.atp("C") == 5
