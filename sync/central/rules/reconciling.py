"""Holding another system's stock against the ledger, as finely as that system tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product


class Why(StrEnum):
    """How the two sides differ."""

    QUANTITY = "quantity"
    UNKNOWN_HERE = "unknown_here"
    UNKNOWN_THERE = "unknown_there"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What units are counted by; empty where it is not told apart. With a location the site is empty."""

    sku: str
    site: str = ""
    location: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """Units of the ledger at one place in one status; `site` is empty for a place nobody described."""

    sku: str
    site: str
    location: str
    status: str
    qty: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One key on which the sides differ; a side that does not know the key has None."""

    key: Key
    ours: int | None
    theirs: int | None
    why: Why


@dataclass(frozen=True, slots=True)
class Compared:
    """How many keys were looked at, and those that differ, in order."""

    keys: int
    differences: tuple[Difference, ...]


def compare(
    theirs: Mapping[Key, int], ours: Iterable[Balance], skus: Collection[str], places: Mapping[str, str]
) -> Compared:
    """Compares both sides.

    A balance is counted towards every key of theirs that it falls under. One that falls under none is known
    here alone; such are added up as finely as the other side tells stock apart.

    Args:
        theirs: units by key.
        ours: every balance of the owner inside its buildings.
        skus: those of `theirs` that are items here.
        places: the site of every location that is known here.
    """
    counted, alone = defaultdict[Key, int](int), defaultdict[Key, int](int)
    by_place = any(key.location for key in theirs)
    by_site = not by_place and any(key.site for key in theirs)
    by_status = any(key.status for key in theirs)
    for balance in ours:
        under = [key for key in _keys(balance) if key in theirs]
        for key in under:
            counted[key] += balance.qty
        if not under:
            site, place = balance.site * by_site, balance.location * by_place
            alone[Key(balance.sku, site, place, balance.status * by_status)] += balance.qty
    sites = set(places.values())
    found = list(_theirs(theirs, counted, skus, places, sites))
    found += [Difference(key, qty, None, Why.UNKNOWN_THERE) for key, qty in alone.items() if qty]
    keys = len(theirs) + sum(1 for qty in alone.values() if qty)
    return Compared(keys, tuple(sorted(found, key=lambda difference: difference.key)))


def _keys(balance: Balance) -> Iterator[Key]:
    wheres = {("", balance.location), (balance.site, ""), ("", "")}
    for (site, location), status in product(wheres, ("", balance.status)):
        yield Key(balance.sku, site, location, status)


def _theirs(
    theirs: Mapping[Key, int],
    counted: Mapping[Key, int],
    skus: Collection[str],
    places: Mapping[str, str],
    sites: Collection[str],
) -> Iterator[Difference]:
    for key, qty in theirs.items():
        here = counted.get(key)
        known = (
            key.sku in skus
            and (not key.location or key.location in places)
            and (not key.site or key.site in sites)
        )
        if here is None and not known:
            yield Difference(key, None, qty, Why.UNKNOWN_HERE)
        elif (here or 0) != qty:
            yield Difference(key, here or 0, qty, Why.QUANTITY)
