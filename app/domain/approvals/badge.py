"""A badge: 128 bits that somebody carries, and the name under which a record knows it without having them."""

from __future__ import annotations

import hashlib

from app.domain.approvals.wrapping import BADGE_SIZE

_TAG = b"backhaul/badge/v1\n"


def badge_digest(secret: bytes) -> str:
    """What a badge is known by (hexadecimal SHA-256); nobody finds 128 drawn bits from it.

    Raises:
        ValueError: a secret of another size, which could be found.
    """
    if len(secret) != BADGE_SIZE:
        raise ValueError(f"{len(secret)} bytes on a badge, {BADGE_SIZE} are needed")
    return hashlib.sha256(_TAG + secret).hexdigest()
