"""Ed25519 over a purpose tag and the stored bytes; keys stay behind a small protocol.

The tag is a different domain text per purpose, so that a signature made for one thing never passes for
another.
"""

from __future__ import annotations

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

EVENT_TAG = b"backhaul/event/v1\n"
KEY_SIZE = 32


class Signer(Protocol):
    """Whoever holds a private key."""

    @property
    def public_key(self) -> bytes:
        """The 32 raw bytes of the Ed25519 public key."""

    def sign(self, tag: bytes, message: bytes) -> bytes:
        """The 64-byte signature over tag and message."""


class Ed25519Signer:
    """A signer whose key is in memory."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, tag: bytes, message: bytes) -> bytes:
        """The 64-byte signature over tag and message."""
        return self._key.sign(tag + message)


class Verifier:
    """A public key taken once and used for many signatures."""

    def __init__(self, public_key: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    def holds(self, tag: bytes, message: bytes, signature: bytes) -> bool:
        """True when the signature was made by this key over exactly tag and message."""
        try:
            self._key.verify(signature, tag + message)
        except InvalidSignature:
            return False
        return True
