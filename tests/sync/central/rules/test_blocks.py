"""What a block keeps: as asked, else by the policy, else by its kind."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.rules.allocation_policy import NEUTRAL, AllocationPolicy, Block
from sync.central.rules.blocks import keeps, refuse_blocked
from sync.central.rules.outcomes import Conflict

POLICY = AllocationPolicy(
    "7", blocks={"credit": Block("credit", keep=True), "audit": Block("audit", keep=False)}
)


@pytest.mark.parametrize(
    ("kind", "asked", "policy", "kept"),
    [
        ("fraud", None, NEUTRAL, True),
        ("review", None, NEUTRAL, True),
        ("credit", None, NEUTRAL, False),
        ("credit", None, POLICY, True),
        ("audit", None, POLICY, False),
        ("audit", True, POLICY, True),
        ("fraud", False, NEUTRAL, False),
    ],
)
def test_what_a_block_keeps(kind: str, asked: bool | None, policy: AllocationPolicy, kept: bool) -> None:
    assert keeps(kind, asked, policy) is kept


def test_a_kind_that_the_policy_has_not_is_refused() -> None:
    with pytest.raises(Refused) as no:
        keeps("audit", True, NEUTRAL)
    assert no.value.code == "policy.unknown_block"


def test_a_blocked_order_is_refused_in_words() -> None:
    refuse_blocked("o1", None, "shipped")
    with pytest.raises(Conflict) as no:
        refuse_blocked("o1", "fraud", "shipped")
    assert str(no.value).startswith("Order o1 is blocked (fraud).")
    with pytest.raises(Conflict) as waits:
        refuse_blocked("o1", "exchange", "shipped")
    assert "Expected the old units back" in str(waits.value)
