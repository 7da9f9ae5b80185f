"""What administrators do is an event each, with its reason where it can be erased."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from sqlalchemy import select

from sync.central.store.act import Act
from sync.central.store.governed import Deed, acts, record
from sync.central.store.tables import receipt
from tests.sync.central.shop import Shop


def kept_for(act: Act, days: int) -> None:
    record(act, Deed.RETENTION_SET, "personal:retention", days=days)


def test_acts_are_read_page_by_page_in_their_order(shop: Shop) -> None:
    for days in (7, 14, 21):
        shop.act(partial(kept_for, days=days), "kim")
    first, rest = page(shop, None), page(shop, "2")
    assert [(act["did"], act["to"], act["by"], act["days"]) for act in (*first["acts"], *rest["acts"])] == [
        ("retention.set", "personal:retention", "kim", days) for days in (7, 14, 21)
    ]
    assert (first["next"], rest["next"]) == ("2", None)


def page(shop: Shop, cursor: str | None) -> dict[str, Any]:
    return shop.ask(lambda conn: acts(conn, cursor, 2))


def test_a_reason_stands_where_it_can_be_erased(shop: Shop) -> None:
    shop.act(lambda act: record(act, Deed.STATION_SHUT_OUT, "station:S", "Stolen by Joe."), "kim")
    row = shop.ask(lambda conn: conn.execute(select(receipt).order_by(receipt.c.id.desc())).first())
    assert row is not None
    assert b"Joe" not in bytes(row.header) + bytes(row.facts)
    assert json.loads(row.private) == {"reason": "Stolen by Joe."}
