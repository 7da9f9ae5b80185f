"""What a label shows of a person matches a parcel and names nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.masking import masked


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("name", "Anna Karenina", "A. K."),
        ("name", "", ""),
        ("address", "12 Mill Lane, Leeds LS1 4AB", "4AB…"),
        ("address", "Hauptstr. 5, 10115 Berlin", "101…"),
        ("address", "12", "…"),
        ("phone", "+44 113 496 0812", "…12"),
        ("phone", "110", "…"),
        ("email", "anna@example.co.uk", "a…@….uk"),
        ("email", "anna", "…"),
        ("birthday", "1970-01-01", "…"),
    ],
)
def test_what_is_shown(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown


@given(st.text(min_size=8, alphabet=st.characters(categories=["L"])), st.sampled_from(["name", "other"]))
def test_a_word_is_never_shown_whole(value: str, kind: str) -> None:
    assert value not in masked(kind, value)
