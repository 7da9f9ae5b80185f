"""Reservations: claims on stock that can be promised. They are rows that add up, never a status of stock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Claim(StrEnum):
    """How strongly units are claimed: until a time, until a wave gives them to a better one, or for good."""

    BASKET = "basket"
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which units of one owner's item a claim may be met from; what is None is left open.

    Without a `grade` units sold as new are meant, without a `supply` units that are here. `supply` names a
    dated line that is still to come, as `PO-7:1`. `fresh` is a date (ISO 8601) until which a unit must be
    good.
    """

    site: str | None = None
    lot: str | None = None
    serial: str | None = None
    grade: str | None = None
    supply: str | None = None
    fresh: str | None = None

    @property
    def is_open(self) -> bool:
        """True when any unit sold as new will do."""
        return self == ANY

    def to_json(self) -> dict[str, str]:
        """The parts that are set."""
        parts = {name: getattr(self, name) for name in SCOPE_PARTS}
        return {name: value for name, value in parts.items() if value is not None}


SCOPE_PARTS = ("site", "lot", "serial", "grade", "supply", "fresh")
ANY = Scope()


@dataclass(frozen=True, slots=True)
class Reservation:
    """`qty` units of one owner's item claimed for `document` line `line`.

    `per` of them make one unit of the line: above 1 only for a kit's components. `expires` (RFC 3339) ends a
    basket claim.
    """

    owner: str
    item: str
    channel: str
    document: str
    line: int
    qty: int
    claim: Claim = Claim.HARD
    scope: Scope = ANY
    per: int = 1
    expires: str | None = None
