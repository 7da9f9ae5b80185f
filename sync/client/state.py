"""What a person may know about the sync: one state, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sync.wire.renewals import Cause


class Link(StrEnum):
    """How station and centre stand. Recording goes on in all of them."""

    ONLINE = "online"
    OFFLINE = "offline"
    NOT_JOINED = "not_joined"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class SyncState:
    """The link, since when, how many events wait (None when not known), and a sentence or nothing.

    `offline` mends itself; `stopped` needs a person, and the sentence says for what.
    """

    link: Link
    since: datetime
    waiting: int | None = None
    reason: str = ""


class Anew(Exception):  # noqa: N818 - an outcome with its own word
    """The session is over; the chain goes on in a new epoch for `cause`, or as the next hello says."""

    def __init__(self, cause: Cause | None = None) -> None:
        super().__init__(cause)
        self.cause = cause


class Halt(Exception):  # noqa: N818 - an outcome with its own word
    """Sending must not go on by itself; the sentence is for people."""


FOR_PEOPLE = frozenset({"request.stranger", "station.fenced"})
"""Refusals of the centre that only a person can mend; all others may come from the way there."""

NOT_JOINED = "This station has not joined a centre yet; everything is recorded here."
COPIED = (
    "Another computer sends under this station's name too (was it copied?). What is recorded here stays here "
    "and is sent in turn; the centre's administrator has to look."
)
FENCED = "The centre has closed this station's access; nothing is sent, and everything stays recorded here."
FEED_BEHIND = (
    "The centre's feed is behind what this station has already seen; the centre's administrator has to look."
)
DAMAGED = "Event number {seq} does not hold against its signature ({why}); it is kept here and not sent."
TOO_NEW = "This station's program is newer than the centre's; upgrade the centre, then it takes more."
TOO_OLD = "This station's program is too old for the centre; upgrade it, then the centre takes more."
TOO_BIG = (
    "Event number {seq} is too large for the way to the centre; the network's administrator has to look."
)
SKEW = "This computer's clock is {apart} {side} the centre's; please set it."
DEFECT = (
    "A fault of this program stopped the sync; everything stays recorded here, and it tries again by itself. "
    "Please hand on the report."
)


def skew_sentence(ahead_s: float, tolerated_s: float) -> str:
    """A sentence when the centre's clock is more than `tolerated_s` ahead of ours or behind; else empty."""
    if abs(ahead_s) <= tolerated_s:
        return ""
    return SKEW.format(apart=_span(abs(ahead_s)), side="behind" if ahead_s > 0 else "ahead of")


def _span(seconds: float) -> str:
    for size, word in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{int(seconds // size)} {word}"
    return f"{int(seconds)} seconds"
