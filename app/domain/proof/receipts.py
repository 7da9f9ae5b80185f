"""Receipts read once, from first to last: chains, signatures, approvals, and what the moves add up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.domain.account import Account
from app.domain.approvals import (
    CERTIFICATE_TAG,
    POLICY_KEY_TAG,
    STATEMENT_TAG,
    Approval,
    Certificate,
    PolicyKey,
    Statement,
    Verdict,
    body_digest,
)
from app.domain.checkpoint import receipt_leaf
from app.domain.envelope import ChainHead, Envelope, digest, event_of, genesis, header_fields, reopen, verify
from app.domain.event import Event
from app.domain.fields import Fields
from app.domain.merkle import Growing
from app.domain.proof.shape import RECEIPTS, Finding
from app.domain.refusal import Refused
from app.domain.signing import Verifier

EVIDENCE, POSTED = "evidence", "posted"


@dataclass(frozen=True, slots=True)
class Key:
    """A station as the export names it: its key, and where its chain stands."""

    public_key: bytes
    epoch: int
    head_seq: int
    head_hash: str


@dataclass(slots=True)
class Walk:
    """What one pass over the receipts needs, and what it leaves behind.

    `verdicts` names by event id what the centre made of its approvals; those of events that came are taken
    out. `balances` is the fold of what was posted, `posted` the ids of those events.
    """

    stations: Mapping[str, Key]
    root: bytes | None
    verdicts: dict[str, str]
    tree: Growing = field(default_factory=Growing)
    heads: dict[tuple[str, int], ChainHead] = field(default_factory=dict)
    balances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    posted: set[str] = field(default_factory=set)
    events: int = 0
    _verifiers: dict[str, Verifier] = field(default_factory=dict)

    def take(self, number: int, row: Fields) -> Iterator[Finding]:
        """The next receipt."""
        about = f"line {number}"
        try:
            parts, state, station = _parts(row), row.text("state"), row.text("station_id")
            header, facts, private, salt, sig = parts
            said = row.text("hash")
            self.tree.add(receipt_leaf(said, row.text("sig"), row.text("received_at")))
            if state == EVIDENCE:
                if digest(header, facts, private or b"", salt or b"", sig) != said:
                    yield Finding(RECEIPTS, about, "evidence was changed")
                return
            envelope = reopen(header, facts, private, salt, sig)
            yield from self._in_chain(about, station, envelope)
            if (envelope.hash, envelope.event_id) != (said, row.text("event_id")):
                yield Finding(RECEIPTS, about, "its hash or event id is not the event's")
            if state == POSTED:
                yield from self._count(about, event_of(envelope), envelope)
        except (Refused, ValueError) as no:
            yield Finding(RECEIPTS, about, no.read if isinstance(no, Refused) else "cannot be read")

    def ends(self) -> Iterator[Finding]:
        """What only the end shows: chains shorter than their stations' heads, verdicts on nothing."""
        for station, key in self.stations.items():
            head = self.heads.get((station, key.epoch)) or genesis(station, key.epoch, key.public_key)
            if (head.seq, head.hash) != (key.head_seq, key.head_hash):
                what = f"its chain ends with number {head.seq}, its head is {key.head_seq} or another"
                yield Finding(RECEIPTS, f"station {station}", what)
        for event_id in self.verdicts:
            yield Finding(RECEIPTS, f"event {event_id}", "has a verdict and is not there")

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

    def _count(self, about: str, event: Event, envelope: Envelope) -> Iterator[Finding]:
        if event.event_id in self.posted:
            yield Finding(RECEIPTS, about, f"event {event.event_id} is posted twice")
        self.posted.add(event.event_id)
        for move in event.moves:
            self.balances[move.source] -= move.qty
            self.balances[move.target] += move.qty
        verdict = self.verdicts.pop(event.event_id, None)
        if event.approvals and verdict == Verdict.VALID:
            wrong = self._approved(event, envelope)
            if wrong:
                yield Finding(RECEIPTS, about, f"event {event.event_id} is called approved, and {wrong}")
        elif verdict == Verdict.VALID:
            yield Finding(RECEIPTS, about, f"event {event.event_id} is called approved by nobody")

    def _approved(self, event: Event, envelope: Envelope) -> str:
        """Why an event cannot have been approved; empty when all that was signed fits."""
        shown = body_digest(event, header_fields(envelope.header).text("facts_hash"))
        people = set[str]()
        for entry in event.approvals:
            try:
                wrong = self._stands(Approval.from_json(entry), event, shown, people)
            except Refused as no:
                wrong = no.read
            if wrong:
                return wrong
        return ""

    def _stands(self, one: Approval, event: Event, shown: str, people: set[str]) -> str:
        if self.root is None or not one.policy_key.holds(POLICY_KEY_TAG, self.root):
            return "the root did not sign the policy key"
        if not one.certificate.holds(CERTIFICATE_TAG, PolicyKey.read(one.policy_key).public_key):
            return "the policy key did not sign the certificate"
        certificate, statement = Certificate.read(one.certificate), Statement.read(one.statement)
        if not one.statement.holds(STATEMENT_TAG, certificate.public_key):
            return "the approver did not sign the statement"
        if (statement.event_id, statement.body) != (event.event_id, shown):
            return "the statement is about something else"
        if statement.certificate != one.certificate.digest or statement.approver != certificate.approver:
            return "the statement names another certificate"
        if statement.approver == event.operator or statement.approver in people:
            return "nobody else approved it"
        if statement.action not in certificate.actions or statement.value > certificate.limits.single:
            return "it is beyond what the certificate allows"
        people.add(statement.approver)
        return ""


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
