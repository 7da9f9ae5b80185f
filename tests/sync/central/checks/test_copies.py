"""What repeats a record's document repeats it exactly: promises and prices are made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.central.checks import copies
from sync.central.checks.copies import check_copies
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import Shop, open_shop

COFFEE = {
    "sku": "G",
    "name": "G",
    "gtins": ["4006381333931", "04006381333931"],
    "packs": [{"code": "SAME", "qty": 1, "gtin": "4006381333931"}],
    "external_ids": {"SHOP": "8", "ERP": "4711"},
    "safety": 2,
}
KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "G", "qty": 2}, {"sku": "G", "qty": 1}]}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE item SET safety = 1000 WHERE sku = 'A'", {"item: item A"}),
        ("UPDATE item SET value_minor = 9 WHERE sku = 'A'", {"item: item A"}),
        ("UPDATE item SET currency = 'EUR' WHERE sku = 'A'", {"item: item A"}),
        ("UPDATE item SET tracking = 'serial' WHERE sku = 'A'", {"item: item A"}),
        ("UPDATE item SET is_kit = NOT is_kit WHERE sku = 'A'", {"item: item A"}),
        ("UPDATE item SET is_kit = NOT is_kit WHERE sku = 'KIT'", {"item: item KIT"}),
        ("INSERT INTO gtin VALUES ('04006381333931', 'A')", {"item: item A"}),
        ("UPDATE item SET folded = 'b' WHERE sku = 'A'", {"item: item A"}),
        ("INSERT INTO external_id VALUES ('item', 'ERP', '4711', 'A')", {"item: item A"}),
        ("INSERT INTO kit_component VALUES ('A', 'B', 1)", {"item: item A"}),
        ("INSERT INTO kit_component VALUES ('NEW', 'B', 1)", {"item: item NEW"}),
        ("UPDATE location SET site = 'WH2' WHERE code = 'WH1-B'", {"location: location WH1-B"}),
        ("UPDATE policy SET as_new = '[\"B\"]'", {"policy: policy 1"}),
    ],
)
def test_a_changed_copy_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) == expected


@pytest.mark.parametrize("change", ["UPDATE kit_component SET qty = 7", "DELETE FROM kit_component"])
def test_other_components_are_named(busy: Busy, change: str) -> None:
    # Claims on the kit's components no longer fit either.
    assert "item: item KIT" in busy.broken(change)


@pytest.mark.parametrize(
    ("table", "law"), [("item", "item: item A"), ("location", "location: location WH1-A")]
)
def test_a_document_that_nobody_can_read_is_named(busy: Busy, table: str, law: str) -> None:
    assert law in busy.broken(f"UPDATE {table} SET document = '[]'")  # noqa: S608 - this test's own words


def test_codes_safety_and_parts_named_twice_are_as_they_were_sent(shop: Shop) -> None:
    shop.items(COFFEE, KIT)
    shop.policy(b_as_new=True)
    assert shop.ask(lambda conn: list(check_copies(conn))) == []


@pytest.mark.parametrize(
    ("change", "found", "expected"),
    [
        ("DELETE FROM gtin", "gtins []", "gtins ['04006381333931']"),
        ("UPDATE item SET safety = 0 WHERE sku = 'G'", "safety 0", "safety 2"),
    ],
)
def test_both_sides_are_told(tmp_path: Path, change: str, found: str, expected: str) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items(COFFEE, KIT)
        shop.act(lambda act: act.conn.exec_driver_sql(change))
        broken = shop.ask(lambda conn: list(check_copies(conn)))
    assert [(v.subject, v.found, v.expected) for v in broken] == [("item G", found, expected)]


def test_items_are_read_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_items", copies._items.limit(1))
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A", COFFEE, KIT)
        shop.act(lambda act: act.conn.exec_driver_sql("UPDATE item SET safety = 9"))
        broken = shop.ask(lambda conn: [v.subject for v in check_copies(conn)])
    assert broken == ["item A", "item G", "item KIT"]
