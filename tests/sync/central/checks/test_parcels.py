"""Parcels are held against claims, shipments and their own steps."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.parcels import check_parcels
from sync.central.store.act import Act
from tests.sync.central.shop import Shop, open_shop


def broken(shop: Shop, *changes: str) -> set[str]:
    def plant(act: Act) -> None:
        for change in changes:
            act.conn.execute(text(change))

    shop.act(plant)
    return {violation.subject.partition(" at")[0] for violation in shop.ask(lambda c: list(check_parcels(c)))}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE parcel_line SET qty = 4 WHERE qty = 2", {"order row 1 line 1"}),
        ("UPDATE parcel SET site = 'WH2' WHERE state = 'released'", {"order row 1 line 1"}),
        ("UPDATE reservation SET claim = 'soft'", {"order row 1 line 1"}),
        ("DELETE FROM reservation", {"order row 1 line 1"}),
        ("UPDATE parcel_line SET qty = 6 WHERE qty = 1", {"order row 1 line 1", "parcel P-2-7 line 1"}),
        ("UPDATE parcel_line SET picked = 1 WHERE qty = 2", {"parcel P-1-9 line 1"}),
        ("UPDATE parcel_line SET picked = 0", {"parcel P-2-7 line 1"}),
        ("UPDATE parcel SET state = 'lost' WHERE state = 'released'", {"parcel P-1-9"}),
        ("UPDATE parcel SET shipped_at = NULL", {"parcel P-2-7"}),
        ("UPDATE parcel SET picked_at = NULL", {"parcel P-2-7"}),
        ("UPDATE parcel SET packed_at = released_at WHERE state = 'released'", {"parcel P-1-9"}),
        ("UPDATE parcel SET shipped_at = released_at", {"parcel P-1-9"}),
    ],
)
def test_a_parcel_that_does_not_fit_is_named(tmp_path: Path, change: str, found: set[str]) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.order({"A": 3})
        shop.release("o1", lines={1: 2})
        sent = shop.release("o1", lines={1: 1})
        shop.pick(sent)
        shop.send(sent)
        assert broken(shop) == set()
        assert broken(shop, change) == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("DELETE FROM parcel_serial WHERE serial = 's1'", {"parcel P-1-9 line 1"}),
        ("UPDATE parcel_serial SET serial = 's9' WHERE serial = 's1'", {"parcel P-1-9 line 1"}),
        ("UPDATE parcel_serial SET serial = 's1' WHERE serial = 's2'", {"order row 1 line 1"}),
        ("UPDATE reservation SET serial = 's9' WHERE serial = 's2'", {"parcel P-2-7 line 1"}),
    ],
)
def test_a_parcel_with_another_serial_is_named(tmp_path: Path, change: str, found: set[str]) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items({"sku": "S", "name": "S", "tracking": "serial"})
        shop.receive({"S": 2}, serials=["s1", "s2"])
        shop.order([{"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"]}])
        for _ in range(2):
            shop.release("o1", lines={1: 1})
        assert broken(shop) == set()
        assert broken(shop, change) == found
