from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest

from app.domain.approvals.pin import LOCKED_AT, locked, read_banned, require_good, wait_s
from app.domain.refusal import Refused

BANNED = read_banned(files("resources.approvals").joinpath("banned_pins.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "pin", ["", "12345", "1" * 13, "27182a", " 271828", "\u0661\u0662\u0663\u0664\u0665\u0666"]
)
def test_a_pin_is_six_to_twelve_digits(pin: str) -> None:
    require_good("271829", BANNED)
    with pytest.raises(Refused) as no:
        require_good(pin, BANNED)
    assert no.value.code == "pin.form"
    assert pin not in no.value.read or not pin


@pytest.mark.parametrize(
    "pin", ["123456", "000000", "654321", "112233", "121212", "19801980", "999999999999"]
)
def test_what_many_people_use_is_banned(pin: str) -> None:
    with pytest.raises(Refused) as no:
        require_good(pin, BANNED)
    assert no.value.code == "pin.banned"


def test_the_list_holds_pins_only_each_once() -> None:
    assert len(BANNED) > 900
    assert all(pin.isdigit() and 6 <= len(pin) <= 12 for pin in BANNED)


def test_waiting_begins_with_the_third_wrong_one_and_grows() -> None:
    waits = [wait_s(failed) for failed in range(LOCKED_AT)]
    assert waits[:3] == [0, 0, 0]
    assert all(shorter < longer for shorter, longer in pairwise(waits[2:]))


def test_the_eighth_wrong_one_locks() -> None:
    assert [failed for failed in range(10) if locked(failed)] == [8, 9]
