"""Who might approve what, by an export alone: what a centre calls approved is held against what was signed.

An export has no items' records and no order of judging. So an event is only found wrong here when the centre
cannot have called it approved in any order, and with any worth of the goods.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.domain import canonical
from app.domain.approvals import (
    CERTIFICATE_TAG,
    POLICY_KEY_TAG,
    REVOCATION_TAG,
    STATEMENT_TAG,
    Approval,
    Certificate,
    PolicyKey,
    Proof,
    Revocation,
    RevocationList,
    Revoked,
    Signed,
    Statement,
    action_of,
    body_digest,
    decider_of,
    workers_of,
)
from app.domain.approvals.people import person, same_person
from app.domain.approvals.verdict import MOST_APPROVALS, lives_wrongly, withdrawn
from app.domain.clock import from_text
from app.domain.envelope import Envelope, header_fields
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.proof.shape import REVOCATIONS, Finding
from app.domain.refusal import Refused

REVOCATION_KIND = "revocation_list"
_TWO = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """An event as the centre took it in: in which envelope, and when."""

    event: Event
    envelope: Envelope
    came: Proof


@dataclass(slots=True)
class Revocations:
    """The file of revoked keys, against the signed lists that stations were told by the feed."""

    by_key: dict[bytes, Revoked] = field(default_factory=dict)
    _entries: list[Revocation] = field(default_factory=list)
    _told: int = 0

    def take(self, number: int, row: Fields) -> Iterator[Finding]:
        """The next row of the file."""
        said, last = row.whole("number"), len(self._entries)
        if said != last + 1:
            yield Finding(REVOCATIONS, f"line {number}", f"number {said} follows number {last}")
        key = bytes.fromhex(row.text("public_key"))
        self._entries.append(Revocation(row.text("approver"), key, row.text("reason")))
        self.by_key[key] = Revoked(said, row.whole("place"), row.whole_or("feed_gen", 0))

    def told(self, document: str, keys: list[bytes]) -> Iterator[Finding]:
        """A list that stands in the feed; `keys` are the policy keys that may have signed it.

        Raises:
            Refused: it cannot be read.
        """
        row = Fields(canonical.decode(document.encode()), "revocation list")
        signed = Signed.from_json(row.inner("list").raw(), "revocation list")
        if not any(signed.holds(REVOCATION_TAG, key) for key in keys):
            yield Finding(REVOCATIONS, "the list in the feed", "no policy key of this centre signed it")
            return
        listed = RevocationList.read(signed)
        self._told = max(self._told, listed.number)
        kept = self._entries[listed.dropped : listed.number]
        for number, (one, entry) in enumerate(zip(kept, listed.entries, strict=False), listed.dropped + 1):
            if one != entry:
                yield Finding(REVOCATIONS, f"number {number}", "is not what stations were told")

    def ends(self) -> Iterator[Finding]:
        """What only the end of the feed shows: rows that are missing, or that nobody was told of."""
        if len(self._entries) != self._told:
            what = f"{len(self._entries)} are told, stations were told of {self._told}"
            yield Finding(REVOCATIONS, "the file", what)


_Place = tuple[int, int]
"""A generation of the feed, and a position in it."""


@dataclass(slots=True)
class Authority:
    """What bears on approvals, and what they were used for so far."""

    root: bytes | None
    revoked: dict[bytes, Revoked] = field(default_factory=dict)
    _instants: defaultdict[int, list[tuple[int, datetime]]] = field(default_factory=lambda: defaultdict(list))
    _sorted: bool = False
    _noted: dict[str, Proof] = field(default_factory=dict)
    _heard: dict[str, _Place] = field(default_factory=dict)
    _certified: defaultdict[str, list[tuple[_Place, Certificate]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _nonces: set[str] = field(default_factory=set)
    _numbers: set[tuple[str, str, int, int]] = field(default_factory=set)
    restored: bool = False
    """The centre was put back from a copy: it may lack renewals that it knew of then."""
    _sites: dict[str, str] = field(default_factory=dict)
    _renewed: dict[tuple[str, int], int] = field(default_factory=dict)
    _spent: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def joined(self, station: str, site: str, renewed: Mapping[int, int]) -> None:
        """A station, where it stands, and from which epoch each of its later ones goes on."""
        self._sites[station] = site
        self._renewed.update({(station, epoch): before for epoch, before in renewed.items()})

    def told(self, row: Fields, name: str) -> None:
        """Something dated that stood in the feed: who had read so far knew that it was later than then.

        Rows that say no place are those of an older export and prove nothing.
        """
        if row.maybe_text(name) is not None and row.raw().get("feed_pos") is not None:
            place = row.whole("feed_pos"), from_text(row.text(name))
            self._instants[row.whole("feed_gen")].append(place)

    def certified(self, row: Fields, certificate: Certificate) -> None:
        """A certificate and where in the feed it stood; a row of an older export says no place."""
        if row.raw().get("feed_pos") is not None:
            place = row.whole("feed_gen"), row.whole("feed_pos")
            self._certified[certificate.approver].append((place, certificate))

    def note(self, seen: Seen) -> None:
        """An event that may prove that statements were there when it came."""
        listed = seen.event.body.get("statements") if seen.event.kind == EventKind.APPROVAL_GIVEN else None
        for entry in listed if isinstance(listed, list | tuple) else ():
            if isinstance(entry, Mapping) and isinstance(proof := entry.get("proof"), str):
                self._noted.setdefault(proof, seen.came)
                self._heard.setdefault(proof, _heard_by(seen))

    def wrong(self, seen: Seen) -> str:
        """Why an event cannot have been approved; empty when all that was signed fits."""
        event = seen.event
        if not event.approvals:
            return "nobody approved it"
        if len(event.approvals) > MOST_APPROVALS:
            return "it has more approvals than an event may have"
        shown = body_digest(event, header_fields(seen.envelope.header).text("facts_hash"))
        given = list[tuple[Certificate, Statement]]()
        for entry in event.approvals:
            try:
                one = Approval.from_json(entry)
                certificate, statement, wrong = self._signed(one)
                wrong = wrong or _bound(one, statement, certificate, seen, shown)
                wrong = wrong or self._placed(statement, certificate, seen)
                wrong = wrong or self._in_time(one, certificate, seen)
                wrong = wrong or self._superseded(one, certificate, statement, seen)
            except Refused as no:
                return no.read
            if wrong:
                return wrong
            given.append((certificate, statement))
        decider = decider_of(event)
        if decider is not None and not any(same_person(decider, one.approver) for one, _ in given):
            return "it names somebody else as the one who decided"
        return _second_missing(given) or self._used(given)

    def _signed(self, one: Approval) -> tuple[Certificate, Statement, str]:
        policy_key = PolicyKey.read(one.policy_key)
        certificate, statement = Certificate.read(one.certificate), Statement.read(one.statement)
        wrong = ""
        if self.root is None or not one.policy_key.holds(POLICY_KEY_TAG, self.root):
            wrong = "the root did not sign the policy key"
        elif not one.certificate.holds(CERTIFICATE_TAG, policy_key.public_key):
            wrong = "the policy key did not sign the certificate"
        elif not one.statement.holds(STATEMENT_TAG, certificate.public_key):
            wrong = "the approver did not sign the statement"
        elif lives_wrongly(certificate, policy_key):
            wrong = "the certificate lives longer than it may"
        return certificate, statement, wrong

    def _placed(self, statement: Statement, certificate: Certificate, seen: Seen) -> str:
        """Whether it was given where it may be, for this life of the station's record."""
        asked, given = statement.asked_at, statement.given_at
        site = self._sites.get(given.station)
        if site is None:
            return "it was given at a station that never joined"
        if not {site, self._sites.get(asked.station, site)} <= set(certificate.sites):
            return "it was given at a site that the certificate does not name"
        epoch = seen.envelope.epoch
        while epoch > asked.epoch:
            # Every epoch but the first goes on from an older one, or the record was told wrong above.
            before = self._renewed.get((asked.station, epoch), 0)
            if self.restored and not before:
                return ""
            if before >= epoch:
                break
            epoch = before
        if epoch != asked.epoch or (given.station == asked.station and given.epoch != asked.epoch):
            return "it was given for another life of the station's record"
        return ""

    def _in_time(self, one: Approval, certificate: Certificate, seen: Seen) -> str:
        proof = min(self._noted.get(one.statement.proof, seen.came), seen.came, key=lambda said: said.place)
        header = header_fields(seen.envelope.header)
        gen, knew = header.whole_or("feed_gen", 0), header.whole_or("rev_no", 0)
        after = self._newest_known(gen, header.whole_or("feed_pos", 0))
        for key in (certificate.public_key, PolicyKey.read(one.policy_key).public_key):
            revoked = self.revoked.get(key)
            if revoked is None:
                continue
            if revoked.known_at(gen, knew) or proof.place > revoked.place:
                return f"its key was revoked before, under number {revoked.number}"
        if (after is not None and after >= certificate.not_after) or proof.by >= certificate.not_after:
            return "the certificate had ended"
        return "the certificate had not begun" if proof.by < certificate.not_before else ""

    def _superseded(self, one: Approval, used: Certificate, said: Statement, seen: Seen) -> str:
        """Whether the station knew that a newer certificate has not the right that was used.

        One that leaves out a site may not have been told there, and proves nothing.
        """
        gen, pos = self._heard.get(one.statement.proof, _heard_by(seen))
        known = [
            (at, certificate)
            for (in_gen, at), certificate in self._certified.get(used.approver, ())
            if in_gen <= gen and at <= pos and certificate.sites >= used.sites
        ]
        _, newest = max(known, key=lambda entry: entry[0], default=(0, used))
        later = newest.not_before > used.not_before
        less = later and withdrawn(used, newest, said, said.value, frozenset())
        return "its station knew of a newer certificate that does not allow it" if less else ""

    def _newest_known(self, gen: int, pos: int) -> datetime | None:
        if not self._sorted:
            for told in self._instants.values():
                told.sort()
                for n in range(1, len(told)):
                    told[n] = told[n][0], max(told[n][1], told[n - 1][1])
            self._sorted = True
        told = self._instants.get(gen, [])
        at = bisect_right(told, pos, key=lambda entry: entry[0])
        return told[at - 1][1] if at else None

    def _used(self, given: list[tuple[Certificate, Statement]]) -> str:
        """Whether what one certificate may be used for was used up; each event counts by its largest word."""
        largest = dict[str, tuple[int, Certificate]]()
        for certificate, statement in given:
            if statement.nonce in self._nonces:
                return "the statement was used before"
            self._nonces.add(statement.nonce)
            given_at = statement.given_at
            number = statement.approver, given_at.station, given_at.epoch, statement.counter
            if number in self._numbers:
                return "its number was used before"
            self._numbers.add(number)
            before, _ = largest.get(statement.certificate, (0, certificate))
            largest[statement.certificate] = max(before, statement.value), certificate
        for name, (value, certificate) in largest.items():
            spent = self._spent[name]
            spent[0] += value
            spent[1] += 1
            if spent[0] > certificate.limits.total or spent[1] > certificate.limits.count:
                return "the certificate was used for more than it allows together"
        return ""


def _heard_by(seen: Seen) -> _Place:
    header = header_fields(seen.envelope.header)
    return header.whole_or("feed_gen", 0), header.whole_or("feed_pos", 0)


def _bound(one: Approval, statement: Statement, certificate: Certificate, seen: Seen, shown: str) -> str:
    event, limits = seen.event, certificate.limits
    if (statement.event_id, statement.body) != (event.event_id, shown):
        return "the statement is about something else"
    if statement.asked_at.station != seen.envelope.station_id:
        return "the statement is about an event of another station"
    if statement.certificate != one.certificate.digest or statement.approver != certificate.approver:
        return "the statement names another certificate"
    if any(same_person(certificate.approver, one) for one in workers_of(event)):
        return "nobody else approved it"
    if statement.action != action_of(event) or statement.action not in certificate.actions:
        return "it is beyond what the certificate allows"
    if statement.currency != limits.currency or statement.value > limits.single:
        return "it is beyond what the certificate allows"
    return ""


def _second_missing(given: list[tuple[Certificate, Statement]]) -> str:
    asked = any(said.value > certificate.limits.two_person_above for certificate, said in given)
    keys = {certificate.public_key for certificate, _ in given}
    people = {person(certificate.approver) for certificate, _ in given}
    missing = asked and min(len(keys), len(people)) < _TWO
    return "a second person with another key had to sign too" if missing else ""
