from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scanning import badges, commands
from app.scanning.faults import Broken, Fault
from app.scanning.meaning import Badge, Damaged
from app.scanning.read import read

SECRET = bytes(range(16))


@given(st.binary(min_size=16, max_size=16))
def test_a_badge_is_read_back_in_any_case(secret: bytes) -> None:
    printed = badges.payload(secret)
    assert badges.parse(printed) == badges.parse(printed.lower()) == secret
    assert set(printed) <= set(commands.ALPHABET) | {"X", "N"}
    meaning = read(printed, wedge=True)
    assert isinstance(meaning, Badge)
    assert meaning.secret == secret


def test_a_badge_shows_nothing_of_its_secret_where_it_is_written_down() -> None:
    assert badges.payload(SECRET)[2:] not in repr(read(badges.payload(SECRET)))
    assert "secret" not in repr(read(badges.payload(SECRET)))


def test_a_letter_read_wrong_is_a_damaged_badge_and_never_another_ones() -> None:
    printed = badges.payload(SECRET)
    wrong = printed[:10] + ("C" if printed[10] == "B" else "B") + printed[11:]
    with pytest.raises(Broken):
        badges.parse(wrong)
    meaning = read(wrong)
    assert isinstance(meaning, Damaged)
    assert meaning.fault is Fault.BADGE
    assert wrong not in repr(meaning)


@pytest.mark.parametrize("text", ["", "XN", "XNBCD", "XKOKR", "XN" + "Z" * 33, badges.payload(SECRET) + "B"])
def test_other_texts_are_no_badges(text: str) -> None:
    assert badges.parse(text) is None


def test_a_secret_of_another_size_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="16 are needed"):
        badges.payload(b"short")
