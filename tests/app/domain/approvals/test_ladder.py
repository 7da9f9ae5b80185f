from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.approvals.ladder import LONGEST_KEY_LIFE, POLICY_KEY_TAG, PolicyKey
from app.domain.approvals.signed import sign
from app.domain.refusal import Refused
from tests.approvals.world import GRANT, POLICY, POLICY_KEY, ROOT


def test_a_grant_is_read_as_it_was_made() -> None:
    assert PolicyKey.read(GRANT) == POLICY_KEY
    assert GRANT.holds(POLICY_KEY_TAG, ROOT.public_key)


@pytest.mark.parametrize("life", [timedelta(0), LONGEST_KEY_LIFE + timedelta(milliseconds=1)])
def test_a_life_is_at_most_a_year_and_some_weeks(life: timedelta) -> None:
    with pytest.raises(Refused, match="400 days"):
        replace(POLICY_KEY, not_after=POLICY_KEY.not_before + life).signed(ROOT)


@pytest.mark.parametrize(
    "fields",
    [
        {"number": 0},
        {"number": "1"},
        {"public_key": "00"},
        {"public_key": POLICY.public_key.hex().upper()},
        {"not_before": 17},
        {"not_after": "noon"},
    ],
)
def test_wrong_types_are_refused(fields: dict[str, object]) -> None:
    good = {
        "number": 1,
        "public_key": POLICY.public_key.hex(),
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2026-06-01T00:00:00Z",
    }
    assert PolicyKey.read(sign(good, POLICY_KEY_TAG, ROOT)).number == 1
    with pytest.raises(Refused):
        PolicyKey.read(sign(good | fields, POLICY_KEY_TAG, ROOT))
