"""Events in plain files: framed one by one, so that a file that was cut off anywhere is read up to there.

A file begins with `MAGIC`. A frame is its length (4 bytes, big-endian), the SHA-256 of what follows, and one
event as JSON of its stored parts. Each event is signed and names the one before it; a frame only tells whole
from torn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.envelope import MAX_RESEALED, Envelope
from app.domain.fields import Fields
from app.domain.refusal import Refused

MAGIC = b"backhaul events 1\n"
_LENGTH, _DIGEST = 4, 32
# What JSON may make of the largest event.
_MOST = 8 * MAX_RESEALED


@dataclass(frozen=True, slots=True)
class Stored:
    """The five stored parts of an event before anybody has judged them."""

    header: bytes
    facts: bytes
    private: bytes | None
    salt: bytes | None
    sig: bytes


def framed(envelope: Envelope) -> bytes:
    """One event as it stands in a file."""
    parts = {
        "header": envelope.header.decode(),
        "facts": envelope.facts.decode(),
        "private": envelope.private.decode() if envelope.private is not None else None,
        "salt": envelope.salt.hex() if envelope.salt is not None else None,
        "sig": envelope.sig.hex(),
    }
    body = json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()
    return len(body).to_bytes(_LENGTH, "big") + hashlib.sha256(body).digest() + body


def unframed(file: BinaryIO) -> Iterator[Stored]:
    """Every whole event of a file, up to the first torn frame; then `file` stands behind the last whole one.

    Raises:
        Refused: `framing.strange` when the file does not begin as such a file does.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise Refused(
            "framing.strange",
            "Read a file that does not begin as a file of events.",
            "Expected one that a station wrote: an export, or a second copy.",
            "Check the name.",
        )
    at = file.tell()
    while (body := _frame(file)) is not None:
        try:
            found = _stored(Fields(json.loads(body), "event"))
        except (ValueError, Refused):
            break
        at = file.tell()
        yield found
    file.seek(at)


def _frame(file: BinaryIO) -> bytes | None:
    head = file.read(_LENGTH + _DIGEST)
    length = int.from_bytes(head[:_LENGTH], "big")
    if len(head) != _LENGTH + _DIGEST or length > _MOST:
        return None
    body = file.read(length)
    return body if hashlib.sha256(body).digest() == head[_LENGTH:] else None


def _stored(f: Fields) -> Stored:
    private, salt = f.raw().get("private"), f.maybe_text("salt")
    return Stored(
        header=f.text("header").encode(),
        facts=f.text("facts").encode(),
        private=f.text("private").encode() if private is not None else None,
        salt=bytes.fromhex(salt) if salt is not None else None,
        sig=bytes.fromhex(f.text("sig")),
    )
