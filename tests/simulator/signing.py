"""Which signatures a world is made with: the real ones, or a keyed hash that stands in for them.

The stand-in is put in the place of the curve for the length of a block, in a test's process only. It still
refuses what was changed, made by another key or for another purpose; what it cannot do is keep a secret,
since its key is the public one. Nothing of the product looks which one is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from unittest.mock import patch

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.signing import Ed25519Signer, Verifier
from sync.wire import signatures

_SIZE = 64


class Signing(StrEnum):
    """What signs."""

    REAL = "real"
    STANDIN = "standin"


@contextmanager
def signing(how: Signing) -> Iterator[None]:
    """All signatures of this block are made and held so."""
    if how is Signing.REAL:
        yield
        return
    with (
        patch.multiple(Ed25519Signer, __init__=_signer, sign=_sign),
        patch.multiple(Verifier, __init__=_verifier, holds=_holds),
        patch.object(signatures, "Ed25519PublicKey", _PublicKey),
    ):
        yield


def _mac(key: bytes, message: bytes) -> bytes:
    return hashlib.blake2b(message, digest_size=_SIZE, key=key).digest()


def _signer(self: Ed25519Signer, seed: bytes) -> None:
    self.public_key = hashlib.sha256(seed).digest()


def _sign(self: Ed25519Signer, tag: bytes, message: bytes) -> bytes:
    return _mac(self.public_key, tag + message)


def _verifier(self: Verifier, public_key: bytes) -> None:
    self._key = public_key  # type: ignore[assignment]  # the stand-in's own


def _holds(self: Verifier, tag: bytes, message: bytes, signature: bytes) -> bool:
    return signature == _mac(self._key, tag + message)  # type: ignore[arg-type]  # as above


class _PublicKey:
    """What the library of signed requests asks a public key for."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def from_public_bytes(cls, key: bytes) -> _PublicKey:
        return cls(key)

    def verify(self, signature: bytes, data: bytes) -> None:
        if signature != _mac(self._key, data):
            raise InvalidSignature


# The library asks whether a key is one of the curve's.
Ed25519PublicKey.register(_PublicKey)
