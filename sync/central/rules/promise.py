"""What can be promised: available to promise, and the grant of units to order lines.

Only units in the status sellable whose grade is as good as new count; each unit left out has its reason.
Lines are granted one after the other from one pool an item, so that a unit granted to one line is gone for
the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.domain.item import Component


@dataclass(frozen=True, slots=True)
class Pool:
    """One owner's units of one item that are sellable as new, and the claims on them."""

    sellable: int = 0
    reserved: int = 0
    basket: int = 0
    safety: int = 0

    @property
    def free(self) -> int:
        """Available to promise; below zero when claims exceed what is there."""
        return self.sellable - self.reserved - self.basket - self.safety

    @property
    def short(self) -> int:
        """Units that are claimed by orders and not there."""
        return max(0, self.reserved - self.sellable)


@dataclass(frozen=True, slots=True)
class Excluded:
    """Units inside the building that are not promised, and why."""

    status: str
    reason: str
    grade: str
    qty: int


def why_excluded(status: str, reason: str, grade: str) -> str:
    """The reason in words: a quarantine's own reason, the grade, or the status."""
    if status == "sellable":
        return f"grade {grade} is not sold as new"
    return reason or {
        "return_pending": "not yet dispositioned",
        "damaged": "damaged",
        "refurbish": "waits for repair",
        "in_transit": "on its way",
        "disposed": "left for good",
    }.get(status, status)


@dataclass(frozen=True, slots=True)
class Want:
    """What one order line asks for: units, perhaps by serial, perhaps a kit made of components."""

    line: int
    sku: str
    qty: int
    kit: tuple[Component, ...] = ()
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """What one order line gets: `own` units of its item (with `serials` when named), `assembled` kits."""

    want: Want
    own: int
    assembled: int = 0
    serials: tuple[str, ...] = ()

    @property
    def qty(self) -> int:
        """Units of the line."""
        return self.own + self.assembled


@dataclass(slots=True)
class Offer:
    """What is free while lines are granted: units per item and the serials among them that nobody claims."""

    free: dict[str, int]
    serials: Mapping[str, set[str]] = field(default_factory=dict)

    def promise(self, sku: str, kit: Iterable[Component] = ()) -> int:
        """Units of an item that could be granted now: its own and what components make."""
        return max(0, self.free.get(sku, 0)) + self.kits(kit)

    def kits(self, kit: Iterable[Component]) -> int:
        """Complete kits that free components make; none when it is no kit."""
        return min((max(0, self.free.get(part.sku, 0)) // part.qty for part in kit), default=0)

    def grant(self, want: Want) -> Grant:
        """Takes what a line can get, its own item's units before assembled ones."""
        if want.serials:
            named = self.serials.get(want.sku, set())
            most = min(want.qty, max(0, self.free.get(want.sku, 0)))
            got = tuple(s for s in want.serials if s in named)[:most]
            named.difference_update(got)
            self._take(want.sku, len(got))
            return Grant(want, len(got), 0, got)
        own = min(want.qty, max(0, self.free.get(want.sku, 0)))
        self._take(want.sku, own)
        assembled = min(want.qty - own, self.kits(want.kit))
        for part in want.kit:
            self._take(part.sku, assembled * part.qty)
        return Grant(want, own, assembled)

    def _take(self, sku: str, qty: int) -> None:
        if qty:
            self.free[sku] -= qty


def grant_all(wants: Sequence[Want], offer: Offer) -> tuple[Grant, ...]:
    """Grants lines in their order."""
    return tuple(offer.grant(want) for want in wants)
