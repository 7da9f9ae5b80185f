from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.approvals.certificate import (
    CERTIFICATE_TAG,
    LONGEST_LIFE,
    Certificate,
    enrolment_of,
    enrols,
)
from app.domain.approvals.signed import sign
from app.domain.refusal import Refused
from tests.approvals.world import OMAR, POLICY, RUTH, RUTHS

SIGNED = RUTHS.signed(POLICY)
FIELDS = json.loads(SIGNED.document)


def test_a_certificate_is_read_as_it_was_issued() -> None:
    assert Certificate.read(SIGNED) == RUTHS
    assert SIGNED.holds(CERTIFICATE_TAG, POLICY.public_key)


@pytest.mark.parametrize("life", [timedelta(0), LONGEST_LIFE + timedelta(milliseconds=1)])
def test_none_is_issued_for_longer_than_fourteen_days(life: timedelta) -> None:
    replace(RUTHS, not_after=RUTHS.not_before + LONGEST_LIFE).signed(POLICY)
    with pytest.raises(Refused, match="14 days"):
        replace(RUTHS, not_after=RUTHS.not_before + life).signed(POLICY)


def test_unknown_fields_are_kept() -> None:
    later = sign(FIELDS | {"colour": "red"}, CERTIFICATE_TAG, POLICY)
    assert Certificate.read(later) == RUTHS
    assert b'"colour":"red"' in later.document


@pytest.mark.parametrize(
    "fields",
    [
        {"approver": ""},
        {"approver": "a\nb"},
        {"public_key": "ff"},
        {"actions": []},
        {"actions": "write_off"},
        {"actions": [7]},
        {"actions": [""]},
        {"sites": ["x"] * 201},
        {"currency": "POUND"},
        {"single_minor": -1},
        {"total_minor": "9"},
        {"count": True},
        {"two_person_above_minor": None},
        {"not_before": "yesterday"},
        {"not_after": None},
        {"policy_ver": 7},
        {"rev_no": "2"},
    ],
)
def test_wrong_types_are_refused_with_the_fields_name(fields: dict[str, object]) -> None:
    with pytest.raises(Refused):
        Certificate.read(sign(FIELDS | fields, CERTIFICATE_TAG, POLICY))


def test_a_key_asks_to_be_enrolled_under_one_name() -> None:
    sig = enrolment_of("RUTH", RUTH).sig
    assert enrols("RUTH", RUTH.public_key, sig)
    assert not enrols("OMAR", RUTH.public_key, sig)
    assert not enrols("RUTH", OMAR.public_key, sig)
