"""A station begins a new epoch: it asks for one, then which of its events the centre holds already.

A renewal is asked for by a token of its own, drawn once and kept on the station's disk until the new epoch is
there: asked again with the same token, the centre answers the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.digests import is_digest
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire.codec import too_large
from sync.wire.messages import Head, unknown_word
from sync.wire.protocol import MAX_OFFERED, SPOKEN, Versions
from sync.wire.sealed import read_hex

TOKEN_SIZE = 16


class Cause(StrEnum):
    """Why a station's chain cannot go on as it is."""

    BEHIND = "behind"
    """The centre's record of it is longer than the station's own."""
    DIFFERS = "differs"
    """The centre holds something else in a place of the chain."""
    FENCED = "fenced"
    """Another computer renewed the station's epoch since."""
    CENTRE_RESTORED = "centre_restored"
    """The centre's feed is of a newer generation than the station knew."""
    HOLE = "hole"
    """The centre lacks an event that the station no longer has in that place."""
    RESTORED = "restored"
    """The station's record was put back from a copy, or lost its end by a bad disk."""


@dataclass(frozen=True, slots=True)
class Renew:
    """Asks for a new epoch after `epoch`, whose chain stands at `head` on this disk.

    `token` is the renewal's own (32 hexadecimal digits); `install_id` names this database file from now on;
    the centre had confirmed everything up to `confirmed`. `revocations` is the signed list of revoked
    approvers as the station keeps it, for a centre that may have forgotten some; None for none.
    """

    token: str
    epoch: int
    head: Head
    confirmed: int
    install_id: str
    cause: Cause
    protocol: Versions = SPOKEN
    revocations: Mapping[str, object] | None = None

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        shown = {} if self.revocations is None else {"revocations": dict(self.revocations)}
        return {
            "token": self.token,
            "epoch": self.epoch,
            "head": self.head.to_json(),
            "confirmed": self.confirmed,
            "install_id": self.install_id,
            "cause": self.cause,
            "protocol": self.protocol.to_json(),
            **shown,
        }

    @classmethod
    def from_json(cls, f: Fields) -> Renew:
        """Reads what `to_json` wrote."""
        cause, token, install = f.text("cause"), f.text("token"), f.text("install_id")
        if cause not in set(Cause):
            raise unknown_word("cause", cause)
        read_hex(token, "token", TOKEN_SIZE)
        read_hex(install, "install_id", TOKEN_SIZE)
        return cls(
            token=token.lower(),
            epoch=f.whole("epoch", least=1),
            head=Head.from_json(f.inner("head")),
            confirmed=f.whole("confirmed"),
            install_id=install.lower(),
            cause=Cause(cause),
            protocol=Versions.from_json(f.inner("protocol")),
            revocations=f.inner("revocations").raw() if "revocations" in f.names() else None,
        )


@dataclass(frozen=True, slots=True)
class Renewed:
    """The answer to `Renew`: the epoch that begins; the older ones are closed. `token` is the question's.

    `labels` has, by family of codes, the highest number that the centre knows of this bench; a record that
    was put back may not know that it gave them.
    """

    token: str
    epoch: int
    feed_gen: int
    labels: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        shown = {"labels": dict(self.labels)} if self.labels else {}
        return {"token": self.token, "epoch": self.epoch, "feed_gen": self.feed_gen, **shown}

    @classmethod
    def from_json(cls, f: Fields) -> Renewed:
        """Reads what `to_json` wrote."""
        labels = dict[str, int]()
        if "labels" in f.names():
            told = f.inner("labels")
            labels = {family: told.whole(family) for family in told.names()}
        return cls(f.text("token"), f.whole("epoch", least=1), f.whole("feed_gen", least=1), labels)


@dataclass(frozen=True, slots=True)
class Offered:
    """An event that a station still has: its id and the digest of what it says."""

    event_id: str
    content: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Which of these does the centre hold; at most `MAX_OFFERED` at once."""

    events: tuple[Offered, ...]

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"events": [{"event_id": one.event_id, "content": one.content} for one in self.events]}

    @classmethod
    def from_json(cls, f: Fields) -> Offer:
        """Reads what `to_json` wrote."""
        found = tuple(Offered(one.text("event_id"), one.text("content")) for one in f.objects("events"))
        if len(found) > MAX_OFFERED:
            raise too_large(MAX_OFFERED)
        for one in found:
            if not is_digest(one.content):
                raise Refused(
                    "renewal.content",
                    f"Read the content {one.content[:80]!r}.",
                    "Expected a SHA-256 as 64 small hexadecimal digits.",
                    "Offer it by the digest of what it says.",
                )
        return cls(found)


@dataclass(frozen=True, slots=True)
class Holds:
    """The answer to `Offer`: the ids of those that the centre of this feed generation holds as they are."""

    feed_gen: int
    events: frozenset[str]

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"feed_gen": self.feed_gen, "events": sorted(self.events)}

    @classmethod
    def from_json(cls, f: Fields) -> Holds:
        """Reads what `to_json` wrote."""
        return cls(f.whole("feed_gen", least=1), frozenset(f.texts("events")))
