"""What can be promised: available to promise, and the grant of units to order lines.

Only units in the status sellable whose grade is as good as new count, unless a line asks for a grade; each
unit left out has its reason, and none is promised that is too close to its date for its own item. Lines are
granted one after the other from one cover an item, so that a unit granted to one line is gone for the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cover
from sync.central.rules.eligible import ANYTHING, Eligible

RESERVED, BASKET, SAFETY, KEPT = "reserved", "basket", "safety", "kept for channels"
_SEVERAL = 2


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


def why_excluded(status: str, reason: str, grade: str, asked: str | None = None) -> str:
    """The reason in words: a quarantine's own reason, the grade (not the one asked for), or the status."""
    if status == "sellable" and asked is not None:
        return f"{f'grade {grade}' if grade else 'no grade'}, and grade {asked} is asked for"
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
    """What one line asks for: units, perhaps by serial, of a kit, in a scope, for a channel, to a region."""

    line: int
    sku: str
    qty: int
    kit: tuple[Component, ...] = ()
    serials: tuple[str, ...] = ()
    scope: Scope = ANY
    channel: str = ""
    region: str | None = None


Parts = tuple[Claimed, ...]
"""The claims on components that make one kit, all at one site."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one order line gets: `own` units of its item, and kits put together.

    `made` has how many kits are put together of which claims; those of one site are told apart from others.
    `serials` are the units it named, each with the site where it stands: the claim stays with that unit when
    another of the same serial turns up elsewhere. `rooms` are the units of its item, and of each component
    of a kit, that could be had just before.
    """

    want: Want
    own: int
    made: tuple[tuple[Parts, int], ...] = ()
    serials: Mapping[str, str | None] = field(default_factory=dict)
    rooms: tuple[int, ...] = field(default=(), compare=False)

    @property
    def assembled(self) -> int:
        """Kits put together from components."""
        return sum(kits for _, kits in self.made)

    @property
    def qty(self) -> int:
        """Units of the line."""
        return self.own + self.assembled

    @property
    def apart(self) -> bool:
        """True when no site had the components of one more kit, which it asked for."""
        return len(self.rooms) > 1 and self.qty < self.want.qty

    def claims(self) -> tuple[Claimed, ...]:
        """What it holds: one claim an item and site, or one a named serial."""
        want = self.want
        own: tuple[Claimed, ...] = ()
        if self.serials:
            scopes = (_named(want, serial, site) for serial, site in self.serials.items())
            own = tuple(Claimed(want.sku, scope, 1) for scope in scopes)
        elif self.own:
            own = (Claimed(want.sku, want.scope, self.own),)
        return (*own, *(part for parts, kits in self.made for part in times(parts, kits)))


def times(parts: Parts, kits: int) -> Parts:
    """The claims of so many kits alike."""
    return tuple(Claimed(part.item, part.scope, part.qty * kits, part.per) for part in parts)


@dataclass(slots=True)
class Offer:
    """What is free while lines are granted.

    `serials` are those, by item, that nobody claims, each with its unit's site. `kept` are units that an item
    keeps for a channel and that the channel has not claimed yet (below zero beyond them); other channels are
    not promised them. `rules` is what items' own records ask; it holds for whoever asks, and for components
    and substitutes too. `dates` are, by item and None for any, until when units must be good for whoever asks
    now, in place of what the record asks today: as he was promised them before, or as his channel wants them.
    """

    covers: Mapping[str, Cover]
    serials: Mapping[str, dict[str, str | None]] = field(default_factory=dict)
    kept: Mapping[str, dict[str, int]] = field(default_factory=dict)
    rules: Mapping[str, Eligible] = field(default_factory=dict)
    dates: Mapping[str, str | None] = field(default_factory=dict)

    def under(self, dates: Mapping[str, str | None]) -> Offer:
        """The same units for somebody for whom other dates hold."""
        return replace(self, dates={**self.dates, **dates})

    def within(self, sku: str, scope: Scope = ANY) -> Scope:
        """The scope without units that are too close to their date for whoever asks."""
        if sku in self.dates:
            return Eligible(self.dates[sku]).within(scope)
        return self.today(sku, scope)

    def today(self, sku: str, scope: Scope = ANY) -> Scope:
        """The scope without units that are too close to their date by the item's own record, as of today."""
        return self.rules.get(sku, ANYTHING).within(scope)

    def restriction(self, sku: str, kit: Iterable[Component], region: str | None) -> tuple[str, str] | None:
        """The item, this one or a component of it, that may not go to a region, and the restriction."""
        for item in (sku, *(part.sku for part in kit)):
            found = self.rules.get(item, ANYTHING).restriction(region)
            if found is not None:
                return item, found
        return None

    def promise(self, sku: str, kit: Iterable[Component] = (), scope: Scope = ANY, channel: str = "") -> int:
        """Units of an item that could be granted now: its own and what components make."""
        room, parts = self.room(sku, scope, channel), tuple(kit)
        return room + self.kits(Want(0, sku, 0, parts, (), scope, channel)) if parts else room

    def room(self, sku: str, scope: Scope = ANY, channel: str = "") -> int:
        """Units of an item itself that could be granted within a scope to a channel."""
        cover = self.covers.get(sku)
        if cover is None:
            return 0
        room = cover.room(self.within(sku, scope))
        kept = self.kept_from(channel, sku) if self.kept else 0
        if kept and scope.grade is None and scope.supply is None:
            # What is kept may be any of the units that can be promised today, those of the scope among them.
            today = cover.room(self.today(sku))
            beyond = cover.room(self.within(sku)) - today if sku in self.dates else 0
            room = min(room, max(0, today - kept) + max(0, beyond))
        return max(0, room)

    def any_room(self, sku: str, kit: Iterable[Component] = ()) -> bool:
        """Whether some channel could be granted a unit: what is kept is kept for somebody."""
        free = replace(self, serials={}, kept={}) if self.kept else self
        asked = Want(0, sku, 1, tuple(kit))
        return free.room(sku) > 0 or any(free.whole(asked, site) for site in free.sites(asked))

    def kept_from(self, channel: str, sku: str) -> int:
        """Units of an item that other channels' allotments keep from a channel."""
        return sum(max(0, units) for other, units in self.kept.get(sku, {}).items() if other != channel)

    def grant(self, want: Want) -> Grant:
        """Takes what a line can get, its own item's units before assembled ones."""
        want = self.narrowed(want)
        if want.region is not None and self.restriction(want.sku, want.kit, want.region):
            return Grant(want, 0)
        room = self.room(want.sku, want.scope, want.channel)
        most = min(want.qty, room)
        if want.serials:
            got = self._by_name(want, most)
            return Grant(want, len(got), (), got, (room,))
        self._take(want, want.sku, want.scope, most)
        if not want.kit:
            return Grant(want, most, rooms=(room,))
        parts = self._parts(want)
        return Grant(want, most, self._assemble(want, want.qty - most), rooms=(room, *parts))

    def narrowed(self, want: Want) -> Want:
        """What is asked for without units that are too close to their date."""
        scope = self.within(want.sku, want.scope)
        return want if scope is want.scope else replace(want, scope=scope)

    def withdraw(self, grant: Grant) -> None:
        """Gives what a line was granted back, as if it had never asked."""
        for claim in grant.claims():
            self.covers[claim.item].release(RESERVED, claim.scope, claim.qty)
            self._count(claim.item, grant.want.channel, claim.scope, -claim.qty)
        self.serials.get(grant.want.sku, {}).update(grant.serials)

    # --- kits ---------------------------------------------------------------------------------------------

    def kits(self, want: Want) -> int:
        """Complete kits that free components make, each at one site, to a want of any quantity.

        It is what `grant` would give. Claims that leave the site open are moved out of the way of one site
        after the other: up to two sites that is the most there could be; with more of them, and components
        that stand in each other's way at different sites, it may be less than the most, and never more.
        """
        sites = self.sites(want)
        if len(sites) < _SEVERAL:
            return sum(self.whole(want, site) for site in sites)
        apart = {part.sku: self.covers[part.sku].copy() for part in want.kit}
        kept = {sku: dict(units) for sku, units in self.kept.items() if sku in apart}
        trial = Offer(apart, {}, kept, self.rules, self.dates)
        return sum(trial._take_kits(want, site, trial.whole(want, site))[1] for site in sites)

    def sites(self, want: Want) -> tuple[str | None, ...]:
        """Where a kit could be put together: sites with units of every component; none for a lot or a grade.

        Places the centre does not know are no site, unless it knows of none at all: then all are one.
        """
        if not _assembles(want) or any(part.sku not in self.covers for part in want.kit):
            return ()
        if want.scope.site is not None:
            return (want.scope.site,)
        at = [self.covers[part.sku].sites for part in want.kit]
        known = frozenset.union(*at) - {None}
        found = sorted(site for site in frozenset.intersection(*at) if site is not None)
        return tuple(found) if known else (None,)

    def whole(self, want: Want, site: str | None) -> int:
        """Complete kits that one site could put together."""
        rooms = (self.room(p.sku, self.of_part(want, p.sku, site), want.channel) // p.qty for p in want.kit)
        return min(rooms, default=0)

    def of_part(self, want: Want, sku: str, site: str | None) -> Scope:
        """The component's units that may be put into a kit at a site: good for as long as kit and it must be.

        Lot, serial and grade are the kit's own.
        """
        fresh = self.within(want.sku, want.scope).fresh
        return self.within(sku, ANY if site is None and fresh is None else Scope(site=site, fresh=fresh))

    def _parts(self, want: Want) -> tuple[int, ...]:
        """What could be had of each component of a kit, wherever it is."""
        scopes = ((part.sku, self.of_part(want, part.sku, want.scope.site)) for part in want.kit)
        return tuple(self.room(*part, want.channel) for part in scopes) if _assembles(want) else ()

    def _assemble(self, want: Want, most: int) -> tuple[tuple[Parts, int], ...]:
        """Claims components for up to `most` kits: at a site that can make all of them, else site by site."""
        found = list[tuple[Parts, int]]()
        sites = self.sites(want) if most else ()
        if len(sites) >= _SEVERAL:
            # One parcel rather than two.
            sites = tuple(sorted(sites, key=lambda site: self.whole(want, site) < most))
        for site in sites:
            made = self._take_kits(want, site, min(most, self.whole(want, site)))
            if made[1]:
                found.append(made)
                most -= made[1]
        return tuple(found)

    def _take_kits(self, want: Want, site: str | None, kits: int) -> tuple[Parts, int]:
        parts = tuple(Claimed(p.sku, self.of_part(want, p.sku, site), p.qty, p.qty) for p in want.kit)
        for part in parts:
            self._take(want, part.item, part.scope, part.qty * kits)
        return parts, kits

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


def _assembles(want: Want) -> bool:
    """Whether components will do: they make a kit as new, and of no lot."""
    return bool(want.kit) and want.scope.lot is None and want.scope.grade is None
