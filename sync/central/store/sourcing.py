"""What a wave has to source: orders that may be released, their claims as needs, the units behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, or_, select

from app.domain.clock import from_text
from app.domain.item import Component
from app.domain.reservation import Scope
from sync.central.rules.allocation_policy import AllocationPolicy
from sync.central.rules.cover import Cover
from sync.central.rules.line_claims import LineClaim, by_line, kits_of, of_line, units
from sync.central.rules.promise import RESERVED
from sync.central.rules.sourcing.shapes import Line, Need, Policy, Site, Wave
from sync.central.store import orders, parcels
from sync.central.store.order_claims import spreads
from sync.central.store.sites import freight
from sync.central.store.tables import customer_order, item, reservation

_UNLIMITED = 99


@dataclass(frozen=True, slots=True)
class Ready:
    """An order that may be released, and its claims that stand in no parcel, put into what is sourced whole.

    `groups` are the claims behind each line of its need, by that line's number; `margin` is what they earn in
    minor units, `complete` that all of them leave or none, `most` how many parcels it may be.
    """

    order: Row[Any]
    groups: Mapping[int, tuple[LineClaim, ...]]
    margin: int = 0
    complete: bool = False
    most: int = _UNLIMITED

    @property
    def claims(self) -> tuple[LineClaim, ...]:
        """All of them."""
        return tuple(claim for group in self.groups.values() for claim in group)


def eligible(conn: Connection, owner: str, until: str) -> Sequence[Row[Any]]:
    """Orders that are open, not blocked, wanted until then and have something claimed, as they rank."""
    return conn.execute(_eligible, {"owner": owner, "until": until}).all()


def ready(conn: Connection, rows: Sequence[Row[Any]], policy: AllocationPolicy, most: int) -> list[Ready]:
    """The first of these orders that have claims in no parcel.

    One that is filled completely or not at all, or of a channel that ships complete, is ready once all of it
    is claimed and here. One that has as many parcels as it may have gets no more.
    """
    claimed = spreads(conn, [row.id for row in rows])
    limits = {row.id: _limit(row, policy) for row in rows}
    has = parcels.counted(conn, [order for order, limit in limits.items() if limit < _UNLIMITED])
    weight = policy.sourcing.margin_weight_percent
    found = list[Ready]()
    for row in rows:
        free, parcels_left = claimed[row.id].free, limits[row.id] - has.get(row.id, 0)
        if free and parcels_left > 0 and len(found) < most:
            complete = row.fill == "complete" or policy.channel(row.channel).ship_complete
            lines = orders.lines_of(conn, row.id) if complete or weight else ()
            to_come = by_line(claimed[row.id].to_come)
            if not complete or all(_whole(line, to_come.get(line.line, 0)) for line in lines):
                margin = _margin(conn, lines, free) * weight // 100 if weight else 0
                found.append(Ready(row, _groups(free), margin, complete, parcels_left))
    return found


def _limit(row: Row[Any], policy: AllocationPolicy) -> int:
    """How many parcels an order may be in all."""
    return min(row.most_parcels or _UNLIMITED, policy.split.most_parcels or _UNLIMITED)


def _whole(line: Row[Any], to_come: int) -> bool:
    """Whether all of a line has left or could leave now."""
    return line.sku is None or line.qty == line.reserved - to_come + line.shipped + line.cancelled


def _groups(free: Sequence[LineClaim]) -> dict[int, tuple[LineClaim, ...]]:
    """Own units under one scope make a group; so do serials of one site, and components that go together."""
    own: dict[tuple[int, Scope], list[LineClaim]] = {}
    for claim in free:
        if claim.own:
            # Named units stand where they stand: which of them leave from there is no question.
            what = replace(claim.scope, serial="") if claim.scope.serial else claim.scope
            own.setdefault((claim.line, what), []).append(claim)
    made = [parts for line in dict.fromkeys(c.line for c in free) for parts in kits_of(of_line(free, line))]
    found = sorted([*map(tuple, own.values()), *made], key=lambda group: group[0].line)
    return dict(enumerate(found, 1))


def _margin(conn: Connection, lines: Sequence[Row[Any]], free: Sequence[LineClaim]) -> int:
    """What the claimed units earn over what they are worth, in minor units; nothing where no price is."""
    prices = {line.line: line for line in lines if line.unit_minor is not None}
    skus = sorted({claim.sku for claim in free if claim.line in prices})
    if not skus:
        return 0
    worth = {row.sku: row.value_minor for row in conn.execute(_worth, {"skus": skus})}
    lines_of = {claim.line: [c for c in free if c.line == claim.line] for claim in free}
    return sum(
        max(0, prices[line].unit_minor - worth.get(prices[line].sku, 0)) * units(mine)
        for line, mine in lines_of.items()
        if line in prices
    )


def wave_of(
    some: Sequence[Ready],
    sites: Sequence[Site],
    covers: Mapping[str, Cover],
    policy: AllocationPolicy,
    now: datetime,
) -> Wave:
    """The orders as needs with whole lines, and what each site has for them beside what others claim.

    Units that a claim narrows down (a lot, a grade, a site) are a stock of their own.
    """
    free = _without(covers, [claim for entry in some for claim in entry.claims])
    needs, stock = list[Need](), dict[tuple[str, str], int]()
    for entry in some:
        lines, code = [], entry.order.code
        for number, group in entry.groups.items():
            lines.append(_line(code, number, group))
            scopes = {(_name(code, claim), claim.item, claim.scope) for claim in group}
            for site in sites:
                rooms = Counter[str]()
                for name, sku, scope in scopes:
                    if (site.code, name) not in stock:
                        rooms[name] += _room(free[sku], scope, site.code)
                stock.update({(site.code, name): room for name, room in rooms.items()})
        needs.append(_need(entry, tuple(lines)))
    return Wave(tuple(sites), tuple(needs), stock, now, _weights(policy), freight)


def _without(covers: Mapping[str, Cover], claims: Collection[LineClaim]) -> dict[str, Cover]:
    found = {sku: covers[sku].copy() for sku in {claim.item for claim in claims}}
    for claim in claims:
        found[claim.item].release(RESERVED, claim.scope, claim.qty)
    return found


def _room(cover: Cover, scope: Scope, site: str) -> int:
    return cover.room(replace(scope, site=site)) if scope.site in {None, site} else 0


def _name(order: str, claim: LineClaim) -> str:
    """What a claim's units are called: those that may be met from different ones are not mixed up."""
    narrow = claim.scope.to_json()
    if claim.scope.serial is not None:
        narrow["serial"] = f"serials of {order} line {claim.line}"
    return f"{claim.item} ({', '.join(narrow.values())})" if narrow else claim.item


def _line(order: str, number: int, group: Sequence[LineClaim]) -> Line:
    first = group[0]
    if first.own:
        return Line(number, _name(order, first), sum(claim.qty for claim in group))
    parts = tuple(Component(_name(order, part), part.per) for part in group)
    # Units of the kit itself are claimed by another line: this one is put together.
    return Line(number, f"{first.sku} from components", first.qty // first.per, parts)


def _need(entry: Ready, lines: tuple[Line, ...]) -> Need:
    order = entry.order
    return Need(
        order=order.code,
        lines=lines,
        placed=f"{order.placed_at} {order.id:012}",
        priority=order.priority,
        zone=order.zone or "",
        service=order.service_level or "",
        promised=from_text(order.wanted_by) if order.wanted_by else None,
        margin_minor=entry.margin,
        ship_complete=entry.complete,
        max_parcels=entry.most,
        sites=frozenset([order.site]) if order.site else None,
    )


def _weights(policy: AllocationPolicy) -> Policy:
    """How the allocation policy weighs costs."""
    split = policy.split
    return Policy(
        late_minor=policy.sourcing.lateness_minor_per_day,
        max_parcels=_UNLIMITED,
        most_split_minor=split.split_cost_minor,
    )


_eligible = (
    select(customer_order)
    .where(
        customer_order.c.state == "open",
        customer_order.c.owner == bindparam("owner"),
        customer_order.c.ship == "later",
        customer_order.c.block.is_(None),
        or_(customer_order.c.wanted_by.is_(None), customer_order.c.wanted_by <= bindparam("until")),
        exists().where(reservation.c.order == customer_order.c.id),
    )
    .order_by(customer_order.c.priority, customer_order.c.placed_at, customer_order.c.id)
)
_worth = select(item.c.sku, item.c.value_minor).where(item.c.sku.in_(bindparam("skus", expanding=True)))
