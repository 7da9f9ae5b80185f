from __future__ import annotations

import pytest
from pydantic import ValidationError

from sync.central.commands.approvers_asked import NewApprover, NewRevocation, Unlocking
from tests.approvals.world import RUTH
from tests.sync.central.approving import asking

GOOD = asking("RUTH", RUTH).model_dump(mode="json")


@pytest.mark.parametrize(
    "wrong",
    [
        {"approver": ""},
        {"public_key": RUTH.public_key.hex().upper()},
        {"public_key": "00"},
        {"proof": "00"},
        {"actions": []},
        {"sites": []},
        {"sites": ["x"] * 201},
        {"currency": "pounds"},
        {"single_minor": -1},
        {"total_minor": 10**9 + 1},
        {"count": 0},
        {"count": 100_001},
        {"two_person_above_minor": "7"},
        {"colour": "red"},
    ],
)
def test_every_field_has_a_bound(wrong: dict[str, object]) -> None:
    assert NewApprover.model_validate(GOOD).approver == "RUTH"
    with pytest.raises(ValidationError):
        NewApprover.model_validate(GOOD | wrong)


def test_reasons_and_stations_have_one_too() -> None:
    for model, field, most in ((NewRevocation, "reason", 500), (Unlocking, "station_id", 80)):
        model.model_validate({field: "x" * most})
        for wrong in ("", "x" * (most + 1), "a\x00"):
            with pytest.raises(ValidationError):
                model.model_validate({field: wrong})
