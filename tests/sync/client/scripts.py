"""Both ends of a session on paper: a station with its chain in a list, a centre that reads from a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.domain.envelope import ChainHead, Envelope, genesis
from app.domain.feed import Change, Page
from app.domain.resealing import content_digest, reseal
from app.ledger.owed import Due, Kept, Torn
from sync.client.port import Position
from sync.wire.answers import Ack, Answer
from sync.wire.messages import Head, Hello, Push, Verdict, Welcome
from sync.wire.protocol import SPOKEN, Versions
from sync.wire.renewals import Holds, Offer, Renew, Renewed
from tests.app.domain.examples import SIGNER, START, STATION, chain_of

NOW = datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)
Reply = (
    Welcome
    | Answer
    | Page
    | Holds
    | Exception
    | Callable[[Hello], Welcome]
    | Callable[[Push], Answer]
    | Callable[[Renew], Renewed]
)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


class PaperStation:
    """A `StationPort` without a disk; `gone` is raised by every call while it is set."""

    def __init__(self, events: int = 0) -> None:
        self.chain: list[Envelope] = chain_of(events)
        self.acknowledged = 0
        self.pages: list[Page] = []
        self.cursor = (0, 0)
        self.gone: Exception | None = None
        self.all = list(self.chain)
        self.start: ChainHead = START
        self.met = 0
        self.owed: Due | None = None
        self.pruned = False
        self.revoked: Mapping[str, object] | None = None
        self.damaged: list[Torn] = []
        self.given: dict[str, int] = {}

    def record(self, events: int = 1) -> None:
        self.chain = chain_of(len(self.chain) + events)
        self.all = list(self.chain)

    def position(self) -> Position:
        self._answer()
        head = self.chain[-1].head if self.chain else self.start
        waiting = len(self.chain) - self.acknowledged
        return Position(head, *self.cursor, waiting, confirmed=self.acknowledged, met=self.met)

    def pending(self, limit: int) -> Sequence[Envelope]:
        self._answer()
        return self.chain[self.acknowledged :][:limit]

    def acknowledge(self, epoch: int, upto: int, head_hash: str) -> bool:
        self._answer()
        assert upto > 0
        if epoch != self.start.epoch or upto > len(self.chain) or self.chain[upto - 1].hash != head_hash:
            return False
        self.acknowledged = max(self.acknowledged, upto)
        return True

    def send_again(self, epoch: int, have: int) -> bool:
        self._answer()
        if epoch != self.start.epoch or self.pruned:
            return False
        self.acknowledged = have
        return True

    def owe(self, due: Due) -> Due:
        self._answer()
        self.owed = self.owed or due
        return self.owed

    def meet(self, gen: int, due: Due) -> Due | None:
        self._answer()
        if gen > self.met > 0:
            self.owe(due)
        self.met = max(gen, self.met)
        return self.owed

    def kept(self, after: int, limit: int) -> Sequence[Kept]:
        self._answer()
        found = [Kept(n, e.event_id, content_digest(e.header)) for n, e in enumerate(self.all, 1)]
        return found[after : after + limit]

    def torn(self, seqs: Sequence[int]) -> Sequence[Torn]:
        self._answer()
        return [one for one in self.damaged if one.seq in seqs]

    def revocations(self) -> Mapping[str, object] | None:
        self._answer()
        return self.revoked

    def begin_epoch(self, epoch: int, lacking: Sequence[int], upto: int, given: Mapping[str, int]) -> int:
        self._answer()
        self.given = dict(given)
        again = [e for n, e in enumerate(self.all, 1) if n in lacking or n > upto]
        self.start = genesis(STATION, epoch, SIGNER.public_key)
        self.chain, self.acknowledged, self.owed = [], 0, None
        for envelope in again:
            behind = self.chain[-1].head if self.chain else self.start
            self.chain.append(reseal(envelope, behind, SIGNER))
        return len(again)

    def apply(self, page: Page) -> None:
        self._answer()
        self.pages.append(page)
        self.cursor = (page.gen, page.upto)

    def _answer(self) -> None:
        if self.gone is not None:
            raise self.gone


class ScriptedCentre:
    """A `CentrePort` that gives the next reply of its script and keeps what it was asked.

    A script that is at its end fails the test: nothing more was to be asked.
    """

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.heard: list[Hello | Push | Renew | Offer | tuple[int, int]] = []
        self.limits, self.stock = list[int](), list[str]()
        self.skew_s = 0.0

    def hello(self, hello: Hello) -> Welcome:
        self.heard.append(hello)
        reply = self._next(hello)
        assert isinstance(reply, Welcome)
        return reply

    def push(self, push: Push) -> Answer:
        self.heard.append(push)
        reply = self._next(push)
        assert not isinstance(reply, (Welcome, Page, Renewed, Holds))
        return reply

    def renew(self, renew: Renew) -> Renewed:
        self.heard.append(renew)
        reply = self._next(renew)
        assert isinstance(reply, Renewed)
        return reply

    def holds(self, offer: Offer) -> Holds:
        self.heard.append(offer)
        reply = self._next(offer)
        assert isinstance(reply, Holds)
        return reply

    def changes(self, gen: int, pos: int, limit: int, stock: str) -> Page:
        assert limit > 0
        self.stock.append(stock)
        self.limits.append(limit)
        self.heard.append((gen, pos))
        reply = self._next(None)
        assert isinstance(reply, Page)
        return reply

    def batches(self) -> list[int]:
        """How many events each push carried."""
        return [len(heard.events) for heard in self.heard if isinstance(heard, Push)]

    def words(self) -> list[str]:
        """What was asked, in order: hello, push, pull, renew, holds."""
        names = {Hello: "hello", Push: "push", tuple: "pull", Renew: "renew", Offer: "holds"}
        return [names[type(heard)] for heard in self.heard]

    def _next(self, asked: Hello | Push | Renew | Offer | None) -> Welcome | Answer | Page | Renewed | Holds:
        assert self.replies, f"the script has no reply to {asked!r}"
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if callable(reply):
            assert asked is not None
            return reply(asked)  # type: ignore[arg-type]  # a script pairs each reply with its question
        return reply


def welcome(
    head: Head | None = None,
    verdict: Verdict = Verdict.CONTINUE,
    *,
    epoch: int = 1,
    protocol: Versions = SPOKEN,
    feed_gen: int = 1,
) -> Callable[[Hello], Welcome]:
    """Answers a hello; the centre's head is the genesis unless said."""
    known = head if head is not None else Head(0, START.hash)

    def answer(hello: Hello) -> Welcome:
        return Welcome(hello.nonce, feed_gen, epoch, known, "2026-11-22T10:41:07.000Z", verdict, protocol)

    return answer


def ack(*, upto: int | None = None, epoch: int = 1, feed_gen: int = 1) -> Callable[[Push], Answer]:
    """Confirms a batch whole, or up to the event of that number."""

    def answer(push: Push) -> Answer:
        envelopes = [event.opened() for event in push.events]
        last = envelopes[-1] if upto is None else next(e for e in envelopes if e.seq == upto)
        return Ack(epoch, last.seq, last.hash, feed_gen, 0)

    return answer


def renewed(epoch: int, *, feed_gen: int = 1) -> Callable[[Renew], Renewed]:
    """Answers a renewal with that epoch."""
    return lambda renew: Renewed(renew.token, epoch, feed_gen)


def holding(*events: Envelope, feed_gen: int = 1) -> Holds:
    """The centre holds these."""
    return Holds(feed_gen, frozenset(event.event_id for event in events))


def changes(upto: int, *, after: int = 0, more: bool = False, gen: int = 1) -> Page:
    """A page of the feed with one change for each position."""
    found = tuple(Change(pos, "item", f"K-{pos}", {"sku": f"K-{pos}"}) for pos in range(after + 1, upto + 1))
    return Page(gen, upto, found, more)


NOTHING_NEW = Page(1, 0)
