"""Codes that are one, and codes that only look so."""

from __future__ import annotations

import pytest

from sync.central.rules.spelling import look_alike, spelled


@pytest.mark.parametrize("other", ["k-17", " K-17", "K -17", "K-17\t", "\uff2b-\uff11\uff17", "K\u00a0-17"])
def test_letter_case_spaces_and_wide_forms_make_no_other_code(other: str) -> None:
    assert spelled(other) == spelled("K-17")


@pytest.mark.parametrize(
    ("one", "other"), [("K-17", "K17"), ("K-17", "K-18"), ("O1", "01"), ("STRASE", "STRASSE")]
)
def test_other_signs_do(one: str, other: str) -> None:
    assert spelled(one) != spelled(other)


@pytest.mark.parametrize(("one", "other"), [("O1", "0I"), ("SOIL", "s011"), ("B-l0", "b-1O")])
def test_signs_that_look_alike_are_read_alike(one: str, other: str) -> None:
    assert spelled(one) != spelled(other)
    assert look_alike(one) == look_alike(other)


def test_codes_that_do_not_look_alike_are_kept_apart() -> None:
    assert look_alike("S5") != look_alike("55")
