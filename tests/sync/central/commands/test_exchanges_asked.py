"""What is wanted instead of money, and finance's word, are read whole."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from sync.central.commands.exchanges_asked import Instead, ReplacementDecision


def test_without_an_item_it_is_the_same_one() -> None:
    asked = Instead.model_validate({"kind": "exchange"})
    assert (asked.sku, asked.unit_minor, asked.tax_minor) == (None, None, 0)


@pytest.mark.parametrize(
    "wrong", [{"kind": "gift"}, {"unit_minor": -1}, {"currency": "gbp"}, {"tax_minor": 10**10}, {"qty": 2}]
)
def test_what_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Instead.model_validate({"kind": "advance"} | wrong)


def test_finance_charges_or_waives_with_a_reason() -> None:
    assert ReplacementDecision.model_validate({"decision": "waive", "reason": "r"}).decision == "waive"
    for wrong in ({"decision": "forget", "reason": "r"}, {"decision": "charge"}):
        with pytest.raises(ValidationError):
            ReplacementDecision.model_validate(wrong)
