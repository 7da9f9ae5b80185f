"""The keys that certificates of approvers rest on; made anew each time, as they are signed with."""

from __future__ import annotations

from app.domain.signing import Ed25519Signer, Signer


def root_key() -> Signer:
    """The root of all certificates."""
    return Ed25519Signer(b"r" * 32)


def policy_key() -> Signer:
    """The key that certificates are signed with."""
    return Ed25519Signer(b"p" * 32)
