"""A renewal that a station owes, and what it still has: shapes that need no database."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Due:
    """A renewal that is owed: its token, why, and the name of this database file from now on.

    Token and name are 32 hexadecimal digits each; the cause is a word of the protocol.
    """

    token: str
    cause: str
    install_id: str


@dataclass(frozen=True, slots=True)
class Torn:
    """An event whose bytes on this disk are not those that were sealed here: its `seq`, and the bytes."""

    seq: int
    header: bytes
    facts: bytes
    private: bytes | None
    salt: bytes | None
    sig: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is on this disk: its `seq`, its id, and the digest of what it says."""

    seq: int
    event_id: str
    content: str
