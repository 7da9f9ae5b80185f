from __future__ import annotations

import pytest

from app.domain.approvals.revocation import REVOCATION_TAG, Revocation, RevocationList
from app.domain.approvals.signed import sign
from app.domain.refusal import Refused
from tests.approvals.world import OMAR, POLICY, ROGUE, RUTH

FIRST = Revocation("RUTH", RUTH.public_key, "badge lost")
SECOND = Revocation("OMAR", OMAR.public_key, "left")
ONE, BOTH = RevocationList((FIRST,)), RevocationList((FIRST, SECOND))


def test_a_list_is_read_as_it_was_signed() -> None:
    signed = BOTH.signed(POLICY)
    assert RevocationList.read(signed) == BOTH
    assert signed.holds(REVOCATION_TAG, POLICY.public_key)


def test_entries_are_numbered_from_one() -> None:
    assert (RevocationList().number, BOTH.number) == (0, 2)
    assert BOTH.number_of(RUTH.public_key) == 1
    assert BOTH.number_of(OMAR.public_key) == 2
    assert BOTH.number_of(ROGUE.public_key) is None


def test_numbers_stay_when_old_entries_are_dropped() -> None:
    later = RevocationList((SECOND,), dropped=1)
    assert (later.number, later.number_of(OMAR.public_key), later.number_of(RUTH.public_key)) == (2, 2, None)
    assert later.follows(BOTH)
    assert later.follows(ONE)


def test_a_list_only_grows() -> None:
    assert BOTH.follows(ONE)
    assert BOTH.follows(BOTH)
    assert not ONE.follows(BOTH)
    assert RevocationList((SECOND, FIRST)).follows(ONE)
    assert not RevocationList((SECOND,)).follows(ONE)
    assert not BOTH.follows(RevocationList((SECOND,), dropped=1))


@pytest.mark.parametrize(
    "document",
    [
        {"number": 2, "entries": []},
        {"number": 0, "entries": "none"},
        {"number": 1, "entries": [{"approver": "RUTH", "public_key": "00", "reason": "x"}]},
        {"entries": []},
        {"number": 0, "dropped": -1, "entries": []},
    ],
)
def test_what_is_no_list_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(Refused):
        RevocationList.read(sign(document, REVOCATION_TAG, POLICY))
