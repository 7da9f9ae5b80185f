"""All units of a play: what is there of each item, whose it is, and what left."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime

from sync.central.rules.allocation_policy import DEFAULT, AllocationPolicy, kept_back
from sync.central.rules.cover import Cover
from sync.central.rules.eligible import NOTHING, Eligible
from sync.central.rules.promise import BASKET, RESERVED, Claimed
from sync.central.rules.simulation.holding import Holding
from sync.central.rules.simulation.shapes import World
from sync.central.rules.simulation.standing import Standing


class Stockroom:
    """The holdings of a world under a policy, and what allotments count as a channel's own.

    `covers` are the holdings' covers by item, `left` the units of each item that left.
    """

    def __init__(self, world: World, policy: AllocationPolicy) -> None:
        self._world = world
        self._policy = policy
        # Units held, by item and channel, and shipped with their time: what allotments count as a channel's.
        self._of_channel: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._gone: defaultdict[str, list[tuple[datetime, str, int]]] = defaultdict(list)
        self.left: Counter[str] = Counter()
        self._today = ""
        self._holdings = self._at_first()
        self.covers: Mapping[str, Cover] = _Covers(self.holding, self._holdings)

    def holdings(self) -> list[tuple[str, Holding]]:
        """Every item's."""
        return list(self._holdings.items())

    def dawn(self, today: str) -> list[str]:
        """A date begins; the items of which promised units are past theirs now."""
        self._today, found = today, list[str]()
        for sku, holding in self._holdings.items():
            holding.today = today
            if holding.dated:
                holding.stale()
                if holding.lost:
                    found.append(sku)
        return found

    def rules(self) -> dict[str, Eligible]:
        """What the records of items ask of their units today."""
        return {sku: self.holding(sku).rule for sku in self._world.asks}

    def promise(self, standing: Standing, claims: Iterable[Claimed]) -> None:
        """A line was promised units; the covers have them already."""
        for claim in claims:
            self._holdings[claim.item].held[claim.scope] += claim.qty
            self._count_for(claim, standing.line.order.channel, claim.qty)

    def hope(self, sku: str) -> bool:
        """Whether anybody could get a unit of an item, some channel's allotment or a graded one perhaps."""
        if self.holding(sku).cover.spare():
            return True
        kit = self._world.kits.get(sku, ())
        return bool(kit) and all(self.holding(part.sku).cover.spare() >= part.qty for part in kit)

    def kept(self, policy: AllocationPolicy, skus: Iterable[str], at: datetime) -> dict[str, dict[str, int]]:
        """Units that each channel has not taken yet of its allotment."""
        found = dict[str, dict[str, int]]()
        for sku in skus:
            allotted = policy.allotted(sku, self._world.categories.get(sku, DEFAULT), at)
            if not allotted:
                continue
            starts = {allotment.channel: allotment.since for allotment in allotted}
            sent = Counter[str]()
            for when, channel, qty in self._gone[sku]:
                since = starts.get(channel)
                if since is not None and when >= since:
                    sent[channel] += qty
            found[sku] = kept_back(allotted, at, self.holding(sku).sellable, self._of_channel[sku], sent)
        return found

    def free(self, standing: Standing, claims: Iterable[Claimed]) -> set[str]:
        """Units a line held are anybody's again; the items."""
        freed = set[str]()
        for claim in claims:
            holding = self._holdings[claim.item]
            holding.held[claim.scope] -= claim.qty
            holding.stale()
            self._count_for(claim, standing.line.order.channel, -claim.qty)
            freed.add(claim.item)
        return freed

    def leave(self, standing: Standing, at: datetime) -> None:
        """Promised units that were really shipped by now go for good."""
        units = min(standing.held, standing.out - standing.left)
        if units <= 0:
            return
        channel = standing.line.order.channel
        for claim in standing.give(units):
            self._holdings[claim.item].leave(claim.scope, claim.qty)
            self._count_for(claim, channel, -claim.qty)
            self.left[claim.item] += claim.qty
            if claim.scope.grade is None:
                self._gone[claim.item].append((at, channel, claim.qty))
        standing.left += units

    def _count_for(self, claim: Claimed, channel: str, qty: int) -> None:
        # Allotments are of units as new; what is told by its grade is beside them.
        if claim.scope.grade is None:
            self._of_channel[claim.item][channel] += qty

    def _at_first(self) -> dict[str, Holding]:
        world = self._world
        fixed = defaultdict(list)
        for claim in world.fixed:
            fixed[claim.sku].append(claim)
            if claim.kind in {RESERVED, BASKET} and claim.scope.grade is None:
                self._of_channel[claim.sku][claim.channel] += claim.qty
        for entry in world.shipped:
            self._gone[entry.sku].append((entry.at, entry.channel, entry.qty))
        parts = (part.sku for kit in world.kits.values() for part in kit)
        skus = {*world.opening, *world.kits, *parts, *(line.sku for line in world.lines), *fixed}
        return {
            sku: Holding.of(
                world.opening.get(sku, {}), fixed[sku], self._safety(sku), world.asks.get(sku, NOTHING)
            )
            for sku in sorted(skus)
        }

    def _safety(self, sku: str) -> int:
        rule = self._policy.category(self._world.categories.get(sku, DEFAULT))
        return self._world.safety.get(sku, 0) or rule.safety or 0

    def holding(self, sku: str) -> Holding:
        """The units of an item."""
        found = self._holdings.get(sku)
        if found is None:
            asks = self._world.asks.get(sku, NOTHING)
            found = self._holdings[sku] = Holding.of({}, (), self._safety(sku), asks)
            found.today = self._today
        return found


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
