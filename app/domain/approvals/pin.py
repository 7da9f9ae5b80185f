"""Rules of PINs: which are good, how long to wait after wrong ones, when an approver is locked."""

from __future__ import annotations

from collections.abc import Collection

from app.domain.refusal import Refused

SHORTEST, LONGEST = 6, 12
LOCKED_AT = 8
_WAITS_S = {3: 5, 4: 15, 5: 60, 6: 180, 7: 600}


def require_good(pin: str, banned: Collection[str]) -> None:
    """Refuses a PIN that somebody would guess.

    Raises:
        Refused: `pin.form` for anything but six to twelve digits, `pin.banned` for one of the list.
    """
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise Refused(
            "pin.form",
            "Read a PIN of another form.",
            f"Expected {SHORTEST} to {LONGEST} digits.",
            "Choose another PIN.",
        )
    if pin in banned:
        raise Refused(
            "pin.banned",
            "Read a PIN that many people use.",
            "Expected one that nobody guesses first.",
            "Choose another PIN.",
        )


def read_banned(text: str) -> frozenset[str]:
    """The list of banned PINs: one a line, lines that begin with # are for people."""
    lines = (line.strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def wait_s(failed: int) -> int:
    """Seconds before the next try after so many wrong ones in a row."""
    return _WAITS_S.get(failed, 0)


def locked(failed: int) -> bool:
    """True when no further try is taken: only the centre's word or another approver unlocks."""
    return failed >= LOCKED_AT
