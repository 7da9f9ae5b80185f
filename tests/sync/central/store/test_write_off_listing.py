"""Write-offs as somebody who decides sees them: the oldest first, with rule, unit and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.central.commands.catalogue import put_locations
from sync.central.store.write_off_listing import Wanted, listed
from tests.sync.central.discarding import discard, says
from tests.sync.central.shop import OWNER, Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        yield found


def page(shop: Shop, sites: frozenset[str] | None = None, limit: int = 9, **more: Any) -> dict[str, Any]:
    cursor = more.pop("cursor", None)
    return shop.ask(lambda conn: listed(conn, Wanted(**more), cursor, limit, sites))


def test_pages_go_on_where_the_last_one_ended(shop: Shop) -> None:
    shop.items("A")
    for number in range(3):
        discard(shop, f"L07-{number}-X")
    first = page(shop, limit=2)
    rest = page(shop, limit=2, cursor=first["next"])
    labels = [entry["label"] for found in (first, rest) for entry in found["write_offs"]]
    assert labels == ["L07-0-X", "L07-1-X", "L07-2-X"]
    assert rest["next"] is None


def test_state_owner_and_site_narrow_it(shop: Shop) -> None:
    shop.items("A")
    place = {"code": "R-03", "kind": "bin", "name": "R-03", "site": "WH1"}
    shop.act(lambda act: put_locations(act, [place]))
    discard(shop, "L07-1-X")
    assert len(page(shop, state="requested", site="WH1", owner=OWNER)["write_offs"]) == 1
    others: list[dict[str, Any]] = [{"state": "approved"}, {"site": "WH2"}, {"owner": "other"}]
    assert [page(shop, **other)["write_offs"] for other in others] == [[], [], []]
    assert page(shop, frozenset({"WH2"}))["write_offs"] == []
    assert len(page(shop, frozenset({"WH1"}))["write_offs"]) == 1


def test_the_value_is_what_units_cost_now_and_then_what_they_had_cost(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3}, cost_minor=300)
    discard(shop, "L07-1-X")
    (asked,) = page(shop)["write_offs"]
    assert (asked["cost_minor"], asked["currency"]) == (100, "GBP")
    says(shop, asked["write_off"], "approve")
    shop.receive({"A": 3}, cost_minor=9000)
    (done,) = page(shop)["write_offs"]
    assert (done["state"], done["cost_minor"]) == ("approved", 100)
