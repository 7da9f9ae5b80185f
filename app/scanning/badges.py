"""Badge codes: what a badge's barcode holds, and back.

A payload is `XN`, 32 letters and a check letter. The sixteen letters stand for half a byte each and sit on
the same key of QWERTY, AZERTY and QWERTZ keyboards, as those of the commands do. Whoever photographs a badge
has its secret: it opens nothing without the PIN.
"""

from __future__ import annotations

from app.domain.approvals.wrapping import BADGE_SIZE
from app.scanning.faults import Broken, Fault

PREFIX = "XN"
ALPHABET = "BCDEFGHIJLNOPRST"
_LENGTH = len(PREFIX) + 2 * BADGE_SIZE + 1
# A prime above every position, so that one wrong letter or a swap of neighbours changes the sum.
_MODULUS = 37
_CHECKS = "BCDEFGHIJKLNOPRSTUVX"


def payload(secret: bytes) -> str:
    """What the badge of a secret prints.

    Raises:
        ValueError: a secret of another size.
    """
    if len(secret) != BADGE_SIZE:
        raise ValueError(f"{len(secret)} bytes on a badge, {BADGE_SIZE} are needed")
    body = "".join(ALPHABET[half] for byte in secret for half in (byte >> 4, byte & 15))
    return f"{PREFIX}{body}{_check(body)}"


def parse(raw: str) -> bytes | None:
    """The secret of a badge's payload in any case; None for anything of another shape.

    Raises:
        Broken: a badge that was read wrong.
    """
    text = raw.upper() if raw.isascii() else raw
    if len(text) != _LENGTH or not text.startswith(PREFIX):
        return None
    body = text[len(PREFIX) : -1]
    if not set(body) <= set(ALPHABET):
        return None
    if _check(body) != text[-1]:
        raise Broken(Fault.BADGE, "Its last letter does not fit the rest.", "Scan the badge again.")
    halves = [ALPHABET.index(sign) for sign in body]
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))


def _check(body: str) -> str:
    total = sum(place * (ALPHABET.index(sign) + 1) for place, sign in enumerate(body, 1))
    return _CHECKS[total % _MODULUS % len(_CHECKS)]
