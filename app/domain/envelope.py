"""The envelope: an event sealed into one station's chain.

`header` is canonical JSON of everything but the hash and the signature; its SHA-256 is the event's hash and
the next event's `prev`. Facts and private parts travel beside it, bound by their hashes, so that the private
part can be erased and the chain still verifies. Hash and signature always cover the stored bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.domain import canonical
from app.domain.event import Event, split_facts
from app.domain.fields import Fields
from app.domain.move import Move
from app.domain.refusal import Refused
from app.domain.signing import EVENT_TAG, Signer, Verifier

PRIVATE_MISSING = "envelope.private_missing"
ENVELOPE_VERSION = 1
SALT_SIZE = 16
MAX_SIZE = 1 << 20
# Sealed once more in a later epoch, an event says where it stood first.
MAX_RESEALED = MAX_SIZE + 512
# As many headers of usual size as a batch has are kept read.
_READ_LATELY = 512
_USUAL_SIZE = 4096
_LONGEST_ID = 100


def digest(*parts: bytes) -> str:
    """Hexadecimal SHA-256 of the parts in order."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain stands: the last sequence number and its hash (the genesis hash at 0)."""

    station_id: str
    epoch: int
    seq: int
    hash: str


def genesis(station_id: str, epoch: int, public_key: bytes) -> ChainHead:
    """The head before the first event: a hash over the station, its epoch and its enrolment key."""
    record = canonical.encode({"epoch": epoch, "public_key": public_key.hex(), "station_id": station_id})
    return ChainHead(station_id, epoch, 0, digest(record))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Time and knowledge at the moment of acting: evidence only, never an order.

    `wall` is RFC 3339; `mono_ms` counts since boot `boot_id`. `feed_gen`, `feed_pos` and `rev_no` say what
    the station knew, so that a stale policy is proven without clocks.
    """

    app_ver: str
    hlc: str
    wall: str
    mono_ms: int
    boot_id: str
    tz: str
    feed_gen: int
    feed_pos: int
    rev_no: int = 0


@dataclass(frozen=True, slots=True)
class Envelope:
    """The stored bytes of one event, with the header fields a reader needs."""

    header: bytes
    facts: bytes
    private: bytes | None
    salt: bytes | None
    sig: bytes
    station_id: str
    epoch: int
    seq: int
    prev: str
    event_id: str
    kind: str
    hash: str

    @property
    def head(self) -> ChainHead:
        """The chain after this event."""
        return ChainHead(self.station_id, self.epoch, self.seq, self.hash)

    @property
    def size(self) -> int:
        """Bytes stored."""
        return len(self.header) + len(self.facts) + len(self.private or b"")


def seal(event: Event, after: ChainHead, evidence: Evidence, signer: Signer, salt: bytes) -> Envelope:
    """Seals an event behind `after`; `salt` hides the private part's hash from guessing.

    Raises:
        Refused: the event is larger than the centre takes.
        ValueError: the salt is not `SALT_SIZE` bytes; their fixed number tells salt and private part apart.
    """
    if event.private is not None and len(salt) != SALT_SIZE:
        raise ValueError(f"a salt of {len(salt)} bytes, {SALT_SIZE} are needed")
    facts = canonical.encode(event.facts())
    private = canonical.encode(dict(event.private)) if event.private is not None else None
    seq = after.seq + 1
    header = canonical.encode(
        {
            "app_ver": evidence.app_ver,
            "approvals": list(event.approvals),
            "attach": [],
            "boot_id": evidence.boot_id,
            "corrects": event.corrects,
            "epoch": after.epoch,
            "event_id": event.event_id,
            "facts_hash": digest(facts),
            "feed_gen": evidence.feed_gen,
            "feed_pos": evidence.feed_pos,
            "hlc": evidence.hlc,
            "kind": event.kind,
            "kind_ver": event.kind_ver,
            "mono_ms": evidence.mono_ms,
            "operator": event.operator,
            "origin": None,
            "policy_ver": event.policy_ver,
            "prev": after.hash,
            "private_hash": digest(salt, private) if private is not None else None,
            "rev_no": evidence.rev_no,
            "seq": seq,
            "session": event.session,
            "station_id": after.station_id,
            "subject": list(event.subject),
            "tz": evidence.tz,
            "v": ENVELOPE_VERSION,
            "wall": evidence.wall,
        }
    )
    _fits(MAX_SIZE, header, facts, private)
    return Envelope(
        header=header,
        facts=facts,
        private=private,
        salt=salt if private is not None else None,
        sig=signer.sign(EVENT_TAG, header),
        station_id=after.station_id,
        epoch=after.epoch,
        seq=seq,
        prev=after.hash,
        event_id=event.event_id,
        kind=str(event.kind),
        hash=digest(header),
    )


def reopen(header: bytes, facts: bytes, private: bytes | None, salt: bytes | None, sig: bytes) -> Envelope:
    """Reads received or stored bytes back; says nothing yet about hash, signature or order.

    Raises:
        Refused: the header is not one this version can read, or the event is larger than `MAX_RESEALED`.
    """
    _fits(MAX_RESEALED, header, facts, private)
    f = header_fields(header)
    version = f.whole("v", least=1)
    if version > ENVELOPE_VERSION:
        raise Refused(
            "envelope.too_new",
            f"Read envelope version {version}.",
            f"This program reads versions up to {ENVELOPE_VERSION}.",
            "Upgrade the centre; the station keeps its events meanwhile.",
        )
    station_id, epoch, seq, prev, event_id, kind, hashed = _stands(header)
    return Envelope(
        header=header,
        facts=facts,
        private=private,
        salt=salt,
        sig=sig,
        station_id=station_id,
        epoch=epoch,
        seq=seq,
        prev=prev,
        event_id=event_id,
        kind=kind,
        hash=hashed,
    )


def header_fields(header: bytes) -> Fields:
    """What a header says, to be read and never changed.

    Raises:
        Refused: it is not canonical JSON.
    """
    return _read_lately(header) if len(header) <= _USUAL_SIZE else _read(header)


def _read(header: bytes) -> Fields:
    return Fields(canonical.decode(header), "envelope header")


def _stands(header: bytes) -> tuple[str, int, int, str, str, str, str]:
    """Station, epoch, number, previous hash, identity, kind, and the header's own hash."""
    return _stands_lately(header) if len(header) <= _USUAL_SIZE else _position(header)


def _position(header: bytes) -> tuple[str, int, int, str, str, str, str]:
    f = header_fields(header)
    return (
        f.text("station_id"),
        f.whole("epoch", least=1),
        f.whole("seq", least=1),
        f.text("prev"),
        _identity(f),
        f.text("kind"),
        digest(header),
    )


def _inside(facts: bytes) -> tuple[tuple[Move, ...], dict[str, object]]:
    return split_facts(canonical.decode(facts))


def _opened(facts: bytes) -> tuple[tuple[Move, ...], dict[str, object]]:
    return _inside_lately(facts) if len(facts) <= _USUAL_SIZE else _inside(facts)


def body_of(facts: bytes) -> Mapping[str, object]:
    """What facts say beside their moves, to be read and never changed.

    Raises:
        Refused: they are not canonical JSON, or hold a move that cannot be read.
    """
    return _opened(facts)[1]


def moves_of(facts: bytes) -> tuple[Move, ...]:
    """The moves that facts hold.

    Raises:
        Refused: they are not canonical JSON, or hold a move that cannot be read.
    """
    return _opened(facts)[0]


# On its way an event is read by the chain, the signature, the posting and the queue in turn, and at a bench
# with every scan of its unit. Private parts are never kept so: what is erased has to be gone.
_read_lately = lru_cache(maxsize=_READ_LATELY)(_read)
_stands_lately = lru_cache(maxsize=_READ_LATELY)(_position)
_inside_lately = lru_cache(maxsize=_READ_LATELY)(_inside)


def _identity(f: Fields) -> str:
    event_id = f.text("event_id")
    # Every table keeps it in an index, and not every database keeps every sign.
    if len(event_id) > _LONGEST_ID or not event_id.isascii() or not event_id.isprintable():
        raise f.wrong("event_id", f"an identity of at most {_LONGEST_ID} plain signs")
    return event_id


def _fits(most: int, header: bytes, facts: bytes, private: bytes | None) -> None:
    if len(header) + len(facts) + len(private or b"") > most:
        raise Refused(
            "envelope.size",
            f"Read an event of more than {most} bytes.",
            "One event is one thing that happened; photos travel apart from it.",
            "Record it in several smaller parts.",
        )


def verify(envelope: Envelope, verifier: Verifier) -> None:
    """Holds the envelope against its hashes and signature; a private part that is gone may have been erased.

    Raises:
        Refused: `envelope.facts`, `envelope.private` or `envelope.signature` when bytes were changed,
            `envelope.fields` when the fields beside the bytes are not those of the header.
    """
    f = header_fields(envelope.header)
    if digest(envelope.facts) != f.text("facts_hash"):
        raise _changed("envelope.facts", envelope, "facts")
    if envelope.private is not None:
        salt = envelope.salt or b""
        if len(salt) != SALT_SIZE or digest(salt, envelope.private) != f.maybe_text("private_hash"):
            raise _changed("envelope.private", envelope, "private part")
    if not verifier.holds(EVENT_TAG, envelope.header, envelope.sig):
        raise _changed("envelope.signature", envelope, "signature")
    # A table keeps these fields in columns of their own, which nobody signed.
    e = envelope
    beside = (e.station_id, e.epoch, e.seq, e.prev, e.event_id, e.kind, e.hash)
    if beside != _stands(envelope.header):
        raise _changed("envelope.fields", envelope, "station, number, hash or kind")


def lacks_private(envelope: Envelope) -> bool:
    """Whether a private part was sealed and is not there."""
    return envelope.private is None and header_fields(envelope.header).maybe_text("private_hash") is not None


def said_erased(header: bytes) -> bool:
    """Whether the station itself says, signed, that the private part was erased before it sealed this."""
    return header_fields(header).raw().get("erased") is True


def require_whole(envelope: Envelope) -> None:
    """Refuses an envelope whose private part was sealed and is not there.

    For whoever has no record of an erasure: what is taken away on the way would be gone for good. An event
    that was sealed again after its erasure says so itself.

    Raises:
        Refused: `PRIVATE_MISSING`.
    """
    if lacks_private(envelope) and not said_erased(envelope.header):
        raise Refused(
            PRIVATE_MISSING,
            f"Event {envelope.event_id}, number {envelope.seq} of station {envelope.station_id}, came "
            "without its private part.",
            "Expected all that was sealed; no erasure is on record here.",
            "Take the event from a file or a disk that has all of it.",
        )


def _changed(code: str, envelope: Envelope, part: str) -> Refused:
    return Refused(
        code,
        f"Event {envelope.event_id}, number {envelope.seq} of station {envelope.station_id}: "
        f"its {part} does not fit.",
        "The bytes must be those the station signed.",
        "The event is kept as evidence and not accepted; check that station.",
    )


def event_of(envelope: Envelope) -> Event:
    """The event inside an envelope, for posting and for people; its body is read and never changed."""
    f = header_fields(envelope.header)
    moves, body = _opened(envelope.facts)
    private = canonical.decode(envelope.private) if envelope.private is not None else None
    return Event(
        event_id=envelope.event_id,
        kind=envelope.kind,
        subject=f.texts("subject"),
        operator=f.text("operator"),
        session=f.text("session"),
        moves=moves,
        body=body,
        private=Fields(private, "private part").raw() if private is not None else None,
        corrects=f.maybe_text("corrects"),
        policy_ver=f.maybe_text("policy_ver"),
        kind_ver=f.whole("kind_ver", least=1),
        approvals=_approvals(f.raw().get("approvals")),
    )


def _approvals(found: object) -> tuple[object, ...]:
    """What stands as approvals, whatever it is: the event is a fact and is read all the same."""
    if found is None:
        return ()
    return tuple(found) if isinstance(found, list) else (found,)


def wall_of(envelope: Envelope) -> str:
    """When the station's clock says it happened (RFC 3339)."""
    return header_fields(envelope.header).text("wall")
