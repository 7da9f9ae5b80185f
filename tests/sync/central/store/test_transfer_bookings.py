"""What is booked as over or short is what no later move has taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from sync.central.store import transfers
from sync.central.store.transfer_bookings import Booked, booked_over, booked_short
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.sites(**{"WH2-A": "WH2"})
        found.receive({"A": 5})
        yield found


def booked(shop: Shop, read: Any) -> list[tuple[str, str, int]]:
    rows = shop.ask(lambda conn: read(conn, transfers.find(conn, "T-A")))
    return [(found.other.location, str(found.other.status), found.qty) for found in rows]


def over(conn: Connection, row: Any) -> list[Booked]:
    return booked_over(conn, row).booked


def taken(shop: Shop) -> int:
    return shop.ask(lambda conn: sum(booked_over(conn, transfers.find(conn, "T-A")).taken.values()))


def test_units_over_are_told_by_where_they_were_put_and_taken_for_what_is_shipped(shop: Shop) -> None:
    shop.draft({"A": 5})
    for name in ("approve", "pick"):
        shop.step(name)
    shop.take_in({"line": 1, "qty": 2}, {"line": 1, "qty": 1, "damaged": True})
    assert booked(shop, over) == [("WH2-A", "sellable", 2), ("WH2-A", "damaged", 1)]
    shop.step("ship", n1=1)
    assert taken(shop) == 1
    shop.step("ship")
    # What a receipt calls over is told, whatever it is taken for.
    assert booked(shop, over) == [("WH2-A", "sellable", 2), ("WH2-A", "damaged", 1)]
    assert (taken(shop), booked(shop, booked_short)) == (3, [])


def test_units_short_are_told_as_what_they_were_until_they_arrive(shop: Shop) -> None:
    shop.sent({"A": 5})
    shop.step("close")
    assert booked(shop, booked_short) == [("@transit:WH1>WH2", "in_transit", 5)]
    shop.take_in({"line": 1, "qty": 3})
    assert booked(shop, booked_short) == [("@transit:WH1>WH2", "in_transit", 2)]
    shop.take_in({"line": 1, "qty": 3})
    assert (booked(shop, booked_short), len(booked(shop, over))) == ([], 1)
