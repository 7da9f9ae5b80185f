"""Some of an item at a place: only what may leave, unlabelled first; what has a label goes together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.item import Item
from sync.central.store.consignment_units import Way, currency_of, of_pile, worth_now
from sync.central.store.item_rules import item_records
from sync.central.store.returns_policy import returns_policy
from tests.sync.central.outward import Outward, open_outward, refused
from tests.sync.central.shop import OWNER, PLACE


@pytest.fixture
def outward(tmp_path: Path) -> Any:
    with open_outward(tmp_path) as found:
        yield found


def pile(outward: Outward, sku: str, qty: int, route: str = "liquidate", place: str = "V-02") -> Any:
    def ask(conn: Any) -> list[tuple[str | None, int]]:
        way = Way(OWNER, route, returns_policy(conn))
        found = of_pile(conn, way, item_records(conn, [sku])[sku], place, qty)
        return [(held.label, units) for _, held, units in found]

    return outward.shop.ask(ask)


def test_what_may_not_leave_stays_in_the_pile(outward: Outward) -> None:
    outward.returned("A", "L07-1-X", qty=2, state="quarantined.inspection")
    outward.returned("A", "L07-2-X", qty=2)
    outward.returned("A", "L07-3-X", qty=2)
    assert pile(outward, "A", 3) == [("L07-2-X", 2), ("L07-3-X", 1)]
    assert refused(lambda: pile(outward, "A", 5)) == "consignment.state_of_unit"
    assert refused(lambda: pile(outward, "A", 5, place="R-03")) == "consignment.too_few"


def test_a_pile_that_a_rule_blocks_says_so(outward: Outward) -> None:
    outward.returned("L", "L07-1-X", grade="A", lot="l1")
    outward.returned("L", "L07-2-X", grade="C", lot="l1")
    assert pile(outward, "L", 1) == [("L07-1-X", 1)]
    assert refused(lambda: pile(outward, "L", 2)) == "consignment.blocked"


def test_a_label_that_another_consignment_holds_a_part_of_is_left_alone(outward: Outward) -> None:
    outward.returned("A", "L07-1-X", qty=3)
    outward.returned("A", "L07-2-X", qty=1)
    outward.drafts("donate", {"sku": "A", "qty": 1, "location": "V-02"})
    assert pile(outward, "A", 1) == [("L07-2-X", 1)]
    assert refused(lambda: pile(outward, "A", 2)) == "consignment.too_few"


def test_worth_is_what_the_books_have_or_else_the_record(outward: Outward) -> None:
    outward.shop.receive({"A": 4}, place=PLACE, cost_minor=1000)
    items = [Item("A", "A", value_minor=250), Item("Q", "Q", value_minor=77, currency="EUR")]
    found = outward.shop.ask(lambda conn: worth_now(conn, OWNER, items))
    assert found == {"A": (4, 1000), "Q": (1, 77)}
    assert outward.shop.ask(lambda conn: currency_of(conn, OWNER, items[1])) == "EUR"
    assert outward.shop.ask(lambda conn: currency_of(conn, OWNER, items[0])) == "GBP"
