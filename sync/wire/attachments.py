"""Attachments on their way to the centre: which of them it lacks, and one piece after another of each.

An attachment is named by the SHA-256 of its bytes. It travels apart from the events that name it, and after
them. Only `HERE` confirms one: its bytes are whole, were held against their name, and are on the centre's
disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.domain.digests import is_digest
from app.domain.fields import Fields
from app.domain.refusal import Refused
from sync.wire.codec import too_large
from sync.wire.messages import unknown_word
from sync.wire.protocol import ATTACHMENTS_PATH, MAX_ASKED, MAX_ATTACHMENT, SPOKEN, Versions

WRONG_DIGEST = "attachment.digest"
"""The whole bytes have another SHA-256 than their name; the centre threw them away."""
WRONG_KIND = "attachment.kind"
"""They begin as no kind of picture that is taken."""
OVERSIZE = "attachment.size"
"""They are more than a centre takes, or none."""
OFF = "attachment.off"
"""This centre keeps none."""

_SIGNATURES: Mapping[bytes, str] = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Place(StrEnum):
    """What the centre has of an attachment."""

    HERE = "here"
    PART = "part"
    UNNAMED = "unnamed"
    """No event that the centre posted names it; it takes the bytes once one does."""


@dataclass(frozen=True, slots=True)
class Have:
    """The centre's answer about one attachment: `have` of its bytes, all of them when it is `HERE`."""

    place: Place
    have: int = 0

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {"place": self.place, "have": self.have}

    @classmethod
    def from_json(cls, f: Fields) -> Have:
        """Reads what `to_json` wrote."""
        word = f.text("place")
        if word not in set(Place):
            raise unknown_word("place", word)
        return cls(Place(word), f.whole("have"))


@dataclass(frozen=True, slots=True)
class Ask:
    """Which of these does the centre lack; `lost` are those that this station cannot send any more."""

    digests: tuple[str, ...]
    lost: tuple[str, ...] = ()
    protocol: Versions = SPOKEN

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "digests": list(self.digests),
            "lost": list(self.lost),
            "protocol": self.protocol.to_json(),
        }

    @classmethod
    def from_json(cls, f: Fields) -> Ask:
        """Reads what `to_json` wrote; of at most `MAX_ASKED` digests."""
        digests, lost = f.texts("digests"), f.texts("lost")
        if len(digests) + len(lost) > MAX_ASKED:
            raise too_large(MAX_ASKED)
        for digest in (*digests, *lost):
            require_digest(digest)
        return cls(tuple(digests), tuple(lost), Versions.from_json(f.inner("protocol")))


@dataclass(frozen=True, slots=True)
class Held:
    """The answer to `Ask`: what the centre has of each, and the generation of its feed."""

    feed_gen: int
    have: Mapping[str, Have]
    protocol: Versions = SPOKEN

    def to_json(self) -> dict[str, object]:
        """The wire form."""
        return {
            "feed_gen": self.feed_gen,
            "have": [{"sha256": digest, **found.to_json()} for digest, found in self.have.items()],
            "protocol": self.protocol.to_json(),
        }

    @classmethod
    def from_json(cls, f: Fields) -> Held:
        """Reads what `to_json` wrote."""
        entries = f.objects("have")
        have = {require_digest(entry.text("sha256")): Have.from_json(entry) for entry in entries}
        return cls(f.whole("feed_gen", least=1), have, Versions.from_json(f.inner("protocol")))


def piece_target(digest: str, offset: int, size: int) -> str:
    """Path and query under which a piece is sent: where it begins, and how large the whole is."""
    return f"{ATTACHMENTS_PATH}/{digest}?offset={offset}&size={size}"


def require_digest(digest: str) -> str:
    """The digest itself.

    Raises:
        Refused: `attachment.name` when it is no SHA-256 in small hexadecimal digits.
    """
    if not is_digest(digest):
        raise Refused(
            "attachment.name",
            f"Read the attachment {digest[:80]!r}.",
            "Expected a SHA-256 as 64 small hexadecimal digits.",
            "Name it by the digest of its bytes.",
        )
    return digest


def require_size(size: int) -> None:
    """Refuses an attachment that is empty or beyond what is taken.

    Raises:
        Refused: `attachment.size`.
    """
    if not 0 < size <= MAX_ATTACHMENT:
        raise Refused(
            OVERSIZE,
            f"Read an attachment of {size} bytes.",
            f"Expected 1 to {MAX_ATTACHMENT} bytes.",
            "Take the photo again at a lower resolution.",
        )


def kind_of(data: bytes) -> str | None:
    """The media type that the first bytes of an attachment say; None for any that is not taken."""
    return next((kind for begins, kind in _SIGNATURES.items() if data.startswith(begins)), None)
