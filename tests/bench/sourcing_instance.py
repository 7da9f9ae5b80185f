"""The fixed instance for sourcing: a thousand orders, five sites, two hundred items, unevenly spread stock.

Order and site lie on a square of 1,000 km. A parcel costs 5.00 and 0.008 a km, each unit 0.12, a line that
nobody ships 100.00; a line is never split. The same seed always gives the same instance.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime

from sync.central.rules.sourcing.shapes import Answer, Line, Need, Policy, Rate, Site, Wave

SEED = 424242
BEST_KNOWN_MINOR = 972_800
"""What a general solver found in 100 s on 8 threads; nothing costs less than 962,301."""

_SIDE_KM = 1_000
_SKUS = 200
_LABOUR = (0.42, 0.34, 0.30, 0.26, 0.22)
_SLACK = 1.15
_PARCEL_MINOR = 500
_KM_MINOR = 0.8
_UNIT_MINOR = 12
_UNSERVED_MINOR = 10_000
_NOW = datetime(2026, 3, 2, tzinfo=UTC)

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Instance:
    """The wave, and what a parcel costs by order and site, as whole minor units."""

    wave: Wave
    parcel_minor: dict[tuple[str, str], int]


def generated(orders: int = 1_000, seed: int = SEED) -> Instance:
    """The instance; smaller ones have fewer orders and less of everything."""
    chance = random.Random(seed)
    places = {f"S{n}": _point(chance) for n in range(len(_LABOUR))}
    needs, homes = list[Need](), dict[str, Point]()
    for number in range(orders):
        skus = chance.sample(range(_SKUS), chance.choice((1, 1, 2, 2, 3, 4)))
        code = f"{number:05}"
        homes[code] = _point(chance)
        lines = tuple(Line(n, f"K{sku:03}", chance.choice((1, 1, 1, 2, 3))) for n, sku in enumerate(skus, 1))
        needs.append(Need(code, lines, placed=code))
    stock = dict[tuple[str, str], int]()
    for sku in (f"K{n:03}" for n in range(_SKUS)):
        wanted = sum(line.qty for need in needs for line in need.lines if line.sku == sku)
        stock |= {(site, sku): units for site, units in zip(places, _spread(chance, wanted), strict=True)}
    parcel = {
        (code, site): round(_PARCEL_MINOR + _KM_MINOR * math.dist(home, place))
        for code, home in homes.items()
        for site, place in places.items()
    }
    sites = tuple(Site(code, math.ceil(orders * share)) for code, share in zip(places, _LABOUR, strict=True))
    policy = Policy(unserved_minor=_UNSERVED_MINOR, max_parcels=len(sites))

    def freight(need: Need, site: Site) -> Rate:
        return Rate(parcel[need.order, site.code], _UNIT_MINOR)

    return Instance(Wave(sites, tuple(needs), stock, _NOW, policy, freight), parcel)


def _point(chance: random.Random) -> Point:
    return (chance.randrange(_SIDE_KM), chance.randrange(_SIDE_KM))


def _spread(chance: random.Random, wanted: int) -> list[int]:
    """Somewhat more than is wanted, over the sites; what does not divide goes to the largest share."""
    total = math.ceil(wanted * _SLACK) + 1
    weights = [chance.random() ** 2 + 0.02 for _ in _LABOUR]
    units = [int(total * weight / sum(weights)) for weight in weights]
    units[weights.index(max(weights))] += total - sum(units)
    return units


def judged(instance: Instance, answer: Answer) -> tuple[int, int]:
    """What an answer costs and how many lines it leaves, worked out anew from its parcels alone.

    Raises:
        ValueError: it uses what is not there, or leaves open where a line comes from.
    """
    wave = instance.wave
    stock, labour = dict(wave.stock), {site.code: site.parcels_left or 0 for site in wave.sites}
    cost, waiting = 0, 0
    plans = {plan.order: plan for plan in answer.plans}
    for need in wave.needs:
        shipped = [(parcel.site, piece) for parcel in plans[need.order].parcels for piece in parcel.pieces]
        for site in {site for site, _ in shipped}:
            labour[site] -= 1
            cost += instance.parcel_minor[need.order, site]
        for line in need.lines:
            from_sites = [
                site for site, piece in shipped if piece.line == line.line and piece.own == line.qty
            ]
            if len(from_sites) > 1 or (line.line in plans[need.order].unserved) == bool(from_sites):
                raise ValueError(f"order {need.order} line {line.line} is shipped from {from_sites}")
            for site in from_sites:
                stock[site, line.sku] -= line.qty
            waiting += not from_sites
            cost += _UNIT_MINOR * line.qty if from_sites else _UNSERVED_MINOR
    if min(*stock.values(), *labour.values()) < 0:
        raise ValueError("more is used than there is")
    return cost, waiting
