"""The two narrow openings the sync talks through: to its own station, and to the centre.

A call on `StationPort` is executed on the station's one thread by whoever implements it, so it is made with
no lock held, may wait a while, and raises `Unavailable` while the station is busy closing or its disk fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.envelope import ChainHead, Envelope
from app.domain.feed import Page
from app.domain.refusal import Unavailable
from app.ledger.owed import Due, Kept, Torn
from sync.wire.answers import Answer
from sync.wire.messages import Hello, Push, Welcome
from sync.wire.renewals import Holds, Offer, Renew, Renewed


@dataclass(frozen=True, slots=True)
class Position:
    """Where a station stands: its chain, its place in the feed, and how many events wait to be sent.

    `stock` is what the centre said to ask for the site's stock with, empty before it said so. The centre had
    confirmed the chain up to `confirmed`; `met` is the newest generation of its feed that answered, or 0.
    """

    head: ChainHead
    feed_gen: int
    feed_pos: int
    waiting: int
    stock: str = ""
    confirmed: int = 0
    met: int = 0


class StationPort(Protocol):
    """What the sync needs of a station."""

    def position(self) -> Position:
        """Where the station stands now."""

    def pending(self, limit: int) -> Sequence[Envelope]:
        """The oldest events the centre has not confirmed, in chain order, at most `limit`."""

    def acknowledge(self, epoch: int, upto: int, head_hash: str) -> bool:
        """Marks events up to `upto` (1 or more) as confirmed, only when our own hash there is `head_hash`.

        False changes nothing: the two records differ.
        """

    def send_again(self, epoch: int, have: int) -> bool:
        """Has everything behind number `have` sent again; False when not all of it is here any more."""

    def owe(self, due: Due) -> Due:
        """Notes durably that a renewal is owed, and answers with it; one that is owed already stays."""

    def meet(self, gen: int, due: Due) -> Due | None:
        """Notes the generation of the centre's feed; when it is newer than one before, `due` is owed.

        Answers with the renewal that is owed, if one is.
        """

    def kept(self, after: int, limit: int) -> Sequence[Kept]:
        """The next events that are still here behind a `seq`, at most `limit`."""

    def torn(self, seqs: Sequence[int]) -> Sequence[Torn]:
        """Those of these events whose bytes are not those sealed here: they are never sealed anew."""

    def revocations(self) -> Mapping[str, object] | None:
        """The signed list of revoked approvers as it is kept here; None before there was one."""

    def begin_epoch(self, epoch: int, lacking: Sequence[int], upto: int, given: Mapping[str, int]) -> int:
        """Begins an epoch in one durable commit, and answers how many events go again.

        Those of the first `upto` by `seq` that the centre lacks, and all recorded since. `given` has the
        highest number, by family of codes, that the centre knows of this bench: it gives none of them again.
        """

    def apply(self, page: Page) -> None:
        """Puts a whole page and its cursor into the mirror in one durable commit."""


class Busy(Unavailable):
    """The world said when to come back: `after_s` seconds from now."""

    def __init__(self, sentence: str, after_s: float) -> None:
        super().__init__(sentence)
        self.after_s = after_s


class Overlong(Unavailable):
    """The centre's answer is longer than a station takes; asking for less may help."""


class CentrePort(Protocol):
    """The exchanges of a session.

    Each raises `Unavailable` (`Busy` when the centre said for how long) for anything that is not a
    well-formed answer, `TooLarge` when the request carried too much, `Refused` when the centre said no.
    """

    @property
    def skew_s(self) -> float:
        """By how many seconds the centre's clock is ahead of ours; 0 until the centre said so."""

    def hello(self, hello: Hello) -> Welcome:
        """Opens a session."""

    def push(self, push: Push) -> Answer:
        """Hands over events."""

    def renew(self, renew: Renew) -> Renewed:
        """Asks for a new epoch."""

    def holds(self, offer: Offer) -> Holds:
        """Which of these events the centre holds."""

    def changes(self, gen: int, pos: int, limit: int, stock: str) -> Page:
        """The feed after a position, and what changed of the own site's stock since `stock` was answered.

        `Overlong` when a page of that limit is too long to be taken.
        """
