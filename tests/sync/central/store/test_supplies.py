"""Claims on what is still to come: never more than that, first to get it, lost last come first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.explain import sentences
from sync.central.store import supplies
from sync.central.store.decisions import about
from tests.sync.central.shop import OWNER, Shop, at, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield found


def refused(shop: Shop, *claim: Any, **more: Any) -> str:
    with pytest.raises(Refused) as no:
        shop.claim_supply(*claim, **more)
    return no.value.code


def why(shop: Shop, subject: str) -> list[str]:
    found = shop.ask(lambda conn: about(conn, subject))
    return [said for entry in found for said in sentences(entry["kind"], entry["document"])]


def test_no_more_is_claimed_than_is_to_come_and_waits(shop: Shop) -> None:
    shop.items("A", "B")
    shop.announce({"A": 5, "B": 1})
    shop.order({"A": 4})
    shop.order({"A": 4})
    shop.claim_supply("o1", 3)
    assert refused(shop, "o1", 2) == "order.not_open"
    assert refused(shop, "o2", 3) == "supply.not_available"
    assert refused(shop, "o2", 1, of=2) == "supply.unfit"
    assert refused(shop, "o2", 1, of=9) == "supply.line.unknown"
    assert refused(shop, "o2", 1, line=9) == "order.line.unknown"
    assert refused(shop, "o2", 1, supply="PO-8") == "supply.unknown"
    shop.claim_supply("o2", 2)
    assert [shop.line(order) for order in ("o1", "o2")] == [(3, 0, 1, 0), (2, 0, 2, 0)]
    assert shop.supply()["lines"][0] | {"claims": len(shop.supply()["lines"][0]["claims"])} == {
        "line": 1,
        "sku": "A",
        "qty": 5,
        "due": "2026-01-20T09:00:00.000Z",
        "received": 0,
        "cancelled": 0,
        "outstanding": 5,
        "claimed": 5,
        "claims": 2,
    }
    assert "3 of A will be met from PO-7 line 1" in why(shop, "order:o1")[-1]


@pytest.mark.parametrize("line", [{"lot": "L1"}, {"grade": "B"}, {"serials": ["s1", "s2"]}])
def test_a_line_that_asks_for_certain_units_cannot_wait_for_unknown_ones(shop: Shop, line: Any) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.announce({"A": 5})
    shop.order([{"line": 1, "sku": "A", "qty": 2} | line])
    assert refused(shop, "o1", 1) == "supply.unfit"


def test_an_order_of_another_site_is_not_met_from_there(shop: Shop) -> None:
    shop.items("A")
    shop.sites(B1="WH2")
    shop.announce({"A": 5})
    shop.order({"A": 2}, site="WH2")
    assert refused(shop, "o1", 1) == "supply.unfit"


def test_what_came_is_first_for_those_who_claimed_it(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 5})
    shop.order({"A": 9}, priority=1)
    shop.order({"A": 3}, priority=9)
    shop.claim_supply("o2", 3)
    shop.came({"A": 4})
    assert shop.line("o2") == (3, 0, 0, 0)
    assert shop.line("o1") == (1, 0, 8, 0)
    assert shop.ship("o2")["state"] == "shipped"
    assert shop.supply()["lines"][0]["outstanding"] == 1


def test_of_claims_the_most_entitled_gets_the_first_units(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 4})
    shop.order({"A": 2}, priority=9)
    shop.order({"A": 2}, priority=1)
    shop.claim_supply("o1", 2)
    shop.claim_supply("o2", 2)
    shop.came({"A": 3})
    with pytest.raises(Refused):
        shop.ship("o1", lines=[{"line": 1, "qty": 2}])
    shop.ship("o2")
    assert (shop.line("o1"), shop.line("o2")) == ((2, 0, 0, 0), (0, 2, 0, 0))
    shop.ship("o1")
    assert shop.line("o1") == (1, 1, 0, 0)


def test_an_order_that_ships_as_stock_comes_leaves_with_what_it_claimed(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 4})
    shop.order({"A": 2}, ship="available")
    shop.claim_supply("o1", 2)
    shop.came({"A": 1})
    assert shop.line("o1") == (1, 1, 0, 0)
    shop.came({"A": 3})
    assert shop.shown("o1")["state"] == "shipped"


def test_what_does_not_fit_when_it_comes_is_taken_back(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 4})
    shop.order([{"line": 1, "sku": "A", "qty": 2, "min_life_days": 30}], at="2026-11-22T09:00:00Z")
    shop.claim_supply("o1", 2)
    shop.came([{"line": 1, "sku": "A", "qty": 4, "lot": "L", "good_until": "2026-11-30"}])
    assert shop.line("o1") == (0, 0, 2, 0)
    assert shop.cases() == ["promise.lost"]


def test_a_shortened_supply_takes_claims_back_last_come_first(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 6})
    for day in (3, 4, 5):
        shop.order({"A": 2}, day=day)
    for order in ("o3", "o1", "o2"):
        shop.claim_supply(order, 2)
    shop.change_supply({"line": 1, "qty": 3})
    assert [shop.line(order)[0] for order in ("o1", "o2", "o3")] == [2, 1, 0]
    assert shop.cases() == ["supply.short"]
    assert "2 of A will not come with PO-7 line 1" in why(shop, "order:o3")[-1]
    shop.cancel_supply()
    assert [shop.line(order)[0] for order in ("o1", "o2", "o3")] == [0, 0, 0]
    assert shop.cases() == ["supply.short"]


def test_an_order_that_lost_its_supply_gets_what_is_here(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 2})
    shop.order({"A": 2})
    shop.claim_supply("o1", 2)
    shop.receive({"A": 2})
    assert shop.atp("A") == 2
    shop.cancel_supply()
    assert (shop.line("o1"), shop.atp("A")) == ((2, 0, 0, 0), 0)


def test_a_cancelled_order_gives_its_supply_back(shop: Shop) -> None:
    shop.items("A")
    shop.announce({"A": 2})
    shop.order({"A": 2})
    shop.claim_supply("o1", 2)
    shop.cancel("o1")
    assert shop.supply()["lines"][0]["claimed"] == 0


def test_pages_follow_one_another(shop: Shop) -> None:
    shop.items("A")
    for code in ("P1", "P2", "P3"):
        shop.announce({"A": 1}, code=code)
    shop.came({"A": 1}, "P2")

    def page(*asked: Any) -> tuple[list[str], Any]:
        found: Any = shop.ask(lambda conn: supplies.page(conn, *asked))
        return [entry["code"] for entry in found["inbound"]], found["next"]

    assert page(None, "WH1", None, 2) == (["P1", "P2"], "P2")
    assert page(None, "WH1", "P2", 2) == (["P3"], None)
    assert page("open", None, None, 9) == (["P1", "P3"], None)
    assert page(None, "WH2", None, 9) == ([], None)
    assert shop.supply("P2")["owner"] == OWNER
    assert at(20).startswith("2026-01-20")
