"""Finding units for a consignment: by label, by serial, or some of an item at a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from app.domain.account import Account
from app.domain.item import Item
from app.domain.policy import Policy
from sync.central.rules.consignment import blocked, require_fit, takes
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.consignments import consigned, require_unheld
from sync.central.store.prepared import asking
from sync.central.store.shelves import inside
from sync.central.store.tables import account, balance, stock_worth

Found = tuple[int, Account, int]
"""An account's number, the account, and units of it."""


@dataclass(frozen=True, slots=True)
class Way:
    """By which route goods are to leave whose, under which policy."""

    owner: str
    route: str
    policy: Policy | None


def of_unit(conn: Connection, way: Way, column: str, unit: str, sku: str | None) -> Found:
    """The units under a label, or of a serial, that stand inside the building.

    Raises:
        Missing: there are none.
        Conflict: they stand in several places, or another consignment holds them.
    """
    rows = conn.execute(_of[column], {"owner": way.owner, "unit": unit}).all()
    standing = [(number, account_of(parts), int(qty)) for number, qty, *parts in rows]
    found = [entry for entry in standing if sku in {None, entry[1].item}]
    if not found:
        raise missing("unit", unit)
    if len(found) > 1:
        places = ", ".join(f"{held.item} at {held.location}" for _, held, _ in found[:5])
        raise Conflict(
            "consignment.ambiguous",
            f"Read {unit!r}, which stands at {len(found)} accounts: {places}.",
            "Expected one.",
            "Name the SKU as well, or count what is there.",
        )
    number, held, _ = found[0]
    require_unheld(conn, number, held)
    return found[0]


def of_pile(conn: Connection, way: Way, its: Item, place: str, qty: int) -> list[Found]:
    """So many units of an item at a place that may leave: those without a label first, then the oldest.

    Raises:
        Refused: there are enough only with units that may not leave by this route: the first one's refusal.
        Conflict: there are too few at all.
    """
    shelves = inside(conn, way.owner, its.sku, place)
    held = consigned(conn, [shelf.number for shelf in shelves])
    free = [(shelf.number, shelf.account, shelf.qty - held[shelf.number]) for shelf in shelves]
    # What has a label goes together: a part of it in another consignment would be looked for in both.
    free = [
        (number, what, there)
        for number, what, there in free
        if there > 0 and not (held[number] and (what.label or what.serial))
    ]
    may = [
        entry
        for entry in free
        if takes(way.policy, way.route, entry[1]) and blocked(way.policy, way.route, entry[1], its) is None
    ]
    found, left = list[Found](), qty
    for number, what, there in sorted(may, key=lambda entry: (entry[1].label is not None, entry[0])):
        take = min(left, there)
        if take:
            found.append((number, what, take))
            left -= take
    if not left:
        return found
    for entry in free:
        if entry not in may:
            require_fit(way.policy, way.route, entry[1], its)
    there = sum(units for _, _, units in free)
    raise Conflict(
        "consignment.too_few",
        f"Read {qty} of {its.sku} at {place}, where {there} are free.",
        f"Expected no more than {there}.",
        "Name fewer, or count what is there.",
    )


def currency_of(conn: Connection, owner: str, its: Item) -> str:
    """In which currency an owner's units of an item are counted."""
    row = _counted.first(conn, owner=owner, sku=its.sku)
    return str(row.currency) if row is not None else its.currency


def worth_now(conn: Connection, owner: str, its: Iterable[Item]) -> dict[str, tuple[int, int]]:
    """Units and value of an owner's stock by item, as the books have it now.

    Of one that was never booked, a unit at what its record says.
    """
    found = dict[str, tuple[int, int]]()
    for one in its:
        row = _counted.first(conn, owner=owner, sku=one.sku)
        found[one.sku] = (
            (int(row.qty), int(row.value)) if row is not None and row.qty > 0 else (1, one.value_minor)
        )
    return found


def _standing(column: str) -> Select[Any]:
    return (
        select(account.c.id, balance.c.qty, *ACCOUNT_COLUMNS)
        .join_from(balance, account, balance.c.account == account.c.id)
        .where(
            account.c[column] == bindparam("unit"),
            account.c.owner == bindparam("owner"),
            balance.c.qty > 0,
            account.c.status != "",
            account.c.location.not_like("@%"),
        )
        .order_by(account.c.id)
    )


_of = {column: _standing(column) for column in ("label", "serial")}
_counted = asking(
    lambda _: select(stock_worth.c.currency, stock_worth.c.qty, stock_worth.c.value).where(
        stock_worth.c.owner == bindparam("owner"), stock_worth.c.sku == bindparam("sku")
    )
)
