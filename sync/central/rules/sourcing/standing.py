"""Whether plans made on an earlier look still hold: the same need, the same sites, units that are free.

What holds is kept as it was found; everything else is to be sourced anew with what that leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sync.central.rules.sourcing.case import Left
from sync.central.rules.sourcing.shapes import Answer, Cell, Explanation, Gain, Need, Plan, Site, Wave


@dataclass(frozen=True, slots=True)
class Planned:
    """A wave as it was looked at, its lines whole, and what was found for it."""

    wave: Wave
    answer: Answer
    gain: Gain


@dataclass(frozen=True, slots=True)
class Standing:
    """What of an earlier answer holds.

    `rest` are the needs to be sourced anew, with the units and parcels that are left for them; `fallen` says
    by order why a plan does not hold.
    """

    kept: tuple[Explanation, ...]
    rest: Wave
    fallen: Mapping[str, str]


def standing(planned: Planned, now: Wave) -> Standing:
    """Holds an earlier answer against the wave as it is now, its lines whole; nothing is used twice."""
    left, compared = Left(now), _Compared(planned.wave, now)
    kept, fallen = list[Explanation](), dict[str, str]()
    for explained in planned.answer.explanations:
        plan = explained.plan
        why = compared.changed(plan)
        used = Counter[Cell]() if why else _uses(compared.needs[plan.order], plan)
        why = why or _lacking(left, used, plan)
        if why:
            fallen[plan.order] = why
            continue
        kept.append(explained)
        for cell, units in used.items():
            left.stock[cell] -= units
        for site in plan.sites:
            left.parcels[site] -= 1
    done = {explained.plan.order for explained in kept}
    rest = replace(
        now,
        needs=tuple(need for need in now.needs if need.order not in done),
        stock=left.stock,
        sites=tuple(_with_left(site, left) for site in now.sites),
    )
    return Standing(tuple(kept), rest, fallen)


class _Compared:
    """A wave as it was looked at beside what it is now."""

    def __init__(self, before: Wave, now: Wave) -> None:
        self.needs = {need.order: need for need in now.needs}
        self._before = {need.order: need for need in before.needs}
        self._policies = before.policy, now.policy
        self._then = {site.code: _terms(site) for site in before.sites}
        self._today = {site.code: _terms(site) for site in now.sites}

    def changed(self, plan: Plan) -> str:
        """Why a plan was made for something else; empty when it was not."""
        if plan.order not in self.needs:
            return "it is none of the orders of this wave any more"
        if self._policies[0] != self._policies[1]:
            return "another allocation policy is in force"
        if _asked(self.needs[plan.order]) != _asked(self._before[plan.order]):
            return "the order or what is reserved for it changed"
        other = next((site for site in plan.sites if self._then[site] != self._today.get(site)), None)
        return f"{other} ships on other terms now" if other else ""


def _asked(need: Need) -> Need:
    """What a plan has to do for an order; its rank only says who is asked first."""
    return replace(need, priority=0)


def _terms(site: Site) -> Site:
    return replace(site, parcels_left=None)


def _uses(need: Need, plan: Plan) -> Counter[Cell]:
    kits = {line.line: line.kit for line in need.lines}
    used = Counter[Cell]()
    for parcel in plan.parcels:
        for piece in parcel.pieces:
            if piece.own:
                # Of a kit that is put together altogether there may be no stock of its own to take from.
                used[parcel.site, piece.sku] += piece.own
            for part in kits.get(piece.line, ()) if piece.assembled else ():
                used[parcel.site, part.sku] += part.qty * piece.assembled
    return used


def _lacking(left: Left, used: Counter[Cell], plan: Plan) -> str:
    """What is not there any more for a plan; empty when all is."""
    for (site, sku), units in used.items():
        if left.stock.get((site, sku), 0) < units:
            return f"{site} does not have {units} of {sku} free any more"
    busy = next((site for site in plan.sites if left.parcels[site] < 1), None)
    return f"the people at {busy} have no time left today" if busy else ""


def _with_left(site: Site, left: Left) -> Site:
    return site if site.parcels_left is None else replace(site, parcels_left=left.parcels[site.code])
