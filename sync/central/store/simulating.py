"""Simulation before change: a candidate allocation policy over open orders or a past period, in one look.

Items that do not hang together are read and played in batches, so that memory follows the batch and not the
ledger. Nothing is written: the connection may be one that cannot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from app.domain.clock import to_text
from app.domain.item import Component
from app.domain.refusal import Refused
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.eligible import NOTHING
from sync.central.rules.simulation import (
    Arrived,
    Comparison,
    Groups,
    Happening,
    Left,
    LineKey,
    Policies,
    Shipped,
    Supplied,
    World,
    play,
)
from sync.central.store.allocation_policy import policy_in_force
from sync.central.store.allotting import categories
from sync.central.store.item_rules import asks_of
from sync.central.store.kits import components
from sync.central.store.prepared import asking
from sync.central.store.simulated_orders import (
    Head,
    Taken,
    heads,
    open_orders,
    past_orders,
    shipped_before,
)
from sync.central.store.simulated_reach import Reach
from sync.central.store.simulated_stock import Units, units_now, units_since
from sync.central.store.tables import customer_order, item

_BATCH = 2_000
_SHOWN = 10
MOST_LINES = 1_000_000
"""Lines beyond this are not simulated in one go."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is asked: a candidate, whose orders, and over what (`since` None is the open orders).

    `channels` and `skus` narrow what is counted and listed, all when empty; `most` lines are listed that gain
    most, and that lose most. More than `most_read` order lines are refused.
    """

    owner: str
    candidate: AllocationPolicy
    since: datetime | None = None
    until: datetime | None = None
    channels: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    most: int = 20
    most_read: int = MOST_LINES


def simulate(conn: Connection, asked: Simulation, now: datetime, batch: int = _BATCH) -> dict[str, object]:
    """Who would gain and lose by a candidate policy.

    Raises:
        Refused: the period does not end after its start or not yet, or there are too many lines.
    """
    since, until = _period(asked, now)
    in_force = policy_in_force(conn)
    comparison = Comparison(
        Policies(in_force, asked.candidate, since or now), asked.most, asked.channels, asked.skus
    )
    reader = _Reader(conn, asked, Reach(asked.owner, in_force, since, until))
    for world in reader.worlds(batch):
        before = play(world, in_force)
        after = play(world, asked.candidate, in_force)
        comparison.add(before.outcomes, after.outcomes)
    over = {"open_at": to_text(now)} if since is None else {"from": to_text(since), "to": to_text(until)}
    return {
        "owner": asked.owner,
        "over": over,
        "policy": {"before": in_force.version, "after": asked.candidate.version},
        **comparison.result(),
    }


def sole_owner(conn: Connection) -> str:
    """The one owner who has orders.

    Raises:
        Refused: there are none, or several.
    """
    owners = conn.scalars(_owners).all()
    if len(owners) != 1:
        raise Refused(
            "simulation.owner",
            f"Read the orders of {', '.join(owners[:_SHOWN]) or 'nobody'}.",
            "Expected one owner.",
            "Name whose orders are meant.",
        )
    return str(owners[0])


def _period(asked: Simulation, now: datetime) -> tuple[datetime | None, datetime]:
    if asked.since is None:
        return None, now
    until = asked.until or now
    if not asked.since < until <= now:
        raise Refused(
            "simulation.period",
            f"Read the period from {to_text(asked.since)} to {to_text(until)}.",
            f"Expected one that ends after its start and by now ({to_text(now)}).",
            "Correct from and to.",
        )
    return asked.since, until


class _Reader:
    """One look at what is simulated, in batches of items that hang together."""

    def __init__(self, conn: Connection, asked: Simulation, reach: Reach) -> None:
        self._conn = conn
        self._asked = asked
        self._reach = reach
        self._policies = (reach.policy, asked.candidate)

    def worlds(self, batch: int) -> Iterator[World]:
        """Everything that has lines, group by group."""
        groups, kits = self._groups()
        wanted = frozenset(self._asked.skus)
        for skus in groups.batches(batch):
            chosen = [group for group in groups.of(skus) if not wanted or not wanted.isdisjoint(group)]
            if chosen:
                yield from self._batch(chosen, kits)

    def _groups(self) -> tuple[Groups, dict[str, tuple[Component, ...]]]:
        groups = Groups()
        last, together = -1, list[str]()
        with heads(self._conn, self._reach) as found:
            for lines, head in enumerate(found):
                if lines == self._asked.most_read:
                    raise _too_many(lines)
                if head.order != last:
                    groups.join(together)
                    last, together = head.order, []
                groups.join([head.sku])
                if self._complete(head):
                    together.append(head.sku)
        groups.join(together)
        skus = sorted(groups)
        kits = dict[str, tuple[Component, ...]]()
        for start in range(0, len(skus), _BATCH):
            some = [row.sku for row in _kits.rows(self._conn, skus=skus[start : start + _BATCH])]
            kits |= components(self._conn, some)
        for kit, parts in kits.items():
            groups.join([kit, *(part.sku for part in parts)])
        return groups, kits

    def _complete(self, head: Head) -> bool:
        """Whether it is all or nothing under either policy."""
        said = head.fill if head.fill != self._reach.policy.channel(head.channel).fill else None
        return any((said or policy.channel(head.channel).fill) == "complete" for policy in self._policies)

    def _batch(
        self, groups: Sequence[Sequence[str]], kits: Mapping[str, tuple[Component, ...]]
    ) -> Iterator[World]:
        conn, skus = self._conn, [sku for group in groups for sku in group]
        reach = replace(self._reach, skus=skus, kits=kits)
        if reach.since is None:
            taken = open_orders(conn, reach)
            units = units_now(conn, reach, _named(taken))
        else:
            taken = past_orders(conn, reach)
            units, supplied = units_since(conn, reach, _named(taken))
            taken.happenings += supplied
        records = _records.rows(conn, skus=skus)
        safety = {row.sku: row.safety for row in records if row.safety}
        asks = {row.sku: found for row in records if (found := asks_of(row.document)) != NOTHING}
        documents, of_category = {row.sku: row.document for row in records}, dict[str, str]()
        for policy in self._policies:
            of_category |= categories(policy, documents)
        parts = _Parts(groups, taken, units, self._shipped(reach))
        for number, group in enumerate(groups):
            yield World(
                start=reach.since or reach.until,
                end=reach.until,
                opening={sku: units[sku] for sku in group if sku in units},
                lines=parts.lines[number],
                happenings=parts.happenings(number),
                fixed=parts.fixed[number],
                kits={sku: kits[sku] for sku in group if sku in kits},
                safety={sku: safety[sku] for sku in group if sku in safety},
                asks={sku: asks[sku] for sku in group if sku in asks},
                categories={sku: of_category[sku] for sku in group if sku in of_category},
                shipped=parts.shipped[number],
                ranked=reach.since is None,
            )

    def _shipped(self, reach: Reach) -> list[Shipped]:
        starts = [a.since for policy in self._policies for a in policy.allotments if a.since is not None]
        if not starts or min(starts) >= (reach.since or reach.until):
            return []
        return shipped_before(self._conn, reach, min(starts))


class _Parts:
    """What was read of a batch, by group."""

    def __init__(
        self, groups: Sequence[Sequence[str]], taken: Taken, units: Units, shipped: Iterable[Shipped]
    ) -> None:
        of = {sku: number for number, group in enumerate(groups) for sku in group}
        self.lines, self.fixed, self.shipped = defaultdict(list), defaultdict(list), defaultdict(list)
        self._arrived: defaultdict[int, list[Happening]] = defaultdict(list)
        self._others: defaultdict[int, list[Happening]] = defaultdict(list)
        self._units = units
        of_line = dict[LineKey, int]()
        for line in taken.lines:
            self.lines[of[line.sku]].append(line)
            of_line[line.key] = of[line.sku]
        for claim in taken.fixed:
            self.fixed[of[claim.sku]].append(claim)
        for entry in shipped:
            self.shipped[of[entry.sku]].append(entry)
        for happening in taken.happenings:
            if isinstance(happening, Arrived):
                for number, part in _split(happening.lines, lambda line: of[line.sku]):
                    self._arrived[number].append(Arrived(happening.at, part))
                    of_line |= dict.fromkeys((line.key for line in part), number)
        for happening in taken.happenings:
            match happening:
                case Left(_, key, _):
                    self._others[of_line[key]].append(happening)
                case Supplied(at, changes):
                    for number, some in _split(changes, lambda change: of[change[0]]):
                        self._others[number].append(Supplied(at, some))

    def happenings(self, group: int) -> list[Happening]:
        """In the order of time; of one instant supply first, then orders, then what left of them."""
        found = [*self._others[group], *self._arrived[group]]
        found.sort(key=lambda entry: (entry.at, _PLACE[type(entry)]))
        return found


_PLACE: Mapping[type, int] = {Supplied: 0, Arrived: 1, Left: 2}


def _split(entries: Iterable[Any], group_of: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for entry in entries:
        found[group_of(entry)].append(entry)
    return ((number, tuple(some)) for number, some in found.items())


def _named(taken: Taken) -> dict[str, set[str]]:
    """The serials, by item, that a line or a claim names."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    arrived = (line for entry in taken.happenings if isinstance(entry, Arrived) for line in entry.lines)
    for line in (*taken.lines, *arrived):
        found[line.sku].update(line.serials)
    for claim in taken.fixed:
        if claim.scope.serial is not None:
            found[claim.sku].add(claim.scope.serial)
    return found


def _too_many(most: int) -> Refused:
    return Refused(
        "simulation.too_large",
        f"Read more than {most} order lines to simulate.",
        "Expected fewer.",
        "Choose a shorter period, or ask by backhaul central simulate, which takes more.",
    )


_owners = select(customer_order.c.owner).distinct().order_by(customer_order.c.owner)
_kits = asking(lambda among: select(item.c.sku).where(among(item.c.sku, "skus"), item.c.is_kit))
_records = asking(
    lambda among: select(item.c.sku, item.c.safety, item.c.document).where(among(item.c.sku, "skus"))
)
