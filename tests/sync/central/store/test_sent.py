"""What left for channels is told by item and instant, kits by what they were made of."""

from __future__ import annotations

from datetime import UTC, datetime

from sync.central.store.sent import Sold, sent_between
from tests.sync.central.shop import OWNER, Shop


def on(shop: Shop, day: int) -> Shop:
    shop.clock.at = datetime(2026, 1, day, tzinfo=UTC)
    return shop


def sent(shop: Shop, *skus: str, since: int = 1, until: int | None = None) -> list[tuple[str, str, int, int]]:
    start, end = (datetime(2026, 1, day, tzinfo=UTC) if day else None for day in (since, until))
    assert start is not None
    rows = shop.ask(lambda conn: sent_between(conn, Sold(OWNER, skus, {None}), start, end))
    return sorted((row.item, row.channel, int(row.occurred_at[8:10]), int(row.qty)) for row in rows)


def test_each_part_of_a_line_has_its_own_instant(shop: Shop) -> None:
    on(shop, 2).items("A")
    shop.receive({"A": 9})
    shop.order({"A": 5})
    on(shop, 3).ship("o1", lines=[{"line": 1, "qty": 2}])
    on(shop, 5).ship("o1")
    assert sent(shop, "A") == [("A", "web", 3, 2), ("A", "web", 5, 3)]
    assert sent(shop, "A", since=3, until=5) == [("A", "web", 3, 2)]
    assert sent(shop, "A", since=4) == [("A", "web", 5, 3)]


def test_of_a_kit_what_it_was_made_of_left_the_shelf(shop: Shop) -> None:
    on(shop, 2).items("A", {"sku": "KIT", "name": "Set", "kit": [{"sku": "A", "qty": 2}]})
    shop.receive({"A": 9, "KIT": 1})
    shop.order({"KIT": 3}, ship="available", channel="market")
    assert sent(shop, "A", "KIT") == [("A", "market", 2, 4), ("KIT", "market", 2, 1)]


def test_other_ways_out_are_not_counted(shop: Shop) -> None:
    on(shop, 2).items("A")
    shop.policy()
    shop.receive({"A": 9})
    shop.count("A", -2)
    shop.disposition("A", 1, grade="B")
    shop.order([{"line": 1, "sku": "A", "qty": 1, "grade": "B"}], ship="available")
    assert sent(shop, "A") == []
