"""Expected returns are what RMA lines authorize and nobody has done."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.store.coming import coming
from sync.central.store.cursors import pack
from sync.central.store.expected import expected_returns
from tests.sync.central.shop import OWNER, Shop


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Three items sold to one customer."""
    shop.items("A", "B", "C")
    shop.policy()
    shop.receive({"A": 9, "B": 9, "C": 9})
    shop.order({"A": 4, "B": 4, "C": 4}, ship="available", customer="c-1")
    return shop


def lines(shop: Shop, size: int = 1, **which: str) -> list[Any]:
    found: list[Any] = []
    cursor: Any = None
    while True:
        page: Any = shop.ask(
            lambda conn, c=cursor: expected_returns(conn, which.get("owner"), which.get("sku"), c, size)  # type: ignore[misc]
        )
        found += page["lines"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_what_a_station_has_seen_is_not_expected_any_more(sold: Shop) -> None:
    rma = sold.authorize({"A": 3, "B": 2}, customer="c-1")["rma"]
    assert [(line["sku"], line["state"], line["expected"]) for line in lines(sold)] == [
        ("A", "authorized", 3),
        ("B", "authorized", 2),
    ]
    sold.disposition("A", 2, rma=rma, line=1)
    assert [line["sku"] for line in lines(sold)] == ["B"]
    assert dated(sold) == {"A": 0, "B": 2}
    sold.at_station("return.arrived", rma=rma)
    assert (lines(sold), dated(sold)) == ([], {"A": 0, "B": 0})


def dated(shop: Shop) -> dict[str, int]:
    """Units of returns that a dated answer counts on, by item."""
    found = shop.ask(lambda conn: coming(conn, OWNER, ["A", "B"], shop.clock.now()))
    return {sku: sum(entry.units for entry in found.get(sku, ())) for sku in ("A", "B")}


def test_filters_and_pages(sold: Shop) -> None:
    first = sold.authorize({"A": 1, "B": 1}, customer="c-1")["rma"]
    second = sold.authorize({"A": 1, "C": 1}, customer="c-1")["rma"]
    whole = [(line["rma"], line["line"]) for line in lines(sold)]
    assert whole == sorted([(first, 1), (first, 2), (second, 1), (second, 2)])
    assert [line["rma"] for line in lines(sold, sku="A")] == sorted([first, second])
    assert len(lines(sold, owner=OWNER)) == 4
    assert lines(sold, owner="nobody") == []


@pytest.mark.parametrize("line", ["x", "9" * 30, "-1"])
def test_a_cursor_that_no_page_gave_is_refused(sold: Shop, line: str) -> None:
    with pytest.raises(Refused) as no:
        sold.ask(lambda conn: expected_returns(conn, None, None, pack(["R-1", line]), 1))
    assert no.value.code == "cursor.unfit"
