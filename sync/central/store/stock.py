"""Reading stock for a decision: pools, shelves, kits and claims of a few items in four queries."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, bindparam, func, or_, select

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.item import Component
from app.domain.reservation import Claim
from sync.central.rules.picking import Picker, Shelf
from sync.central.rules.promise import Offer, Pool
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.prepared import asking
from sync.central.store.tables import account, balance, item, kit_component, policy, reservation


@dataclass(frozen=True, slots=True)
class Stock:
    """One owner's stock of some items and of the components of those that are kits.

    `claimed` are (item, serial) pairs that orders claim by name; `barred` are units, by item, of such a
    serial beyond the one that is claimed, which nobody gets and no pool counts; `unknown` are items asked
    about that the centre has no record of.
    """

    owner: str
    pools: Mapping[str, Pool]
    shelves: tuple[Shelf, ...]
    kits: Mapping[str, tuple[Component, ...]]
    claimed: frozenset[tuple[str, str]]
    barred: Mapping[str, int]
    unknown: tuple[str, ...]

    def offer(self) -> Offer:
        """What may be granted now."""
        serials: defaultdict[str, set[str]] = defaultdict(set)
        for (sku, serial), units in named_units(self.shelves).items():
            # Which of two units of one serial is meant is for a person to find out first.
            if units == 1 and (sku, serial) not in self.claimed:
                serials[sku].add(serial)
        return Offer({sku: pool.free for sku, pool in self.pools.items()}, serials)

    def picker(self, also_claimed: Iterable[tuple[str, str]] = ()) -> Picker:
        """The shelves, with the units that are claimed by name kept apart."""
        return Picker(self.shelves, self.claimed.union(also_claimed))

    def kit(self, sku: str | None) -> tuple[Component, ...]:
        """The components of a kit; none for anything else."""
        return self.kits.get(sku or "", ())


def as_new_grades(conn: Connection) -> frozenset[str | None]:
    """The grades that are sold as new: none given, and those the policy in force says."""
    row = _grades.first(conn)
    return _as_new_of(row.as_new if row else None)


def _as_new_of(listed: str | None) -> frozenset[str | None]:
    return frozenset((None, *json.loads(listed or "[]")))


def look(conn: Connection, owner: str, skus: Iterable[str], now: datetime) -> Stock:
    """What one owner has of some items at this moment; unknown items have empty pools."""
    asked = list(dict.fromkeys(skus))
    records = {row.sku: row for row in _records.rows(conn, skus=asked)}
    kits = components(conn, [sku for sku, row in records.items() if row.is_kit])
    parts = {part.sku for kit in kits.values() for part in kit}.difference(asked)
    if parts:
        records.update((row.sku, row) for row in _records.rows(conn, skus=sorted(parts)))
    wanted = [*asked, *sorted(parts)]
    grades = _as_new_of(next(iter(records.values())).as_new) if records else as_new_grades(conn)
    shelves = tuple(
        Shelf(number, found, qty)
        for number, qty, *parts in _sellable.rows(conn, owner=owner, skus=wanted)
        if (found := account_of(parts)).grade in grades
    )
    sellable: defaultdict[str, int] = defaultdict(int)
    for shelf in shelves:
        sellable[shelf.account.item] += shelf.qty
    claims, claimed = _claims(conn, owner, wanted, now)
    barred = Counter[str]()
    for (sku, serial), units in named_units(shelves).items():
        if (sku, serial) in claimed:
            barred[sku] += units - 1
    pools = {
        sku: Pool(
            sellable=sellable[sku] - barred[sku],
            reserved=claims[sku, False],
            basket=claims[sku, True],
            safety=records[sku].safety if sku in records else 0,
        )
        for sku in wanted
    }
    unknown = tuple(sku for sku in asked if sku not in records)
    return Stock(owner, pools, shelves, kits, claimed, barred, unknown)


def named_units(shelves: Iterable[Shelf]) -> Counter[tuple[str, str]]:
    """How many units of each (item, serial) are there; more than one only when something is wrong."""
    found = Counter[tuple[str, str]]()
    for shelf in shelves:
        if shelf.account.serial and shelf.qty > 0:
            found[shelf.account.item, shelf.account.serial] += shelf.qty
    return found


def _claims(
    conn: Connection, owner: str, skus: Sequence[str], now: datetime
) -> tuple[Mapping[tuple[str, bool], int], frozenset[tuple[str, str]]]:
    sums: defaultdict[tuple[str, bool], int] = defaultdict(int)
    named = set[tuple[str, str]]()
    for row in _reserved.rows(conn, owner=owner, skus=list(skus), now=to_text(now)):
        sums[row.item, row.claim == Claim.BASKET] += int(row.qty)
        if row.serial:
            named.add((row.item, row.serial))
    return sums, frozenset(named)


def sellable_at(conn: Connection, owner: str, skus: Sequence[str], place: str) -> tuple[Shelf, ...]:
    """The sellable units of some items at one place, whatever their grade."""
    rows = _sellable.rows(conn, owner=owner, skus=list(dict.fromkeys(skus)))
    shelves = (Shelf(number, account_of(parts), qty) for number, qty, *parts in rows)
    return tuple(shelf for shelf in shelves if shelf.account.location == place)


def inside(conn: Connection, owner: str, sku: str, place: str | None = None) -> tuple[Shelf, ...]:
    """Every unit of an item inside the building, in whatever state."""
    rows = conn.execute(_inside, {"owner": owner, "skus": [sku]})
    shelves = (Shelf(number, account_of(parts), qty) for number, qty, *parts in rows)
    return tuple(shelf for shelf in shelves if place in {None, shelf.account.location})


def last_place(conn: Connection, owner: str, sku: str) -> str | None:
    """Where an item was put most recently as sellable for the first time; None when it never was."""
    return conn.scalar(_last_place, {"owner": owner, "sku": sku})


def components(conn: Connection, kits: Sequence[str]) -> dict[str, tuple[Component, ...]]:
    """What each kit is made of."""
    if not kits:
        return {}
    rows = conn.execute(_parts, {"kits": kits})
    return {
        kit: tuple(Component(row.component, row.qty) for row in parts)
        for kit, parts in groupby(rows, lambda row: row.kit)
    }


def kits_of(conn: Connection, skus: Iterable[str]) -> tuple[str, ...]:
    """The kits that any of these items is a component of."""
    return tuple(row.kit for row in _kits_of.rows(conn, skus=list(skus)))


# The policy in force comes along with the items, so that it costs no look of its own.
_as_new = select(policy.c.as_new).order_by(policy.c.id.desc()).limit(1)
_grades = asking(lambda _: _as_new)
_records = asking(
    lambda among: select(
        item.c.sku, item.c.is_kit, item.c.safety, _as_new.scalar_subquery().label("as_new")
    ).where(among(item.c.sku, "skus"))
)
_sellable = asking(
    lambda among: (
        select(account.c.id, balance.c.qty, *ACCOUNT_COLUMNS)
        .join_from(balance, account, balance.c.account == account.c.id)
        .where(
            balance.c.owner == bindparam("owner"),
            among(balance.c.item, "skus"),
            balance.c.status == Status.SELLABLE.value,
        )
    )
)
_reserved = asking(
    lambda among: (
        select(
            reservation.c.item,
            reservation.c.claim,
            reservation.c.serial,
            func.sum(reservation.c.qty).label("qty"),
        )
        .where(
            reservation.c.owner == bindparam("owner"),
            among(reservation.c.item, "skus"),
            or_(reservation.c.expires.is_(None), reservation.c.expires > bindparam("now")),
        )
        .group_by(reservation.c.item, reservation.c.claim, reservation.c.serial)
    )
)
_parts = (
    select(kit_component.c.kit, kit_component.c.component, kit_component.c.qty)
    .where(kit_component.c.kit.in_(bindparam("kits", expanding=True)))
    .order_by(kit_component.c.kit, kit_component.c.component)
)
_kits_of = asking(
    lambda among: (
        select(kit_component.c.kit)
        .where(among(kit_component.c.component, "skus"))
        .distinct()
        .order_by(kit_component.c.kit)
    )
)
_inside = (
    select(account.c.id, balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        balance.c.owner == bindparam("owner"),
        balance.c.item.in_(bindparam("skus", expanding=True)),
        balance.c.status != "",
        account.c.location.not_like("@%"),
    )
    .order_by(account.c.id)
)
_last_place = (
    select(account.c.location)
    .where(
        account.c.item == bindparam("sku"),
        account.c.owner == bindparam("owner"),
        account.c.status == Status.SELLABLE,
        account.c.location.not_like("@%"),
    )
    .order_by(account.c.id.desc())
    .limit(1)
)
# The sellable unit that a claim by name is for; to be asked beside `reservation`.
CLAIMED_UNIT = (
    select(balance.c.account)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        account.c.item == reservation.c.item,
        account.c.serial == reservation.c.serial,
        account.c.owner == reservation.c.owner,
        account.c.status == str(Status.SELLABLE),
        balance.c.qty > 0,
    )
    .correlate(reservation)
)
