"""Playing a world under a policy: whoever comes gets what is free, whatever comes goes to who ranks first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge

from app.domain.clock import to_text
from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, Wanted
from sync.central.rules.cover import Cover
from sync.central.rules.promise import RESERVED, Claimed, Offer
from sync.central.rules.simulation.holding import Holding
from sync.central.rules.simulation.shapes import (
    Arrived,
    Cancelled,
    Happening,
    Left,
    Line,
    LineKey,
    Outcome,
    Supplied,
    World,
)
from sync.central.rules.simulation.standing import Standing

_DATE = 10


@dataclass(frozen=True, slots=True)
class _Due:
    """A line came within the horizon."""

    at: datetime
    sku: str


@dataclass(frozen=True, slots=True)
class Played:
    """The end of a play: how each line stands, and by item the units that are there, promised, and left."""

    outcomes: dict[LineKey, Outcome]
    there: dict[str, int]
    promised: dict[str, int]
    left: dict[str, int]


def play(world: World, policy: AllocationPolicy, before: AllocationPolicy | None = None) -> Played:
    """Plays a world under a policy; `before` ruled until its start, the same policy when left out."""
    return _Play(world, policy).run(before or policy)


class _Play:
    """One world under one policy, on its way."""

    def __init__(self, world: World, policy: AllocationPolicy) -> None:
        self._world = world
        self._policy = policy
        self._lines: dict[LineKey, Standing] = {}
        self._of_order: defaultdict[int, list[Standing]] = defaultdict(list)
        self._waiting: defaultdict[str, dict[LineKey, Standing]] = defaultdict(dict)
        # Units held, by item and channel, and shipped with their time: what allotments count as a channel's.
        self._of_channel: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._gone: defaultdict[str, list[tuple[datetime, str, int]]] = defaultdict(list)
        self._left: Counter[str] = Counter()
        self._today = ""
        self._kits_of: defaultdict[str, set[str]] = defaultdict(set)
        for kit, parts in world.kits.items():
            for part in parts:
                self._kits_of[part.sku].add(kit)
        self._holdings = self._at_first()
        self._covers = _Covers(self._holding, self._holdings)

    def run(self, before: AllocationPolicy) -> Played:
        """From the start to the end."""
        world, policy = self._world, self._policy
        self._new_day(world.start)
        blocked = [line for line in world.lines if line.order.block is not None]
        if not world.ranked:
            self._policy = before
        for line in world.lines:
            self._begin(line, world.start)
        for line in blocked:
            self._keep(line)
        if not world.ranked:
            for standings in list(self._of_order.values()):
                self._try(standings, self._offer(standings, world.start), world.start)
            self._policy = policy
            for standing in self._lines.values():
                standing.under(policy)
        self._fill(list(self._waiting), world.start)
        for happening in merge(world.happenings, self._dues(), key=lambda entry: entry.at):
            self._new_day(happening.at)
            self._happen(happening)
        return self._end()

    # --- what happens -------------------------------------------------------------------------------------

    def _happen(self, happening: Happening | _Due) -> None:
        match happening:
            case Supplied(at, changes):
                for sku, cell, qty in changes:
                    self._holding(sku).change(cell, qty)
                skus = {sku for sku, _, _ in changes}
                self._settle(skus, at)
            case Arrived(at, lines):
                standings = [self._begin(line, at) for line in lines]
                self._try(standings, self._offer(standings, at), at)
            case Left(at, key, qty):
                standing = self._lines[key]
                standing.out += qty
                self._leave(standing, at)
            case Cancelled(at, key, qty):
                standing = self._lines[key]
                freed = self._free(standing, standing.cancel(qty, at))
                self._note(standing)
                self._fill(freed, at)
            case _Due(at, sku):
                self._fill([sku], at)

    def _begin(self, line: Line, at: datetime) -> Standing:
        standing = Standing.of(line, self._world.kits.get(line.sku, ()), self._policy, at)
        self._lines[line.key] = standing
        self._of_order[line.order.row].append(standing)
        self._note(standing)
        return standing

    def _note(self, standing: Standing) -> None:
        if standing.open:
            self._waiting[standing.line.sku][standing.line.key] = standing
        else:
            self._waiting[standing.line.sku].pop(standing.line.key, None)

    def _keep(self, line: Line) -> None:
        """A blocked order keeps what it had, where the policy says so."""
        block = self._policy.blocks.get(line.order.block or "")
        if line.kept and (block is None or block.keep):
            standing = self._lines[line.key]
            offer = Offer(self._covers, {line.sku: self._holding(line.sku).serials()})
            self._granted(standing, offer, min(line.kept, standing.open), self._world.start)

    def _settle(self, skus: Collection[str], at: datetime) -> None:
        """After units came or went: promises on what is gone are taken back, what is free is given."""
        freed = set(skus)
        for sku in sorted(skus):
            if self._holding(sku).lost:
                freed |= self._take_back(sku, at)
        self._fill(sorted(freed), at)

    def _new_day(self, at: datetime) -> None:
        today = to_text(at)[:_DATE]
        if today == self._today:
            return
        self._today = today
        for sku, holding in list(self._holdings.items()):
            holding.today = today
            if holding.dated:
                holding.stale()
                if holding.lost:
                    self._settle({sku}, at)

    # --- promising ----------------------------------------------------------------------------------------

    def _try(self, standings: Sequence[Standing], offer: Offer, at: datetime) -> None:
        """Gives lines of one order what they can get: all or nothing where the order wants it so."""
        order = standings[0].line.order
        if order.block is not None or order.why_none(self._policy, at):
            return
        if not order.complete(self._policy):
            for standing in standings:
                self._granted(standing, offer, standing.open, at)
            return
        short = [standing for standing in self._of_order[order.row] if standing.open]
        grants = [(standing, offer.grant(standing.asking())) for standing in short]
        for standing, grant in grants:
            if grant.qty < standing.open:
                break
        else:
            for standing, grant in grants:
                self._hold(standing, standing.take(grant, at), at)
            return
        for _, grant in grants:
            offer.withdraw(grant)

    def _granted(self, standing: Standing, offer: Offer, most: int, at: datetime) -> None:
        asking = standing.asking()
        grant = offer.grant(asking if most == asking.qty else replace(asking, qty=most))
        if grant.qty:
            self._hold(standing, standing.take(grant, at), at)

    def _hold(self, standing: Standing, claims: Iterable[Claimed], at: datetime) -> None:
        for claim in claims:
            self._holdings[claim.item].held[claim.scope] += claim.qty
            self._of_channel[claim.item][standing.line.order.channel] += claim.qty
        self._note(standing)
        self._leave(standing, at)

    def _fill(self, skus: Collection[str], at: datetime) -> None:
        """Gives what is free of these items, and of kits of them, to the lines that wait, by rank."""
        near = {*skus, *(kit for sku in skus for kit in self._kits_of.get(sku, ()))}
        waiting = [standing for sku in sorted(near) for standing in self._waiting[sku].values()]
        hopeful = {sku for sku in near if self._waiting[sku] and self._hope(sku)}
        ranked = [standing for standing in waiting if standing.line.sku in hopeful]
        offer = self._offer(ranked, at)
        tried = set[int]()
        for standing in sorted(ranked, key=lambda entry: self._rank(entry, at)):
            if standing.line.sku not in hopeful:
                continue
            row = standing.line.order.row
            if standing.line.order.complete(self._policy):
                if row in tried:
                    continue
                tried.add(row)
            self._try([standing], offer, at)
            if not self._hope(standing.line.sku):
                hopeful.discard(standing.line.sku)

    def _hope(self, sku: str) -> bool:
        """Whether anybody could get a unit of an item, some channel's allotment or a graded one perhaps."""
        if self._holding(sku).cover.spare():
            return True
        kit = self._world.kits.get(sku, ())
        return bool(kit) and all(self._holding(part.sku).cover.spare() >= part.qty for part in kit)

    def _rank(self, standing: Standing, at: datetime) -> tuple[int, datetime, int, int]:
        order = standing.line.order
        return (standing.line.score(self._policy, at).priority, order.placed_at, *standing.line.key)

    def _offer(self, standings: Sequence[Standing], at: datetime) -> Offer:
        """What is free of the items of these lines, and of what all-or-nothing orders want besides."""
        skus = set[str]()
        for standing in standings:
            order = standing.line.order
            mates = self._of_order[order.row] if order.complete(self._policy) else (standing,)
            for mate in mates:
                skus |= {mate.line.sku, *(part.sku for part in mate.want.kit)}
        named = {s.line.sku for s in standings if s.line.serials}
        serials = {sku: self._holding(sku).serials() for sku in named}
        return Offer(self._covers, serials, self._kept(skus, at) if self._policy.allotments else {})

    def _kept(self, skus: Iterable[str], at: datetime) -> dict[str, dict[str, int]]:
        """Units that each channel has not taken yet of its allotment."""
        found = dict[str, dict[str, int]]()
        starts = {a.channel: a.since for a in self._policy.allotments if a.since and a.in_force(at)}
        for sku in skus:
            own = Counter(self._of_channel[sku])
            for when, channel, qty in self._gone[sku] if starts else ():
                if channel in starts and when >= starts[channel]:
                    own[channel] += qty
            wanted = Wanted(sku, self._world.categories.get(sku, DEFAULT), "")
            entries = self._policy.kept_back(wanted, at, self._holding(sku).sellable, own)
            if entries:
                found[sku] = {entry.channel: entry.units for entry in entries}
        return found

    # --- taking back and leaving --------------------------------------------------------------------------

    def _take_back(self, sku: str, at: datetime) -> set[str]:
        """Takes promises back until they fit, from whoever ranks last; the items that became free by it."""
        holding, freed = self._holding(sku), {sku}
        cover = holding.bare()
        holders = [entry for entry in self._lines.values() if any(c.item == sku for c in entry.claims())]
        for standing in sorted(holders, key=lambda entry: self._rank(entry, at)):
            for claim in standing.claims():
                if claim.item != sku:
                    continue
                placed = cover.place(RESERVED, claim.scope, claim.qty)
                if placed < claim.qty:
                    units, claims = standing.give_of(sku, claim.scope, claim.qty - placed)
                    cover.release(RESERVED, claim.scope, placed - (claim.qty - units * claim.per))
                    freed |= self._free(standing, claims)
                    standing.lose()
                    self._note(standing)
        return freed

    def _free(self, standing: Standing, claims: Iterable[Claimed]) -> set[str]:
        freed = set[str]()
        for claim in claims:
            holding = self._holdings[claim.item]
            holding.held[claim.scope] -= claim.qty
            holding.stale()
            self._of_channel[claim.item][standing.line.order.channel] -= claim.qty
            freed.add(claim.item)
        return freed

    def _leave(self, standing: Standing, at: datetime) -> None:
        """Promised units that were really shipped by now go for good."""
        units = min(standing.held, standing.out - standing.left)
        if units <= 0:
            return
        channel = standing.line.order.channel
        for claim in standing.give(units):
            self._holdings[claim.item].leave(claim.scope, claim.qty)
            self._of_channel[claim.item][channel] -= claim.qty
            self._left[claim.item] += claim.qty
        standing.left += units
        self._gone[standing.line.sku].append((at, channel, units))

    # --- the two ends -------------------------------------------------------------------------------------

    def _at_first(self) -> dict[str, Holding]:
        world = self._world
        fixed = defaultdict(list)
        for claim in world.fixed:
            fixed[claim.sku].append(claim)
            if claim.kind == RESERVED and claim.scope.grade is None:
                self._of_channel[claim.sku][claim.channel] += claim.qty
        for entry in world.shipped:
            self._gone[entry.sku].append((entry.at, entry.channel, entry.qty))
        skus = {*world.opening, *world.kits, *self._kits_of, *(line.sku for line in world.lines), *fixed}
        return {
            sku: Holding.of(world.opening.get(sku, {}), fixed[sku], self._safety(sku)) for sku in sorted(skus)
        }

    def _safety(self, sku: str) -> int:
        rule = self._policy.category(self._world.categories.get(sku, DEFAULT))
        return self._world.safety.get(sku, 0) or rule.safety or 0

    def _holding(self, sku: str) -> Holding:
        found = self._holdings.get(sku)
        if found is None:
            found = self._holdings[sku] = Holding.of({}, (), self._safety(sku))
            found.today = self._today
        return found

    def _dues(self) -> list[_Due]:
        """When lines that wait for their day come within the horizon."""
        days, world = self._policy.horizon_days, self._world
        if days is None:
            return []
        later = (line for entry in world.happenings if isinstance(entry, Arrived) for line in entry.lines)
        found = set[tuple[datetime, str]]()
        for line in (*world.lines, *later):
            if line.order.asked.ship_by is not None:
                at = line.order.asked.ship_by - timedelta(days=days)
                if world.start < at < world.end:
                    found.add((at, line.sku))
        return [_Due(at, sku) for at, sku in sorted(found)]

    def _end(self) -> Played:
        end, policy = self._world.end, self._policy
        outcomes = {
            key: standing.outcome(end, standing.line.order.why_none(policy, end))
            for key, standing in self._lines.items()
        }
        return Played(
            outcomes,
            {sku: holding.units for sku, holding in self._holdings.items()},
            {sku: sum(holding.held.values()) for sku, holding in self._holdings.items()},
            dict(self._left),
        )


class _Covers(Mapping[str, Cover]):
    """The covers of a play, each made when it is asked for."""

    def __init__(self, holding: Callable[[str], Holding], skus: Collection[str]) -> None:
        self._holding = holding
        self._skus = skus

    def __getitem__(self, sku: str) -> Cover:
        return self._holding(sku).cover

    def __iter__(self) -> Iterator[str]:
        return iter(self._skus)

    def __len__(self) -> int:
        return len(self._skus)
