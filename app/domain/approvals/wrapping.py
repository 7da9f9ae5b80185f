"""An approver's key at rest: opened only by a PIN, a badge and the station together.

A PIN alone has a million values, which a thief of the disk tries in an hour of many computers. So the
wrapping key is made of three things: what the PIN is stretched to, the badge's secret of 128 bits, and the
station's pepper of 256 bits, which is kept outside the database. The sealed key names its approver and
station, so that a copy is of no use elsewhere even to somebody who has all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.signing import KEY_SIZE, Ed25519Signer

SALT_SIZE, NONCE_SIZE = 16, 12
BADGE_SIZE, PEPPER_SIZE = 16, 32
STRETCHED_SIZE = 32
_WRAPPING_SIZE = 32
_INFO = b"backhaul/approval/wrapped-key/v1"


class Stretch(Protocol):
    """Makes of a PIN a secret that costs its guesser time and memory."""

    def stretch(self, pin: str, salt: bytes) -> bytes:
        """`STRETCHED_SIZE` bytes, the same for the same PIN and salt."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What has to be there to open a key: the badge's secret and the station's pepper."""

    badge: bytes
    pepper: bytes

    def __post_init__(self) -> None:
        """Refuses secrets that are shorter than what makes them hard to guess."""
        if len(self.badge) != BADGE_SIZE or len(self.pepper) != PEPPER_SIZE:
            raise ValueError(f"a badge secret of {BADGE_SIZE} and a pepper of {PEPPER_SIZE} bytes are needed")


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A sealed key of one approver at one station; `salt` and `nonce` are no secrets."""

    approver: str
    station: str
    public_key: bytes
    salt: bytes
    nonce: bytes
    sealed: bytes


def wrap(
    seed: bytes, of: tuple[str, str], opening: tuple[str, Secrets], stretch: Stretch, noise: bytes
) -> WrappedKey:
    """Seals a key.

    Args:
        seed: the secret of the key, 32 bytes.
        of: approver and station.
        opening: the PIN, and the other secrets.
        stretch: what stretches the PIN.
        noise: fresh unpredictable bytes, `SALT_SIZE + NONCE_SIZE` of them.
    """
    if len(noise) != SALT_SIZE + NONCE_SIZE:
        raise ValueError(f"{len(noise)} bytes of noise, {SALT_SIZE + NONCE_SIZE} are needed")
    salt, nonce = noise[:SALT_SIZE], noise[SALT_SIZE:]
    approver, station = of
    sealed = AESGCM(_wrapping_key(opening, salt, stretch)).encrypt(nonce, seed, _bound(approver, station))
    public_key = Ed25519Signer(seed).public_key
    return WrappedKey(approver, station, public_key, salt, nonce, sealed)


def unwrap(
    wrapped: WrappedKey, station: str, opening: tuple[str, Secrets], stretch: Stretch
) -> bytearray | None:
    """The secret of the key, to be wiped by the caller; None when anything is not as it was when sealed.

    Args:
        wrapped: as it is stored.
        station: the station that this is, whatever the stored row says.
        opening: the PIN, and the other secrets.
        stretch: what stretches the PIN.
    """
    cipher = AESGCM(_wrapping_key(opening, wrapped.salt, stretch))
    try:
        seed = bytearray(cipher.decrypt(wrapped.nonce, wrapped.sealed, _bound(wrapped.approver, station)))
    except (InvalidTag, ValueError):  # the latter: a nonce or a sealed key of a length that is none
        return None
    if len(seed) != KEY_SIZE or Ed25519Signer(bytes(seed)).public_key != wrapped.public_key:
        return None
    return seed


def _wrapping_key(opening: tuple[str, Secrets], salt: bytes, stretch: Stretch) -> bytes:
    pin, secrets = opening
    parts = stretch.stretch(pin, salt) + secrets.badge + secrets.pepper
    return HKDF(algorithm=SHA256(), length=_WRAPPING_SIZE, salt=salt, info=_INFO).derive(parts)


def _bound(approver: str, station: str) -> bytes:
    # A name may hold the sign between them: the length tells where the first ends.
    return f"{len(approver)}|{approver}|{station}".encode()
