"""Granting a line anew that had units: those under the dates they were promised under, more as of today.

A day that passes makes no unit too old for whoever was promised it already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from app.domain.item import Component
from sync.central.rules.line_claims import Promised
from sync.central.rules.promise import Grant, Offer, Want


def grant_anew(want: Want, before: Iterable[Promised], offer: Offer) -> list[Grant]:
    """What a line gets in its turn, its claims being taken off; each grant goes by its own dates.

    Args:
        want: all units it asks for now, those it had among them.
        before: the units it had.
        offer: what is free; what is granted is taken.
    """
    found = list[Grant]()
    for part in before:
        its = replace(want, qty=min(part.qty, want.qty - units_of(found)), serials=part.serials)
        if its.qty > 0:
            found.append(offer.under(part.fresh).grant(its))
    named = {serial for grant in found for serial in grant.serials}
    left = tuple(serial for serial in want.serials if serial not in named)
    rest = replace(want, qty=want.qty - units_of(found), serials=left)
    if rest.qty > 0 and (left or not want.serials):
        found.append(offer.grant(rest))
    return found


def dates_of(
    held: Iterable[tuple[str, str | None]], kits: Mapping[str, Sequence[Component]]
) -> dict[str, str | None]:
    """Until when units of each item must be good for who holds some: the earliest that he was promised.

    Args:
        held: (item, date) of each claim.
        kits: components by kit; of a kit all of whose components are held, the earliest of theirs.
    """
    found = dict[str, str]()
    for item, fresh in held:
        found[item] = min(found.get(item, fresh or ""), fresh or "")
    for kit, parts in kits.items():
        if kit not in found and all(part.sku in found for part in parts):
            found[kit] = min(found[part.sku] for part in parts)
    return {item: fresh or None for item, fresh in found.items()}


def units_of(grants: Sequence[Grant]) -> int:
    """Units of the line in all of them."""
    return sum(grant.qty for grant in grants)
