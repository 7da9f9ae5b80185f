"""What commands are asked with is checked at the edge and keeps its meaning."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.requests import Count, Order, Receipt, Resolution

LINE = {"line": 1, "sku": "A", "qty": 1}
ORDER = {"order": "o1", "owner": "ACME", "channel": "web", "at": "2026-01-03T10:00:00+02:00", "lines": [LINE]}


def test_an_order_is_read_with_its_defaults() -> None:
    order = Order.model_validate(ORDER)
    assert order.at == datetime(2026, 1, 3, 8, tzinfo=UTC)
    assert (order.ship, order.priority, order.customer, order.lines[0].serials) == ("later", None, None, ())
    assert (order.claim, order.fill, order.short, order.hold) == (None, None, "backorder", None)
    with pytest.raises(ValidationError):
        order.order = "o2"


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": ""},
        {"order": "o\x00"},
        {"order": "o" * 81},
        {"at": "2026-01-03"},
        {"at": "2026-01-03T10:00:00"},
        {"at": 1767434400},
        {"lines": []},
        {"lines": [{**LINE, "qty": 0}]},
        {"lines": [{**LINE, "qty": 1.0}]},
        {"lines": [{**LINE, "qty": "1"}]},
        {"lines": [{**LINE, "qty": True}]},
        {"lines": [{**LINE, "line": 0}]},
        {"lines": [{**LINE, "currency": "pounds"}]},
        {"ship": "soon"},
        {"priority": -1},
        {"priority": 1000},
        {"claim": "basket"},
        {"fill": "some"},
        {"short": "maybe"},
        {"lines": [{**LINE, "min_life_days": -1}]},
        {"prioritty": 1},
    ],
)
def test_what_is_not_an_order_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Order.model_validate(ORDER | wrong)


def test_a_difference_may_be_either_way_and_a_receipt_only_one() -> None:
    place = {"document": "d", "owner": "ACME", "location": "WH1", "at": "2026-01-03T10:00:00Z"}
    line = {"line": 1, "sku": "A", "difference": -2, "reason": "missing"}
    assert Count.model_validate(place | {"lines": [line]}).lines[0].difference == -2
    with pytest.raises(ValidationError):
        Receipt.model_validate(place | {"lines": [{**LINE, "qty": -2}]})


def test_every_example_is_itself_right() -> None:
    for model in (Order, Receipt, Count, Resolution):
        for example in model.model_json_schema()["examples"]:
            model.model_validate(example)
