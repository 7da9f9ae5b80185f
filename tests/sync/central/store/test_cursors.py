"""Cursors come back as they were given, and nothing else is taken for one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from sync.central.store.cursors import move_number, pack, row_number, unpack

parts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.lists(parts, max_size=5))
def test_what_was_packed_is_unpacked(texts: list[str]) -> None:
    cursor = pack(texts)
    assert cursor.isascii()
    assert unpack(cursor, len(texts)) == tuple(texts)
    with pytest.raises(Refused) as no:
        unpack(cursor, len(texts) + 1)
    assert no.value.code == "cursor.unfit"


def test_the_first_page_has_none() -> None:
    assert (unpack(None, 3), row_number(None), move_number(None)) == ((), 0, (0, 0))


def packed(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "é", "!", "abc", packed(b'{"a":1}'), packed(b"[1]"), packed(b'["\\u0000"]'), packed(b'["\\ud800"]')],
)
def test_what_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Refused) as no:
        unpack(cursor, 1)
    assert no.value.code == "cursor.unfit"


@pytest.mark.parametrize("cursor", ["", "-1", "x", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 30])
def test_rows_have_numbers_that_a_database_takes(cursor: str) -> None:
    for read in (row_number, move_number):
        with pytest.raises(Refused):
            read(cursor)


def test_moves_are_numbered_within_their_event() -> None:
    assert move_number("12-3") == (12, 3)
    for wrong in ("12", "12-", "-3", "1-2-3"):
        with pytest.raises(Refused):
            move_number(wrong)
