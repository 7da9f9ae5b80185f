"""Unusual numbers by the lines that are on record, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.central.store.unusual import unusual
from tests.sync.central.shop import OWNER, Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B")
        found.receive({"A": 9_000, "B": 9_000})
        yield found


def test_an_item_s_own_lines_count_and_else_those_of_its_owner(shop: Shop) -> None:
    for _ in range(20):
        shop.order({"A": 40}, ship="available")

    def asked(sku: str, qty: int, owner: str = OWNER) -> dict[tuple[str, int], int]:
        return shop.ask(lambda conn: unusual(conn, owner, [(sku, qty)]))

    assert asked("A", 2_000) == {("A", 2_000): 50}
    assert asked("A", 1_999) == {}
    assert asked("B", 2_000) == {("B", 2_000): 50}
    assert asked("A", 2_000, "OTHER") == {}


def test_an_order_of_an_unusual_number_is_taken_and_is_a_case(shop: Shop) -> None:
    for _ in range(20):
        shop.order({"A": 10}, ship="available")
    line = {"line": 1, "sku": "A", "qty": 5_000, "unit_minor": 3, "currency": "GBP"}
    answer = shop.order(
        [line, {"line": 2, "sku": "B", "qty": 400}], ship="available", customer="c-1", order="big"
    )
    assert answer["state"] == "shipped"
    assert shop.cases() == ["order.unusual_qty"]
    back = shop.authorize({"A": 5_000}, customer="c-1")
    assert (back["lines"][0]["authorized"], back["lines"][0]["finding"]) == (5_000, "return.unusual_qty")
    assert shop.cases() == ["order.unusual_qty", "return.unusual_qty"]
