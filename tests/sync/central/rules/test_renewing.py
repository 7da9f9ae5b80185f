from __future__ import annotations

import pytest

from sync.central.rules.renewing import HOLE, RENEWED, Closed, telling, type_of
from sync.wire.renewals import Cause

A, B = "0a" * 16, "0b" * 16


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_says_what_happened_who_goes_on_and_what_to_do(cause: Cause) -> None:
    said = telling("Bench 7", cause, Closed(1, 3, 2, 5), 2, (A, B))
    assert "It asked for that" not in said
    assert "seen up to 5" in said
    assert "held 3" in said
    assert f"Install {A} goes on after install {B}." in said
    assert type_of(cause) == (HOLE if cause is Cause.HOLE else RENEWED)


def test_a_cause_of_a_later_version_is_told_without_a_guess() -> None:
    assert "It asked for that." in telling("Bench 7", "moon", Closed(1, 3, 2, 5), 2, (A, A))


@pytest.mark.parametrize(
    ("closed", "lost"),
    [
        (Closed(1, 5, 5, 3), None),
        (Closed(1, 2, 5, 3), (4, 5)),
        (Closed(1, 5, 5, 3, expected=9), (6, 9)),
        (Closed(1, 5, 5, 9, expected=9), None),
        (Closed(1, 5, 5, 5, expected=6), (6, 6)),
    ],
)
def test_what_neither_has_is_what_was_known_beyond_both(closed: Closed, lost: tuple[int, int] | None) -> None:
    assert closed.lost == lost
    assert ("Neither has number" in telling("Bench 7", "behind", closed, 2, (A, B))) == (lost is not None)
