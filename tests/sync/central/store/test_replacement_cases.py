"""Each case about a replacement says who decides what, about how much money."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sync.central.rules.replacements import Units
from sync.central.store import replacement_cases as cases
from sync.central.store.replacement_rows import Standing


def found(kind: str) -> Standing:
    row: Any = SimpleNamespace(
        rma="R-1",
        line=2,
        kind=kind,
        order_code="R-1.X2",
        sku="L",
        currency="GBP",
        qty=2,
        unit_minor=500,
        tax_minor=101,
        decided_minor=0,
        waived=0,
        waived_minor=0,
        back_by="2026-12-01T00:00:00.000Z",
    )
    return Standing(row, Units(2, 1, 0, 0, 0), 0, 0, 0)


@pytest.mark.parametrize(
    ("case", "key", "owner", "minor", "said"),
    [
        (cases.unpaid(found("advance"), late=True), cases.overdue_key, "finance", 550, "by 2026-12-01"),
        (cases.unpaid(found("exchange"), late=False), cases.gone_key, "finance", 550, "was taken back"),
        (cases.refused(found("exchange")), cases.refused_key, "service", 1101, "stays blocked"),
        (cases.refused(found("advance")), cases.refused_key, "service", 1101, "charge or waive"),
        (cases.lapsed(found("exchange")), cases.lapsed_key, "service", 1101, "served in its turn"),
    ],
)
def test_a_case_has_one_key_an_owner_and_the_money_at_risk(
    case: Any, key: Any, owner: str, minor: int, said: str
) -> None:
    assert case.key == key(found("advance").row)
    assert case.type == case.key.partition(":")[0]
    assert (case.owner_role, case.money, case.subject) == (owner, (minor, "GBP"), "rma:R-1")
    assert said in case.fix
    assert case.fix.endswith(".")
