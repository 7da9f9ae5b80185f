"""What is said of a renewed epoch: which records met, what each held, and what a person does about it."""

from __future__ import annotations

from dataclasses import dataclass

RENEWED, HOLE = "chain.renewed", "chain.hole"

_WHY = {
    "behind": "Its disk was put back from an older copy: the centre's record of it is longer.",
    "differs": "Its record and the centre's differ: it was copied, or put back from an older copy and worked "
    "on since.",
    "fenced": "Another computer under the same name renewed the record before: two copies of one station "
    "are in use.",
    "centre_restored": "The centre was put back from a backup; the station sends what that lacks.",
    "hole": "The centre lacks an event in the middle that the station no longer has there.",
    "restored": "Its record was put back from a copy, or a bad disk lost the end of it.",
}
_DO = {
    "fenced": "Find both computers, stop one of them and enrol it anew as a station of its own",
    "differs": "Find out whether a second computer uses a copy of this station, and stop it",
    "hole": "Have that station's disk looked at",
}
_CHECK = "Compare what the station sends again with the goods"


@dataclass(frozen=True, slots=True)
class Closed:
    """The chain that a renewal closes.

    The station's disk `held` it up to there, of which `confirmed` was acknowledged; the centre had `seen` up
    to there, and a centre that was replaced by a backup up to `expected` (0 where none is known).
    """

    epoch: int
    held: int
    confirmed: int
    seen: int
    expected: int = 0

    @property
    def lost(self) -> tuple[int, int] | None:
        """First and last number that neither side has, as far as anybody knows; None for nothing."""
        have = max(self.held, self.seen)
        known = max(self.expected, self.confirmed)
        return (have + 1, known) if known > have else None


def type_of(cause: str) -> str:
    """The type of the one exception that a renewal opens."""
    return HOLE if cause == "hole" else RENEWED


def telling(name: str, cause: str, closed: Closed, epoch: int, installs: tuple[str, str]) -> str:
    """What the exception says; `installs` are the computer that goes on and the one known before it."""
    goes_on, before = installs
    parts = [
        f"Station {name} goes on in epoch {epoch}. {_WHY.get(cause, 'It asked for that.')}",
        f"Of epoch {closed.epoch} the centre had seen up to {closed.seen}, its disk held {closed.held}.",
        f"Install {goes_on} goes on after install {before}."
        if goes_on != before
        else f"It is install {goes_on} as before.",
    ]
    if closed.lost:
        first, last = closed.lost
        span = f"number {first}" if first == last else f"numbers {first} to {last}"
        parts.append(f"Neither has {span}: record by hand what they were.")
    parts.append(f"Everything that either holds is kept and counted once. {_DO.get(cause, _CHECK)}.")
    return " ".join(parts)
