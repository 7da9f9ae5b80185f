"""What a wave has to source: needs of the orders that are ready, and what sites have for them."""

from __future__ import annotations

import pytest

from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy, ChannelRule
from sync.central.rules.sourcing.shapes import Site, Wave
from sync.central.store.claims import of_document
from sync.central.store.sourcing import Ready, eligible, ready, wave_of
from sync.central.store.stock import look
from tests.sync.central.shop import OWNER, Shop

ALWAYS = "9999"


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Five of A at WH1; three of A and two of B at WH2."""
    shop.items(
        "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    )
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5})
    shop.receive({"A": 3, "B": 2}, place="WH2-A")
    return shop


def some(shop: Shop, policy: AllocationPolicy = NEUTRAL, most: int = 9) -> list[Ready]:
    return shop.ask(lambda conn: ready(conn, eligible(conn, OWNER, ALWAYS), policy, most))


def wave(shop: Shop) -> Wave:
    covers = shop.ask(lambda conn: look(conn, OWNER, ["A", "B", "KIT"], shop.clock.now())).covers
    return wave_of(some(shop), (Site("WH1"), Site("WH2")), covers, NEUTRAL, shop.clock.now())


def test_its_own_claims_do_not_stand_in_an_orders_way(stocked: Shop) -> None:
    stocked.order({"A": 5})
    stocked.order({"A": 2}, site="WH2", ship="later")
    found = wave(stocked)
    assert {cell: units for cell, units in found.stock.items() if cell[1] == "A"} == {
        ("WH1", "A"): 5,
        ("WH2", "A"): 3,
    }
    assert found.stock["WH2", "A (WH2)"] == 3
    assert [need.sites for need in found.needs] == [None, frozenset({"WH2"})]


def test_the_claims_of_others_do(stocked: Shop) -> None:
    stocked.order({"A": 4}, site="WH1")
    stocked.block("o1", "fraud")
    stocked.hold({"A": 1})
    stocked.order({"A": 1})
    assert wave(stocked).stock == {("WH1", "A"): 1, ("WH2", "A"): 3}


def test_a_line_of_units_and_kits_is_sourced_in_both(stocked: Shop) -> None:
    stocked.receive({"KIT": 1})
    stocked.order({"KIT": 2})
    (need,) = wave(stocked).needs
    assert sorted((line.sku, line.qty, len(line.kit)) for line in need.lines) == [
        ("KIT", 1, 0),
        ("KIT from components", 1, 2),
    ]


def test_named_serials_of_one_line_are_sourced_together_by_the_site_where_they_are(stocked: Shop) -> None:
    stocked.items({"sku": "S", "name": "S", "tracking": "serial"})
    stocked.receive({"S": 3}, serials=["s1", "s2", "s3"])
    stocked.receive({"S": 1}, serials=["s4"], place="WH2-A")
    stocked.order([{"line": 1, "sku": "S", "qty": 3, "serials": ["s1", "s2", "s4"]}])
    covers = stocked.look("S").covers
    found = wave_of(some(stocked), (Site("WH1"), Site("WH2")), covers, NEUTRAL, stocked.clock.now())
    (need,) = found.needs
    one, two = sorted(need.lines, key=lambda line: -line.qty)
    assert (one.qty, two.qty) == (2, 1)
    assert found.stock == {
        ("WH1", one.sku): 2,
        ("WH2", one.sku): 0,
        ("WH1", two.sku): 0,
        ("WH2", two.sku): 1,
    }


def test_kits_are_sourced_where_their_components_are_claimed(stocked: Shop) -> None:
    stocked.receive({"B": 1})
    stocked.order({"KIT": 2})
    found = wave(stocked)
    (need,) = found.needs
    assert [line.qty for line in need.lines] == [1, 1]
    assert found.stock["WH2", "B (WH1)"] == 0


def test_components_claimed_on_different_days_are_sourced_as_kits(stocked: Shop) -> None:
    stocked.items({"sku": "A", "name": "A", "min_remaining_days": 5})
    stocked.order({"KIT": 3}, site="WH2")
    stocked.clock.pass_by(days=1)
    stocked.receive({"A": 1}, place="WH2-A")
    assert stocked.line("o1")[0] == 2
    assert len({row.fresh for row in stocked.ask(lambda conn: of_document(conn, "order:o1"))}) == 3
    (need,) = wave(stocked).needs
    assert [(line.qty, len(line.kit)) for line in need.lines] == [(1, 2), (1, 2)]


def test_an_order_is_ready_when_its_terms_are_met(stocked: Shop) -> None:
    stocked.order({"A": 9})
    stocked.order({"B": 1})
    assert [entry.order.code for entry in some(stocked)] == ["o1", "o2"]
    assert [entry.order.code for entry in some(stocked, most=1)] == ["o1"]
    whole = AllocationPolicy("7", channel_rules={"default": ChannelRule("default", ship_complete=True)})
    assert [entry.order.code for entry in some(stocked, whole)] == ["o2"]
    stocked.release("o2", "WH2")
    assert [entry.order.code for entry in some(stocked)] == ["o1"]
