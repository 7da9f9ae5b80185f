"""Refunds are listed oldest first, narrowed by state and return."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.rules.refunds import RefundState
from sync.central.store.refund_listing import listed
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_refunds import opened, sold


def test_refunds_are_narrowed_by_state_and_return(shop: Shop) -> None:
    rma = sold(shop, 2)
    opened(shop, rma, 1)

    def found(state: RefundState | None, code: str | None) -> list[Any]:
        answer: Any = shop.ask(lambda conn: listed(conn, state, code, None, 10))
        return [entry["refund"] for entry in answer["refunds"]]

    assert found(None, None) == found(RefundState.DUE, rma) == [f"{rma}.1"]
    assert found(RefundState.PAID, None) == found(None, "R-9") == []
    with pytest.raises(Refused):
        shop.ask(lambda conn: listed(conn, None, None, "x", 10))
