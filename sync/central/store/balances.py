"""Balances account by account, and the moves that make each: the proof of every quantity.

An account is never removed, so that one at zero has its history too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select, union_all

from app.domain.account import Status
from app.domain.place import TRANSIT_PREFIX
from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites
from sync.central.store import moves
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.cursors import move_number, row_number
from sync.central.store.scope import among
from sync.central.store.tables import account, balance, location, move

Page = dict[str, object]

# The site of an account's place; empty where no location of that code is known, as at every virtual end.
SITE: ColumnElement[str] = func.coalesce(location.c.site, literal(""))
IN_LANE: ColumnElement[bool] = account.c.location.like(f"{TRANSIT_PREFIX}%")


_COLUMNS = {"sku": "item"}


@dataclass(frozen=True, slots=True)
class Which:
    """Which accounts: every part that is given narrows, an empty text asks for accounts that have none.

    Stock in a lane between sites is asked for as the status in_transit, whatever status it was given there.
    """

    owner: str | None = None
    sku: str | None = None
    site: str | None = None
    location: str | None = None
    status: str | None = None
    reason: str | None = None
    lot: str | None = None
    serial: str | None = None
    label: str | None = None
    grade: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the parts that are given ask of account and location."""
        found = list[ColumnElement[bool]]()
        for name, value in asdict(self).items():
            if name == "status" and value == Status.IN_TRANSIT:
                found.append(_in_transit())
            elif value is not None:
                found.append((SITE if name == "site" else account.c[_COLUMNS.get(name, name)]) == value)
        return found


def _in_transit() -> ColumnElement[bool]:
    return or_(
        account.c.status == str(Status.IN_TRANSIT), and_(IN_LANE, account.c.status != str(Status.DISPOSED))
    )


def balances(
    conn: Connection,
    which: Which,
    cursor: str | None,
    limit: int,
    *,
    zero: bool = False,
    sites: Sites = None,
) -> Page:
    """Accounts in the order in which they were first used, each with its balance and the way to its moves.

    Args:
        conn: one consistent look.
        which: the accounts asked for.
        cursor: of an earlier page.
        limit: accounts a page.
        zero: accounts at zero too.
        sites: only accounts at these; a virtual end is at none.
    """
    asked = (
        select(
            account.c.id, func.coalesce(balance.c.qty, 0).label("qty"), SITE.label("site"), *ACCOUNT_COLUMNS
        )
        .select_from(account)
        .join(balance, balance.c.account == account.c.id, isouter=zero)
        .join(location, location.c.code == account.c.location, isouter=True)
        .where(account.c.id > row_number(cursor), *which.conditions(), among(sites, SITE, bound=True))
        .order_by(account.c.id)
        .limit(limit + 1)
    )
    rows = conn.execute(asked).all()
    return {
        "balances": [_entry(*row) for row in rows[:limit]],
        "next": str(rows[limit - 1].id) if len(rows) > limit else None,
    }


def _entry(number: int, qty: Any, site: str, *parts: str) -> Page:
    return {
        "account_id": number,
        "account": account_of(parts).to_json(),
        "site": site or None,
        "qty": int(qty),
        "proof": f"/v1/balances/{number}/moves",
    }


def proof(
    conn: Connection,
    number: int,
    cursor: str | None,
    limit: int,
    within: Callable[[str | None], None] = lambda _: None,
) -> Page:
    """The moves of one account in the order they were posted, with the balance after each.

    `sum` is the fold of all its moves, on whatever page; `agrees` tells whether the balance is that.
    `within` refuses an account of a site outside; a virtual end is at none.

    Raises:
        Missing: no such account.
    """
    row = conn.execute(_account.where(account.c.id == number)).one_or_none()
    if row is None:
        raise missing("account", str(number))
    number, qty, site, *parts = row
    within(site or None)
    held = account_of(parts)
    ends = _ends(number, held.owner, held.item)
    event, n = move_number(cursor)
    before, total = conn.execute(_sums(ends, event, n)).one()
    asked = (
        moves.MOVES.add_columns(ends.c.change)
        .join(ends, and_(ends.c.event == move.c.event, ends.c.n == move.c.n))
        .where(moves.after(event, n))
        .order_by(move.c.event, move.c.n)
        .limit(limit + 1)
    )
    rows, running, entries = conn.execute(asked).all(), int(before), list[Page]()
    for moved in rows[:limit]:
        running += int(moved.change)
        entries.append(
            {**moves.shown(moved), "change": int(moved.change), "balance": running, **moves.caused(moved)}
        )
    return {
        **_entry(number, qty, site, *parts),
        "sum": int(total),
        "agrees": int(total) == int(qty),
        "moves": entries,
        "next": f"{rows[limit - 1].event}-{rows[limit - 1].n}" if len(rows) > limit else None,
    }


def _ends(number: int, owner: str, item: str) -> Any:
    """The account's ends of moves; what came in is found by the item's sources, which have an index."""
    of_item = select(account.c.id).where(account.c.item == item, account.c.owner == owner)
    return union_all(
        select(move.c.event, move.c.n, (-move.c.qty).label("change")).where(move.c.source == number),
        select(move.c.event, move.c.n, move.c.qty.label("change")).where(
            move.c.target == number, move.c.source.in_(of_item)
        ),
    ).subquery()


def _sums(ends: Any, event: int, n: int) -> Any:
    """What the ends up to a move add up to, and all of them."""
    upto = or_(ends.c.event < event, and_(ends.c.event == event, ends.c.n <= n))
    return select(
        func.coalesce(func.sum(ends.c.change).filter(upto), 0), func.coalesce(func.sum(ends.c.change), 0)
    )


_account = (
    select(account.c.id, func.coalesce(balance.c.qty, 0), SITE, *ACCOUNT_COLUMNS)
    .select_from(account)
    .join(balance, balance.c.account == account.c.id, isouter=True)
    .join(location, location.c.code == account.c.location, isouter=True)
)
