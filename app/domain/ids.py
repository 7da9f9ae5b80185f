"""Identities made where the thing happens: UUIDv7 (RFC 9562), time first so that they index well."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

_VERSION_7 = 0x7
_VARIANT = 0b10
_NOISE_SIZE = 10


class Ids(Protocol):
    """The only source of fresh identities and salts."""

    def event_id(self, now_ms: int) -> str:
        """A new UUIDv7 for something that happened at `now_ms`."""

    def secret(self, size: int) -> bytes:
        """`size` unpredictable bytes."""


def uuid7(now_ms: int, noise: bytes) -> UUID:
    """A UUIDv7 from 48 bits of milliseconds and ten bytes of noise; fewer are a defect of the caller."""
    if len(noise) < _NOISE_SIZE:
        raise ValueError(f"{len(noise)} bytes of noise, {_NOISE_SIZE} are needed")
    rand = int.from_bytes(noise[:_NOISE_SIZE], "big")
    rand_a = rand >> 68 & 0xFFF
    rand_b = rand & (1 << 62) - 1
    value = (now_ms & (1 << 48) - 1) << 80 | _VERSION_7 << 76 | rand_a << 64 | _VARIANT << 62 | rand_b
    return UUID(int=value)
