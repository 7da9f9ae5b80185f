"""Safety stock is never promised, from anywhere or from one site; setting it takes nothing from anybody."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.safety import SafetyStock, keep_safe
from sync.central.store.availability import availability
from tests.sync.central.shop import OWNER, Shop


def keep(shop: Shop, qty: int, site: str | None = None, sku: str = "A") -> None:
    shop.act(lambda act: keep_safe(act, SafetyStock(sku=sku, site=site, qty=qty)))


def breakdown(shop: Shop) -> dict[str, object]:
    found = shop.ask(lambda conn: availability(conn, OWNER, ["A"], shop.clock.now()))
    entries = found["items"]
    assert isinstance(entries, list)
    return dict(entries[0]["breakdown"])


def test_units_of_the_item_and_of_a_site_are_kept(shop: Shop) -> None:
    shop.items("A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5})
    shop.receive({"A": 5}, place="WH2-A")
    keep(shop, 2)
    assert shop.atp("A") == 8
    keep(shop, 4, "WH2")
    assert shop.atp("A") == 4
    proof = breakdown(shop)
    assert (proof["safety"], proof["safety_at"], proof["in_transit"]) == (6, {"WH2": 4}, 0)
    keep(shop, 1, "WH2")
    keep(shop, 0)
    assert (shop.atp("A"), breakdown(shop)["safety_at"]) == (9, {"WH2": 1})


def test_what_is_free_by_it_goes_to_who_waits_and_nobody_loses(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 3})
    shop.receive({"A": 5})
    shop.order({"A": 5})
    assert shop.line("o1") == (2, 0, 3, 0)
    keep(shop, 1)
    assert shop.line("o1") == (4, 0, 1, 0)
    keep(shop, 5)
    keep(shop, 5, "WH1")
    assert (shop.line("o1"), shop.atp("A")) == ((4, 0, 1, 0), 0)
    keep(shop, 0)
    assert shop.line("o1") == (4, 0, 1, 0)
    keep(shop, 0, "WH1")
    assert shop.line("o1") == (5, 0, 0, 0)


@pytest.mark.parametrize(("sku", "site"), [("X", None), ("A", "WH9")])
def test_an_unknown_item_or_site_is_refused(shop: Shop, sku: str, site: str | None) -> None:
    shop.items("A")
    with pytest.raises(Refused):
        keep(shop, 1, site, sku)
