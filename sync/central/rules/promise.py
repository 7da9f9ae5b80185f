"""What can be promised: available to promise, and the grant of units to order lines.

Only units in the status sellable whose grade is as good as new count, unless a line asks for a grade; each
unit left out has its reason. Lines are granted one after the other from one cover an item, so that a unit
granted to one line is gone for the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cover

RESERVED, BASKET, SAFETY, KEPT = "reserved", "basket", "safety", "kept for channels"


@dataclass(frozen=True, slots=True)
class Pool:
    """One owner's units of one item that are sellable as new, and the claims on them."""

    sellable: int = 0
    reserved: int = 0
    basket: int = 0
    safety: int = 0


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


def why_left_out(status: str, why: str) -> str:
    """The same for a sentence: a quarantine says that it is one."""
    words = why.replace("_", " ")
    return f"in quarantine for {words}" if status == "quarantined" and why != status else words


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that a line holds: `per` units of an item for each unit of the line, above 1 only in kits."""

    item: str
    scope: Scope
    qty: int
    per: int = 1


@dataclass(frozen=True, slots=True)
class Want:
    """What one line asks for: units, perhaps by serial, of a kit, within a scope, for a channel."""

    line: int
    sku: str
    qty: int
    kit: tuple[Component, ...] = ()
    serials: tuple[str, ...] = ()
    scope: Scope = ANY
    channel: str = ""

    @property
    def of_parts(self) -> Scope:
        """Where a kit's components may come from: lot, serial and grade are the kit's own."""
        return self.scope if self.scope.is_open else Scope(site=self.scope.site, fresh=self.scope.fresh)


@dataclass(frozen=True, slots=True)
class Grant:
    """What one order line gets: `own` units of its item, `assembled` kits.

    `serials` are the units it named, each with the site where it stands: the claim stays with that unit when
    another of the same serial turns up elsewhere. `rooms` are the units of its item, and of each component
    of a kit, that could be had just before.
    """

    want: Want
    own: int
    assembled: int = 0
    serials: Mapping[str, str | None] = field(default_factory=dict)
    rooms: tuple[int, ...] = field(default=(), compare=False)

    @property
    def qty(self) -> int:
        """Units of the line."""
        return self.own + self.assembled

    def claims(self) -> tuple[Claimed, ...]:
        """What it holds: one claim an item, or one a named serial."""
        want = self.want
        own: tuple[Claimed, ...] = ()
        if self.serials:
            scopes = (_named(want, serial, site) for serial, site in self.serials.items())
            own = tuple(Claimed(want.sku, scope, 1) for scope in scopes)
        elif self.own:
            own = (Claimed(want.sku, want.scope, self.own),)
        if not self.assembled:
            return own
        parts = (Claimed(p.sku, want.of_parts, self.assembled * p.qty, p.qty) for p in want.kit)
        return (*own, *parts)


@dataclass(slots=True)
class Offer:
    """What is free while lines are granted.

    `serials` are those, by item, that nobody claims, each with its unit's site. `kept` are units that an item
    keeps for a channel and that the channel has not claimed yet (below zero beyond them); other channels are
    not promised them.
    """

    covers: Mapping[str, Cover]
    serials: Mapping[str, dict[str, str | None]] = field(default_factory=dict)
    kept: Mapping[str, dict[str, int]] = field(default_factory=dict)

    def promise(self, sku: str, kit: Iterable[Component] = (), scope: Scope = ANY, channel: str = "") -> int:
        """Units of an item that could be granted now: its own and what components make."""
        room, parts = self.room(sku, scope, channel), tuple(kit)
        return room + self.kits(Want(0, sku, 0, parts, (), scope, channel)) if parts else room

    def room(self, sku: str, scope: Scope = ANY, channel: str = "") -> int:
        """Units of an item itself that could be granted within a scope to a channel."""
        cover = self.covers.get(sku)
        if cover is None:
            return 0
        room = cover.room(scope)
        kept = self.kept_from(channel, sku) if self.kept else 0
        if kept and scope.grade is None and scope.supply is None:
            # What is kept may be any of the units as new, those of the scope among them.
            room = min(room, cover.room(ANY) - kept)
        return max(0, room)

    def any_room(self, sku: str, kit: Iterable[Component] = ()) -> bool:
        """Whether some channel could be granted a unit: what is kept is kept for somebody."""
        parts = tuple(kit)
        rooms = [self.covers[part.sku].room(ANY) // part.qty for part in parts if part.sku in self.covers]
        whole = bool(parts) and len(rooms) == len(parts) and min(rooms) > 0
        return whole or (sku in self.covers and self.covers[sku].room(ANY) > 0)

    def kept_from(self, channel: str, sku: str) -> int:
        """Units of an item that other channels' allotments keep from a channel."""
        return sum(max(0, units) for other, units in self.kept.get(sku, {}).items() if other != channel)

    def kits(self, want: Want) -> int:
        """Complete kits that free components make; none when it is no kit, or one of a lot or grade."""
        return _whole(want, self._parts(want))

    def grant(self, want: Want) -> Grant:
        """Takes what a line can get, its own item's units before assembled ones."""
        room = self.room(want.sku, want.scope, want.channel)
        most = min(want.qty, room)
        if want.serials:
            got = self._by_name(want, most)
            return Grant(want, len(got), 0, got, (room,))
        self._take(want, want.sku, want.scope, most)
        if not want.kit:
            return Grant(want, most, rooms=(room,))
        parts = self._parts(want)
        assembled = min(want.qty - most, _whole(want, parts))
        for part in want.kit:
            self._take(want, part.sku, want.of_parts, assembled * part.qty)
        return Grant(want, most, assembled, rooms=(room, *parts))

    def _parts(self, want: Want) -> tuple[int, ...]:
        """What could be had of each component of a kit."""
        if want.scope.lot is not None or want.scope.grade is not None:
            # Components make a kit as new, and of no lot.
            return ()
        return tuple(self.room(part.sku, want.of_parts, want.channel) for part in want.kit)

    def withdraw(self, grant: Grant) -> None:
        """Gives what a line was granted back, as if it had never asked."""
        for claim in grant.claims():
            self.covers[claim.item].release(RESERVED, claim.scope, claim.qty)
            self._count(claim.item, grant.want.channel, claim.scope, -claim.qty)
        self.serials.get(grant.want.sku, {}).update(grant.serials)

    def _by_name(self, want: Want, most: int) -> dict[str, str | None]:
        free, got = self.serials.get(want.sku, {}), dict[str, str | None]()
        for serial in want.serials:
            if len(got) < most and serial in free:
                # `most` is what there is room for in all; whether this unit is among it shows by placing it.
                scope = _named(want, serial, free[serial])
                if self.covers[want.sku].place(RESERVED, scope, 1):
                    self._count(want.sku, want.channel, scope, 1)
                    got[serial] = free.pop(serial)
        return got

    def _take(self, want: Want, sku: str, scope: Scope, qty: int) -> None:
        if not qty:
            return
        if self.covers[sku].place(RESERVED, scope, qty) != qty:
            raise RuntimeError(f"{qty} of {sku} were free and are not")
        self._count(sku, want.channel, scope, qty)

    def _count(self, sku: str, channel: str, scope: Scope, qty: int) -> None:
        """Counts units as new on what is kept for a channel; others were never part of it."""
        kept = self.kept.get(sku)
        if kept and channel in kept and scope.grade is None and scope.supply is None:
            kept[channel] -= qty


def _named(want: Want, serial: str, site: str | None) -> Scope:
    return replace(want.scope, serial=serial, site=want.scope.site or site)


def grant_all(wants: Sequence[Want], offer: Offer) -> tuple[Grant, ...]:
    """Grants lines in their order."""
    return tuple(offer.grant(want) for want in wants)


def _whole(want: Want, rooms: Sequence[int]) -> int:
    return min((room // part.qty for part, room in zip(want.kit, rooms, strict=False)), default=0)
