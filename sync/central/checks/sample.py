"""A cheap look at what changed lately, for a centre that is running.

It proves, for the accounts that the newest events touched, that the balance is the fold of all their moves
(not only the new ones), that none of them is below nothing without an open case, and that no serial among
them is inside twice without one; for the orders that claim or were captured last, that their lines show what
their claims add up to.

It does not prove anything about accounts and orders that were left alone meanwhile, nor that moves are what
was sealed, nor any chain, return, shipment, feed or record: that is the audit's, which reads everything. A
balance that was changed by hand and not used since is found by the audit alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select, union, union_all

from app.domain.account import Account
from app.domain.laws import Violation
from app.domain.place import is_virtual
from app.domain.reservation import Claim
from sync.central.checks.claims import sums_of
from sync.central.checks.readable import readable
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.exceptions import stored_key
from sync.central.store.posting_cases import negative_key, twice_key
from sync.central.store.tables import (
    account,
    balance,
    customer_order,
    event,
    exception,
    move,
    order_line,
    reservation,
)

EVENTS, ORDERS = 200, 200
_PART = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """What a look found, and at how much it looked: the newest `events`, `accounts` they touched, `orders`.

    `since` is the row of the oldest event looked at; 0 when there is none.
    """

    violations: tuple[Violation, ...]
    since: int
    events: int
    accounts: int
    orders: int

    def to_json(self) -> dict[str, object]:
        """As it is answered."""
        return {
            "holds": not self.violations,
            "checked": {"events": self.events, "accounts": self.accounts, "orders": self.orders},
            "violations": [
                {"law": v.law, "subject": v.subject, "found": v.found, "expected": v.expected}
                for v in self.violations
            ],
        }


def look_at_recent(conn: Connection, events: int = EVENTS, orders: int = ORDERS) -> Sample:
    """Checks what the newest events and orders touched, in one consistent look.

    Args:
        conn: the look.
        events: how many of the newest events.
        orders: how many of the newest orders, and as many of those that claimed last.
    """
    recent = conn.scalars(_newest.limit(events)).all()
    touched = dict[int, Account]()
    unread = readable(conn, "account", lambda look: _touch(look, recent[-1:], touched))
    chosen = sorted(set(conn.scalars(_captured.limit(orders))) | set(conn.scalars(_claiming.limit(orders))))
    violations = (
        *unread,
        *readable(conn, "balances", lambda look: _balances(look, touched)),
        *readable(conn, "one place", lambda look: _serials(look, touched)),
        *readable(conn, "reserved", lambda look: _lines(look, chosen)),
    )
    since = int(recent[-1]) if recent else 0
    return Sample(violations, since, len(recent), len(touched), len(chosen))


def _touch(conn: Connection, oldest: Sequence[int], touched: dict[int, Account]) -> Iterator[Violation]:
    """Notes the accounts that moves of the events from the oldest on came from or went to."""
    for since in oldest:
        for number, *parts in conn.execute(_ends, {"since": since}):
            touched[int(number)] = account_of(parts)
    yield from ()


def _balances(conn: Connection, touched: Mapping[int, Account]) -> Iterator[Violation]:
    numbers = sorted(touched)
    for start in range(0, len(numbers), _PART):
        some = numbers[start : start + _PART]
        kept = {row.account: int(row.qty) for row in conn.execute(_kept, {"numbers": some})}
        folded = _folded(conn, {number: touched[number] for number in some})
        short = {number: qty for number, qty in kept.items() if qty < 0 and _inside(touched[number])}
        keys = {stored_key(negative_key(touched[number])): number for number in short}
        told = set(conn.scalars(_open, {"keys": list(keys)})) if keys else set[str]()
        for number in some:
            if kept.get(number, 0) != folded.get(number, 0):
                name = " ".join(part for part in touched[number].key if part)
                stored, rows_say = str(kept.get(number, 0)), str(folded.get(number, 0))
                yield Violation("balances", name, stored, rows_say)
        for key, number in keys.items():
            if key not in told:
                held = touched[number]
                where = f"{held.item} at {held.location}"
                yield Violation("negative stock", where, str(short[number]), "an open exception")


def _folded(conn: Connection, touched: Mapping[int, Account]) -> dict[int, int]:
    """What all moves of these accounts add up to; what came in is found by its item's sources."""
    given = {
        "numbers": list(touched),
        "items": sorted({held.item for held in touched.values()}),
        "owners": sorted({held.owner for held in touched.values()}),
    }
    return {row.account: int(row.qty) for row in conn.execute(_fold, given)}


def _inside(held: Account) -> bool:
    return not is_virtual(held.location)


def _serials(conn: Connection, touched: Mapping[int, Account]) -> Iterator[Violation]:
    """Units of a serial inside, wherever they are: at most one, unless a case says so."""
    units = sorted({(h.owner, h.item, h.serial) for h in touched.values() if h.serial and _inside(h)})
    for start in range(0, len(units), _PART):
        some = units[start : start + _PART]
        given = {
            "items": sorted({unit[1] for unit in some}),
            "serials": sorted({unit[2] or "" for unit in some}),
        }
        for row in conn.execute(_units, given):
            if (row.owner, row.item, row.serial) in some and not 0 <= int(row.qty) <= 1:
                keys = [stored_key(twice_key(row.owner, row.item, row.serial))]
                # Below nothing in one place has a case of its own, which the balances ask for.
                if int(row.least) >= 0 and not conn.scalars(_open, {"keys": keys}).all():
                    where = f"{row.item} serial {row.serial}"
                    yield Violation("one place", where, str(int(row.qty)), "0 or 1")


def _lines(conn: Connection, orders: Sequence[int]) -> Iterator[Violation]:
    for start in range(0, len(orders), _PART):
        given = {"orders": orders[start : start + _PART]}
        claims, lines = conn.execute(_claims, given).all(), conn.execute(_order_lines, given).all()
        for found in sums_of(claims, lines):
            yield from found.wrong()


def _among(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


_newest = select(event.c.id).order_by(event.c.id.desc())
_captured = select(customer_order.c.id).order_by(customer_order.c.id.desc())
_claiming = (
    select(reservation.c.order).where(reservation.c.order.is_not(None)).order_by(reservation.c.id.desc())
)
_recent = union(
    select(move.c.source.label("account")).where(move.c.event >= bindparam("since")),
    select(move.c.target).where(move.c.event >= bindparam("since")),
).subquery()
_ends = select(account.c.id, *ACCOUNT_COLUMNS).join_from(_recent, account, account.c.id == _recent.c.account)
_kept = select(balance.c.account, balance.c.qty).where(balance.c.account.in_(_among("numbers")))
_of_items = select(account.c.id).where(
    account.c.item.in_(_among("items")), account.c.owner.in_(_among("owners"))
)
_moved = union_all(
    select(move.c.source.label("account"), (-move.c.qty).label("qty")).where(
        move.c.source.in_(_among("numbers"))
    ),
    select(move.c.target, move.c.qty).where(
        move.c.target.in_(_among("numbers")), move.c.source.in_(_of_items)
    ),
).subquery()
_fold = select(_moved.c.account, func.sum(_moved.c.qty).label("qty")).group_by(_moved.c.account)
_open = select(exception.c.key).where(exception.c.key.in_(_among("keys")), exception.c.state == "open")
_units = (
    select(
        account.c.owner,
        account.c.item,
        account.c.serial,
        func.sum(balance.c.qty).label("qty"),
        func.min(balance.c.qty).label("least"),
    )
    .join_from(balance, account, account.c.id == balance.c.account)
    .where(
        account.c.item.in_(_among("items")),
        account.c.serial.in_(_among("serials")),
        account.c.location.not_like("@%"),
    )
    .group_by(account.c.owner, account.c.item, account.c.serial)
)
_claims = select(reservation).where(
    reservation.c.order.in_(_among("orders")), reservation.c.claim != str(Claim.BASKET)
)
_order_lines = select(order_line).where(order_line.c.order.in_(_among("orders")))
