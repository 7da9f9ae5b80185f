"""The messages of the protocol, as frozen values with one JSON form each.

Readers take the fields they know and leave the rest alone, so that either side may add fields first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.refusal import Refused
from app.domain.signing import KEY_SIZE
from sync.wire.protocol import SPOKEN, Versions
from sync.wire.sealed import Sealed, read_hex


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands; the genesis hash at 0."""

    seq: int
    hash: str

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"seq": self.seq, "hash": self.hash}

    @classmethod
    def from_json(cls, f: Fields) -> Head:
        """Reads what `to_json` wrote."""
        return cls(f.whole("seq"), f.text("hash"))


@dataclass(frozen=True, slots=True)
class Enrol:
    """A station asks to join with a one-time code, the id it already records under, and its public key."""

    code: str
    station_id: str
    install_id: str
    public_key: bytes
    name: str

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "code": self.code,
            "station_id": self.station_id,
            "install_id": self.install_id,
            "public_key": self.public_key.hex(),
            "name": self.name,
        }

    @classmethod
    def from_json(cls, f: Fields) -> Enrol:
        """Reads what `to_json` wrote."""
        station_id = f.text("station_id")
        read_hex(station_id, "station_id", 16)
        return cls(
            code=f.text("code"),
            station_id=station_id.lower(),
            install_id=f.text("install_id"),
            public_key=read_hex(f.text("public_key"), "public_key", KEY_SIZE),
            name=f.text_or("name", ""),
        )


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The centre's answer to `Enrol`: who the station is from now on."""

    station_id: str
    epoch: int
    bench: str
    site: str
    owner: str
    name: str
    centre_id: str
    feed_gen: int

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "station_id": self.station_id,
            "epoch": self.epoch,
            "bench": self.bench,
            "site": self.site,
            "owner": self.owner,
            "name": self.name,
            "centre_id": self.centre_id,
            "feed_gen": self.feed_gen,
        }

    @classmethod
    def from_json(cls, f: Fields) -> Enrolled:
        """Reads what `to_json` wrote."""
        return cls(
            station_id=f.text("station_id"),
            epoch=f.whole("epoch", least=1),
            bench=f.text("bench"),
            site=f.text("site"),
            owner=f.text("owner"),
            name=f.text("name"),
            centre_id=f.text("centre_id"),
            feed_gen=f.whole("feed_gen"),
        )


@dataclass(frozen=True, slots=True)
class Hello:
    """Opens a session: where the station's chain stands."""

    nonce: str
    epoch: int
    head: Head
    protocol: Versions = SPOKEN

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "nonce": self.nonce,
            "epoch": self.epoch,
            "head": self.head.to_json(),
            "protocol": self.protocol.to_json(),
        }

    @classmethod
    def from_json(cls, f: Fields) -> Hello:
        """Reads what `to_json` wrote."""
        return cls(
            nonce=f.text("nonce"),
            epoch=f.whole("epoch", least=1),
            head=Head.from_json(f.inner("head")),
            protocol=Versions.from_json(f.inner("protocol")),
        )


class Verdict(StrEnum):
    """What the centre says about a station's chain at the start of a session."""

    CONTINUE = "continue"
    RENEW = "renew"
    FENCED = "fenced"


@dataclass(frozen=True, slots=True)
class Welcome:
    """The answer to `Hello`: where the centre stands; `nonce` is the hello's own. `time` is RFC 3339.

    `digest` says that every answer of this centre carries the digest of its bytes; older ones carry none.
    """

    nonce: str
    feed_gen: int
    epoch: int
    head: Head
    time: str
    verdict: Verdict
    protocol: Versions = SPOKEN
    digest: bool = False

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "nonce": self.nonce,
            "feed_gen": self.feed_gen,
            "epoch": self.epoch,
            "head": self.head.to_json(),
            "time": self.time,
            "protocol": self.protocol.to_json(),
            "verdict": self.verdict,
        } | ({"digest": True} if self.digest else {})

    @classmethod
    def from_json(cls, f: Fields) -> Welcome:
        """Reads what `to_json` wrote."""
        verdict = f.text("verdict")
        if verdict not in set(Verdict):
            raise unknown_word("verdict", verdict)
        return cls(
            nonce=f.text("nonce"),
            feed_gen=f.whole("feed_gen"),
            epoch=f.whole("epoch", least=1),
            head=Head.from_json(f.inner("head")),
            time=f.text("time"),
            verdict=Verdict(verdict),
            protocol=Versions.from_json(f.inner("protocol")),
            digest=f.flag("digest", default=False),
        )


@dataclass(frozen=True, slots=True)
class Push:
    """Events of one chain, in order."""

    epoch: int
    events: tuple[Sealed, ...]

    def to_json(self) -> dict[str, object]:
        """The wire form; refused when a stored event is no longer text."""
        return {"epoch": self.epoch, "events": [event.to_json() for event in self.events]}

    @classmethod
    def from_json(cls, f: Fields) -> Push:
        """Reads what `to_json` wrote."""
        return cls(f.whole("epoch", least=1), tuple(Sealed.from_json(entry) for entry in f.objects("events")))


def unknown_word(field: str, word: str) -> Refused:
    """The refusal of a word this protocol version does not have."""
    return Refused(
        "wire.unknown_word",
        f"Field {field!r} holds {word[:40]!r}.",
        "Expected a word of this protocol version.",
        "Upgrade the older side.",
    )
