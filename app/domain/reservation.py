"""Reservations: claims on stock that can be promised. They are rows that add up, never a status of stock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Claim(StrEnum):
    """How strongly units are claimed."""

    BASKET = "basket"
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Reservation:
    """`qty` units of one owner's item claimed for `document` line `line`.

    `site`, `lot`, `serial` and `grade` narrow the claim when set; `supply` dates a claim on stock that is not
    here yet; `expires` (RFC 3339) ends a basket claim.
    """

    owner: str
    item: str
    channel: str
    document: str
    line: int
    qty: int
    claim: Claim = Claim.HARD
    site: str | None = None
    lot: str | None = None
    serial: str | None = None
    grade: str | None = None
    supply: str | None = None
    expires: str | None = None
