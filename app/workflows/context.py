"""Who works at a station, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bench:
    """Who and where: the owner of the goods, this bench's location code and its two-digit number."""

    station: str
    owner: str
    site: str
    location: str
    operator: str
    session: str
