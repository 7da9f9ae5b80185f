"""What a basket is asked with keeps its borders."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.baskets_asked import Basket, BasketChange

LINE = {"line": 1, "sku": "A", "qty": 1}
BASKET = {"owner": "ACME", "channel": "web", "lines": [LINE]}


def test_a_basket_is_read_with_its_defaults() -> None:
    asked = Basket.model_validate(BASKET)
    assert (asked.hold, asked.minutes, asked.partial) == (None, None, False)
    assert (asked.lines[0].site, asked.lines[0].lot, asked.lines[0].grade) == (None, None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"minutes": 0},
        {"minutes": 7 * 24 * 60 + 1},
        {"lines": []},
        {"lines": [LINE | {"qty": 0}]},
        {"lines": [LINE | {"serial": "s1"}]},
        {"owner": ""},
        {"hold": ""},
        {"expires": "2026-11-22T10:00:00Z"},
    ],
)
def test_what_is_not_a_basket_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Basket.model_validate(BASKET | wrong)


def test_a_change_may_leave_out_either_and_not_empty_the_basket() -> None:
    assert BasketChange.model_validate({"minutes": 5}).lines is None
    assert BasketChange.model_validate({"lines": [LINE]}).minutes is None
    with pytest.raises(ValidationError):
        BasketChange.model_validate({"lines": []})
    with pytest.raises(ValidationError):
        BasketChange.model_validate({"minutes": 0})


def test_every_example_is_itself_right() -> None:
    for model in (Basket, BasketChange):
        for example in model.model_json_schema()["examples"]:
            model.model_validate(example)
