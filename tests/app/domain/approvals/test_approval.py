from __future__ import annotations

import pytest

from app.domain.approvals.approval import Approval
from app.domain.refusal import Refused
from tests.approvals.world import ruths, write_off

GOOD = ruths(write_off())


def test_an_approval_travels_whole() -> None:
    assert Approval.from_json(GOOD.to_json()) == GOOD


@pytest.mark.parametrize("part", ["policy_key", "certificate", "statement"])
def test_a_part_that_is_missing_or_of_another_type_is_refused(part: str) -> None:
    without = GOOD.to_json()
    del without[part]
    for wrong in (without, GOOD.to_json() | {part: "text"}, GOOD.to_json() | {part: None}):
        with pytest.raises(Refused):
            Approval.from_json(wrong)


def test_something_unsigned_beside_the_parts_is_noticed() -> None:
    inner = dict(GOOD.statement.to_json()) | {"note": "x"}
    assert Approval.from_json(GOOD.to_json() | {"note": "x"}).strange
    assert Approval.from_json(GOOD.to_json() | {"statement": inner}).strange
    assert not Approval.from_json(GOOD.to_json()).strange
