"""An event as it travels: the stored bytes as texts, byte for byte what was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.envelope import Envelope, reopen
from app.domain.fields import Fields
from app.domain.refusal import Refused

BROKEN = "sealed.broken"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The five stored parts of an envelope before anybody has judged them."""

    header: bytes
    facts: bytes
    private: bytes | None
    salt: bytes | None
    sig: bytes

    @property
    def size(self) -> int:
        """Stored bytes, as the limits count them."""
        return len(self.header) + len(self.facts) + len(self.private or b"")

    def opened(self) -> Envelope:
        """The envelope; refused when its header cannot be read."""
        return reopen(self.header, self.facts, self.private, self.salt, self.sig)

    def to_json(self) -> dict[str, object]:
        """The wire form. Stored bytes are UTF-8 because they were canonical JSON when sealed.

        Raises:
            Refused: `BROKEN` when they no longer are: the disk changed them.
        """
        try:
            return {
                "header": self.header.decode(),
                "facts": self.facts.decode(),
                "private": None if self.private is None else self.private.decode(),
                "salt": None if self.salt is None else self.salt.hex(),
                "sig": self.sig.hex(),
            }
        except UnicodeDecodeError:
            raise Refused(
                BROKEN,
                "Read a recorded event whose bytes are not text.",
                "Recorded events never change.",
                "Ask for help: this computer's disk changed an event.",
            ) from None

    @classmethod
    def from_json(cls, f: Fields) -> Sealed:
        """Reads what `to_json` wrote."""
        private = f.raw().get("private")
        salt = f.maybe_text("salt")
        return cls(
            header=_bytes(f.text("header"), "header"),
            facts=_bytes(f.text("facts"), "facts"),
            private=_bytes(f.text_or("private", ""), "private") if private is not None else None,
            salt=read_hex(salt, "salt") if salt is not None else None,
            sig=read_hex(f.text("sig"), "sig"),
        )


def sealed(envelope: Envelope) -> Sealed:
    """The stored parts of an envelope."""
    return Sealed(envelope.header, envelope.facts, envelope.private, envelope.salt, envelope.sig)


def fitting(envelopes: Sequence[Envelope], most_events: int, most_bytes: int) -> Iterator[Envelope]:
    """The longest beginning of `envelopes` within both limits, but never less than one event."""
    size = 0
    for count, envelope in enumerate(envelopes, 1):
        size += envelope.size
        if count > 1 and (count > most_events or size > most_bytes):
            return
        yield envelope


def read_hex(text: str, name: str, size: int | None = None) -> bytes:
    """The bytes a hexadecimal field names; refused when it is none or of another size."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = None
    if found is None or (size is not None and len(found) != size):
        raise Refused(
            "wire.not_hex",
            f"Field {name!r} holds {text[:80]!r}.",
            f"Expected {'' if size is None else f'{size} '}bytes as hexadecimal digits.",
            "Correct the field and try again.",
        )
    return found


def _bytes(text: str, name: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Refused(
            "wire.broken_text",
            f"Field {name!r} holds a broken text.",
            "Expected the text that was signed.",
            "Send it again.",
        ) from None
