"""Events in plain files: framed one by one, so that a file that was cut off anywhere is read up to there.

A file begins with `MAGIC`. A frame is its length (4 bytes, big-endian), the SHA-256 of what follows, and one
event as JSON of its stored parts. Each event is signed and names the one before it; a frame only tells whole
from torn. Behind a frame that a bad disk changed the next one is found by how every body begins, which stands
nowhere inside of one: JSON in JSON has its quotes escaped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from app.domain.envelope import MAX_RESEALED, Envelope
from app.domain.fields import Fields
from app.domain.refusal import Refused

MAGIC = b"backhaul events 1\n"
_LENGTH, _DIGEST = 4, 32
# What JSON may make of the largest event.
_MOST = 8 * MAX_RESEALED
# How `framed` begins each body.
_BEGINS = b'{"header":'
_AT_ONCE = 1 << 20


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


def unframed(file: BinaryIO, damaged: Callable[[int], None] | None = None) -> Iterator[Stored]:
    """Every whole event of a file, up to the first torn frame; then `file` stands behind the last whole one.

    With `damaged`, a torn frame behind which another begins is stepped over, and the place of its first byte
    in the file is told; what ends it then is only what nothing follows.

    Raises:
        Refused: `framing.strange` when the file does not begin as such a file does.
    """
    if file.read(len(MAGIC)) != MAGIC:
        raise strange()
    yield from frames(file, damaged)


def strange() -> Refused:
    """The refusal of a file that is none of ours."""
    return Refused(
        "framing.strange",
        "Read a file that does not begin as a file of events.",
        "Expected one that a station wrote: an export, or a second copy.",
        "Check the name.",
    )


def frames(file: BinaryIO, damaged: Callable[[int], None] | None = None) -> Iterator[Stored]:
    """The same from where `file` stands, which is where a frame begins."""
    at = file.tell()
    while True:
        found = _frame(file)
        if found is None:
            behind = _next(file, at) if damaged is not None else None
            if damaged is None or behind is None:
                break
            damaged(at)
            at = behind
            file.seek(at)
            continue
        at = file.tell()
        yield found
    file.seek(at)


def cut_short(file: BinaryIO) -> bool:
    """True when behind where `file` stands there is at most one frame, which the end of the file cuts off.

    Only that may be written over: anything else may be events that are nowhere else. `file` stands as before.
    """
    at = file.tell()
    head = file.read(_LENGTH + _DIGEST)
    length = int.from_bytes(head[:_LENGTH], "big")
    short = len(head) < _LENGTH + _DIGEST or (length <= _MOST and len(file.read(length)) < length)
    found = short and _next(file, at) is None
    file.seek(at)
    return found


def _frame(file: BinaryIO) -> Stored | None:
    head = file.read(_LENGTH + _DIGEST)
    length = int.from_bytes(head[:_LENGTH], "big")
    if len(head) != _LENGTH + _DIGEST or length > _MOST:
        return None
    body = file.read(length)
    if len(body) != length or hashlib.sha256(body).digest() != head[_LENGTH:]:
        return None
    try:
        return _stored(Fields(json.loads(body), "event"))
    except (ValueError, Refused):
        return None


def _next(file: BinaryIO, torn: int) -> int | None:
    """Where the next frame behind a torn one begins; None when none does."""
    # Where the next body can begin at the earliest: the torn one's own begins right behind its head.
    at = torn + 2 * (_LENGTH + _DIGEST)
    file.seek(at)
    window = b""
    while part := file.read(_AT_ONCE):
        window += part
        found = window.find(_BEGINS)
        if found >= 0:
            return at + found - _LENGTH - _DIGEST
        kept = window[-len(_BEGINS) + 1 :]
        at += len(window) - len(kept)
        window = kept
    return None


def _stored(f: Fields) -> Stored:
    private, salt = f.raw().get("private"), f.maybe_text("salt")
    return Stored(
        header=f.text("header").encode(),
        facts=f.text("facts").encode(),
        private=f.text("private").encode() if private is not None else None,
        salt=bytes.fromhex(salt) if salt is not None else None,
        sig=bytes.fromhex(f.text("sig")),
    )
