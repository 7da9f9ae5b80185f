from __future__ import annotations

import pytest

from app.domain.approvals.signed import sign
from app.domain.approvals.unlock import UNLOCK_TAG, Unlock, vouched
from app.domain.refusal import Refused
from tests.approvals.world import GRANT, OTHER_ROOT, POLICY, ROGUE, ROOT

WORD = Unlock("RUTH", "bench-1", 3)


def test_it_is_read_as_it_was_signed() -> None:
    assert Unlock.read(WORD.signed(POLICY)) == WORD


def test_only_a_policy_key_of_the_root_vouches() -> None:
    assert vouched(WORD.signed(POLICY), UNLOCK_TAG, GRANT, ROOT.public_key)
    assert not vouched(WORD.signed(ROGUE), UNLOCK_TAG, GRANT, ROOT.public_key)
    assert not vouched(WORD.signed(POLICY), UNLOCK_TAG, GRANT, OTHER_ROOT.public_key)
    assert not vouched(WORD.signed(POLICY), b"another purpose", GRANT, ROOT.public_key)


@pytest.mark.parametrize("fields", [{"number": 0}, {"approver": ""}, {"station": 7}])
def test_wrong_types_are_refused(fields: dict[str, object]) -> None:
    good = {"approver": "RUTH", "station": "bench-1", "number": 1}
    with pytest.raises(Refused):
        Unlock.read(sign(good | fields, UNLOCK_TAG, POLICY))
