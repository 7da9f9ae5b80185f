"""Who asked for a write-off, or rejected it, is no second person."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from sync.central.rules.outcomes import Forbidden
from sync.central.store.accounts import numbers
from sync.central.store.second_person import require_second
from sync.central.store.tables import write_off
from tests.sync.central.discarding import discard, says, waiting_at
from tests.sync.central.shop import Shop


def refused(shop: Shop, operator: str, way: str) -> str | None:
    """Why somebody may not name that way, as a code; None when they may."""

    def ask(conn: Any) -> None:
        held = waiting_at("L07-1-X")
        require_second(conn, operator, numbers(conn, [held])[held], way)

    try:
        shop.ask(ask)
    except Forbidden as no:
        return no.code
    return None


@pytest.mark.parametrize("way", ["donate", "vendor_return"])
def test_who_asked_names_no_other_way_whether_it_waits_or_was_rejected(shop: Shop, way: str) -> None:
    shop.items("A")
    discard(shop, "L07-1-X")
    assert [refused(shop, who, way) for who in ("kim", "super")] == ["write_off.own_request", None]
    code = str(shop.ask(lambda conn: conn.scalar(select(write_off.c.code))))
    says(shop, code, "reject")
    assert [refused(shop, who, way) for who in ("kim", " Kim")] == ["write_off.own_request"] * 2
    assert refused(shop, "SUPER", way) == ("write_off.own_rejection" if way == "donate" else None)
    assert refused(shop, "super", way) == ("write_off.own_rejection" if way == "donate" else None)
    assert refused(shop, "bo", way) is None
