from __future__ import annotations

from app.domain.approvals.wrapping import STRETCHED_SIZE
from app.vault.stretching import Argon2Stretch, Cost

CHEAP = Argon2Stretch(Cost(memory_kib=8, passes=1))
SALT = bytes(16)


def test_the_usual_cost_is_that_of_the_paper() -> None:
    assert Argon2Stretch().cost == Cost(memory_kib=65_536, passes=3, lanes=1)


def test_it_repeats_and_has_its_length() -> None:
    assert CHEAP.stretch("271828", SALT) == CHEAP.stretch("271828", SALT)
    assert len(CHEAP.stretch("271828", SALT)) == STRETCHED_SIZE


def test_every_part_counts() -> None:
    one = CHEAP.stretch("271828", SALT)
    assert one != CHEAP.stretch("271829", SALT)
    assert one != CHEAP.stretch("271828", bytes(15) + b"\x01")
    assert one != Argon2Stretch(Cost(memory_kib=8, passes=2)).stretch("271828", SALT)
    assert one != Argon2Stretch(Cost(memory_kib=16, passes=1)).stretch("271828", SALT)
