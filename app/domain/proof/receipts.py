"""Receipts read once, from first to last: chains, signatures, approvals, and what the moves add up to."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.account import Account
from app.domain.approvals import Proof, Verdict, needs_word
from app.domain.checkpoint import receipt_leaf
from app.domain.clock import from_text
from app.domain.envelope import (
    ChainHead,
    Envelope,
    body_of,
    digest,
    event_of,
    genesis,
    header_fields,
    lacks_private,
    reopen,
    verify,
)
from app.domain.event import Event, EventKind, erased_by, standing_by
from app.domain.fields import Fields
from app.domain.merkle import Growing
from app.domain.proof.authority import Authority, Seen
from app.domain.proof.shape import RECEIPTS, Finding
from app.domain.refusal import Refused
from app.domain.signing import Verifier

EVIDENCE, POSTED, DUPLICATE, QUARANTINED = "evidence", "posted", "duplicate", "quarantined"
WAITING = frozenset({"unposted", "parked"})


@dataclass(frozen=True, slots=True)
class Key:
    """A station as the export names it: its key, and where its chain stands.

    `closed` has the ends of its older epochs.
    """

    public_key: bytes
    epoch: int
    head_seq: int
    head_hash: str
    closed: Mapping[int, tuple[int, str]] = field(default_factory=dict)

    @property
    def ends(self) -> dict[int, tuple[int, str]]:
        """Where each of its epochs ends."""
        return {**self.closed, self.epoch: (self.head_seq, self.head_hash)}


@dataclass(slots=True)
class Walk:
    """What one pass over the receipts needs, and what it leaves behind.

    `verdicts` names by event id what the centre made of its approvals; those of events that came are taken
    out. Events of all but the `centre` that have no approval were judged behind the place
    `judged_after`. `balances` is the fold of what was posted, `posted` the ids of those events with what
    each says. `waiting` counts what is here and moves nothing, by its state.
    """

    stations: Mapping[str, Key]
    authority: Authority
    verdicts: dict[str, str]
    centre: str = ""
    judged_after: int = 0
    tree: Growing = field(default_factory=Growing)
    heads: dict[tuple[str, int], ChainHead] = field(default_factory=dict)
    balances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    posted: dict[str, bytes] = field(default_factory=dict)
    waiting: Counter[str] = field(default_factory=Counter)
    events: int = 0
    _place: int = 0
    _erased: dict[str, str] = field(default_factory=dict)
    _standing: set[str] = field(default_factory=set)
    _lacking: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    _holding: list[tuple[str, str]] = field(default_factory=list)
    _again: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    _verifiers: dict[str, Verifier] = field(default_factory=dict)

    def take(self, number: int, row: Fields) -> Iterator[Finding]:
        """The next receipt."""
        about = f"line {number}"
        try:
            parts, state, station = _parts(row), row.text("state"), row.text("station_id")
            header, facts, private, salt, sig = parts
            said = row.text("hash")
            place = row.whole_or("place", self._place + 1)
            if place <= self._place:
                yield Finding(RECEIPTS, about, f"place {place} follows place {self._place}")
            self._place = place
            self.tree.add(receipt_leaf(said, row.text("sig"), row.text("received_at")))
            if state == EVIDENCE:
                if digest(header, facts, private or b"", salt or b"", sig) != said:
                    yield Finding(RECEIPTS, about, "evidence was changed")
                return
            envelope = reopen(header, facts, private, salt, sig)
            yield from self._in_chain(about, station, envelope)
            if (envelope.hash, envelope.event_id) != (said, row.text("event_id")):
                yield Finding(RECEIPTS, about, "its hash or event id is not the event's")
            self._note_private(about, state, envelope)
            if state == POSTED:
                yield from self._count(about, row, event_of(envelope), envelope)
            else:
                yield from self._set_aside(about, state, envelope)
        except (Refused, ValueError) as no:
            yield Finding(RECEIPTS, about, no.read if isinstance(no, Refused) else "cannot be read")

    def ends(self) -> Iterator[Finding]:
        """What only the end shows: chains shorter than their stations' heads, verdicts on nothing."""
        for station, key in self.stations.items():
            for epoch, end in key.ends.items():
                head = self.heads.get((station, epoch)) or genesis(station, epoch, key.public_key)
                if (head.seq, head.hash) != end:
                    what = f"its chain ends with number {head.seq}, its head is {end[0]} or another"
                    of = "" if epoch == key.epoch else f", epoch {epoch}"
                    yield Finding(RECEIPTS, f"station {station}{of}", what)
        for station, epoch in self.heads:
            if epoch not in self.stations[station].ends:
                yield Finding(RECEIPTS, f"station {station}, epoch {epoch}", "nobody tells where it ends")
        yield from self._erasures()
        for about, state, event_id, says in self._again:
            first = self.posted.get(event_id)
            if first is None or (first == says) is (state == QUARANTINED):
                what = "another" if state == QUARANTINED else "the same"
                yield Finding(RECEIPTS, about, f"{state}, and no posted event {event_id} says {what}")
        for event_id in self.verdicts:
            yield Finding(RECEIPTS, f"event {event_id}", "has a verdict and is not there")

    def _note_private(self, about: str, state: str, envelope: Envelope) -> None:
        if lacks_private(envelope):
            named = header_fields(envelope.header).texts("subject")
            self._lacking.append((about, envelope.event_id, named))
        elif envelope.private is not None:
            self._holding.append((about, envelope.event_id))
        # A station erases on the centre's word alone, which is on record there.
        if (
            envelope.kind == EventKind.PERSONAL_ERASED
            and envelope.station_id == self.centre
            and state == POSTED
        ):
            body = body_of(envelope.facts)
            self._erased |= dict.fromkeys(erased_by(body), envelope.event_id)
            self._standing.update(standing_by(body))

    def _erasures(self) -> Iterator[Finding]:
        """Private parts that are gone and nobody says who erased them, or are here though they were."""
        for about, event_id, named in self._lacking:
            # What came about somebody who was erased went as it came; the next upkeep names it.
            if event_id not in self._erased and self._standing.isdisjoint(named):
                what = f"event {event_id} has lost its private part, and no erasure of it is on record"
                yield Finding(RECEIPTS, about, what)
        for about, event_id in self._holding:
            if event_id in self._erased:
                what = (
                    f"event {event_id} has a private part that was erased by event {self._erased[event_id]}"
                )
                yield Finding(RECEIPTS, about, what)

    def _set_aside(self, about: str, state: str, envelope: Envelope) -> Iterator[Finding]:
        """One that moves nothing: an event told again, or one that waits, which a reader has to see."""
        if state in {DUPLICATE, QUARANTINED}:
            self._again.append((about, state, envelope.event_id, _says(envelope)))
        elif state in WAITING:
            self.waiting[state] += 1
        else:
            yield Finding(RECEIPTS, about, f"{state} is no state of an event")

    def _in_chain(self, about: str, station: str, envelope: Envelope) -> Iterator[Finding]:
        self.events += 1
        key = self.stations.get(envelope.station_id)
        if key is None or envelope.station_id != station:
            yield Finding(RECEIPTS, about, f"no station {envelope.station_id} is named")
            return
        verifier = self._verifiers.setdefault(station, Verifier(key.public_key))
        try:
            verify(envelope, verifier)
        except Refused as no:
            yield Finding(RECEIPTS, about, no.read)
        place = station, envelope.epoch
        head = self.heads.get(place) or genesis(station, envelope.epoch, key.public_key)
        if (envelope.seq, envelope.prev) != (head.seq + 1, head.hash):
            what = f"number {envelope.seq} does not follow number {head.seq} of station {station}"
            yield Finding(RECEIPTS, about, what)
        self.heads[place] = envelope.head

    def _count(self, about: str, row: Fields, event: Event, envelope: Envelope) -> Iterator[Finding]:
        if event.event_id in self.posted:
            yield Finding(RECEIPTS, about, f"event {event.event_id} is posted twice")
        self.posted[event.event_id] = _says(envelope)
        for move in event.moves:
            self.balances[move.source] -= move.qty
            self.balances[move.target] += move.qty
        yield from self._judged(about, row, event, envelope)

    def _judged(self, about: str, row: Fields, event: Event, envelope: Envelope) -> Iterator[Finding]:
        verdict = self.verdicts.pop(event.event_id, None)
        if event.approvals and verdict is None:
            yield Finding(RECEIPTS, about, f"event {event.event_id} came with approvals and has no verdict")
        elif verdict is None and self._unjudged(event, envelope):
            yield Finding(RECEIPTS, about, f"event {event.event_id} has neither an approval nor a verdict")
        noted = event.kind == EventKind.APPROVAL_GIVEN
        if not noted and verdict != Verdict.VALID:
            return
        seen = Seen(event, envelope, Proof(self._place, from_text(row.text("received_at"))))
        self.authority.note(seen)
        wrong = self.authority.wrong(seen) if verdict == Verdict.VALID else ""
        if wrong:
            yield Finding(RECEIPTS, about, f"event {event.event_id} is called approved, and {wrong}")

    def _unjudged(self, event: Event, envelope: Envelope) -> bool:
        """Whether a centre must have judged it that came without an approval."""
        later = self._place > self.judged_after and envelope.station_id != self.centre
        return later and needs_word(event)


def _says(envelope: Envelope) -> bytes:
    """What an event says in whichever chain it stands, short enough to be kept of each."""
    header = header_fields(envelope.header)
    said = f"{envelope.kind}\n{header.text('facts_hash')}\n{header.maybe_text('private_hash')}"
    return hashlib.blake2b(said.encode(), digest_size=16).digest()


def _parts(row: Fields) -> tuple[bytes, bytes, bytes | None, bytes | None, bytes]:
    """The five stored parts; bytes that may be no text are written as digits."""
    digits = row.flag("digits", default=False)

    def read(name: str) -> bytes:
        return bytes.fromhex(row.text_or(name, "")) if digits else row.text_or(name, "").encode()

    private = read("private") if row.raw().get("private") is not None else None
    salt = row.maybe_text("salt")
    return (
        read("header"),
        read("facts"),
        private,
        bytes.fromhex(salt) if salt is not None else None,
        bytes.fromhex(row.text_or("sig", "")),
    )
