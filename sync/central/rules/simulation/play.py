"""Playing a world under a policy: whoever comes gets what is free, whatever comes goes to who ranks first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge

from app.domain.clock import to_text
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.promise import RESERVED, Claimed, Offer
from sync.central.rules.simulation.shapes import (
    Arrived,
    Happening,
    Left,
    Line,
    LineKey,
    Outcome,
    Supplied,
    World,
)
from sync.central.rules.simulation.standing import Standing
from sync.central.rules.simulation.stockroom import Stockroom

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
        self._today = ""
        self._kits_of: defaultdict[str, set[str]] = defaultdict(set)
        for kit, parts in world.kits.items():
            for part in parts:
                self._kits_of[part.sku].add(kit)
        self._room = Stockroom(world, policy)

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
                    self._room.holding(sku).change(cell, qty)
                skus = {sku for sku, _, _ in changes}
                self._settle(skus, at)
            case Arrived(at, lines):
                standings = [self._begin(line, at) for line in lines]
                self._try(standings, self._offer(standings, at), at)
            case Left(at, key, qty):
                standing = self._lines[key]
                standing.out += qty
                self._room.leave(standing, at)
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
            offer = Offer(self._room.covers, {line.sku: self._room.holding(line.sku).serials()})
            self._granted(standing, offer, min(line.kept, standing.open), self._world.start)

    def _settle(self, skus: Collection[str], at: datetime) -> None:
        """After units came or went: promises on what is gone are taken back, what is free is given."""
        freed = set(skus)
        for sku in sorted(skus):
            if self._room.holding(sku).lost:
                freed |= self._take_back(sku, at)
        self._fill(sorted(freed), at)

    def _new_day(self, at: datetime) -> None:
        today = to_text(at)[:_DATE]
        if today == self._today:
            return
        self._today = today
        for sku in self._room.dawn(today):
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
                self._promise(standing, standing.take(grant, at), at)
            return
        for _, grant in grants:
            offer.withdraw(grant)

    def _granted(self, standing: Standing, offer: Offer, most: int, at: datetime) -> None:
        asking = standing.asking()
        grant = offer.grant(asking if most == asking.qty else replace(asking, qty=most))
        if grant.qty:
            self._promise(standing, standing.take(grant, at), at)

    def _promise(self, standing: Standing, claims: Iterable[Claimed], at: datetime) -> None:
        self._room.promise(standing, claims)
        self._note(standing)
        self._room.leave(standing, at)

    def _fill(self, skus: Collection[str], at: datetime) -> None:
        """Gives what is free of these items, and of kits of them, to the lines that wait, by rank."""
        near = {*skus, *(kit for sku in skus for kit in self._kits_of.get(sku, ()))}
        waiting = [standing for sku in sorted(near) for standing in self._waiting[sku].values()]
        hopeful = {sku for sku in near if self._waiting[sku] and self._room.hope(sku)}
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
            if not self._room.hope(standing.line.sku):
                hopeful.discard(standing.line.sku)

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
        serials = {sku: self._room.holding(sku).serials() for sku in named}
        return Offer(
            self._room.covers,
            serials,
            self._room.kept(self._policy, skus, at) if self._policy.allotments else {},
            self._room.rules(),
        )

    # --- taking back and leaving --------------------------------------------------------------------------

    def _take_back(self, sku: str, at: datetime) -> set[str]:
        """Takes promises back until they fit, from whoever ranks last; the items that became free by it."""
        holding, freed = self._room.holding(sku), {sku}
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
                    freed |= self._room.free(standing, claims)
                    standing.lose()
                    self._note(standing)
        return freed

    # --- the two ends -------------------------------------------------------------------------------------

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
        holdings = self._room.holdings()
        return Played(
            outcomes,
            {sku: holding.units for sku, holding in holdings},
            {sku: sum(holding.held.values()) for sku, holding in holdings},
            dict(self._room.left),
        )
