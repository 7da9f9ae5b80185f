"""Claims against order lines and against stock, and what order lines count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select

from app.domain.account import Status
from app.domain.laws import Violation
from app.domain.reservation import Claim
from sync.central.checks.excused import unallocated
from sync.central.checks.readable import readable
from sync.central.store.stock import as_new_grades
from sync.central.store.tables import account, balance, order_line, reservation


def check_claims(conn: Connection) -> tuple[Violation, ...]:
    """Reserved is the sum of rows, nothing is promised twice, no line counts more than it has."""
    return (
        *readable(conn, "reserved", _rows_add_up),
        *readable(conn, "promised once", _covered),
        *readable(conn, "order line", _counts),
    )


@dataclass(frozen=True, slots=True)
class ClaimSum:
    """What a line shows as reserved beside what its claims add up to, in units of the line.

    `exact` is False for claims that make no whole number of the line's units; `row` is the line, None when
    claims stand for one that is not there.
    """

    order: int
    line: int
    shown: int
    claimed: int
    exact: bool
    row: Any | None

    def wrong(self) -> Iterator[Violation]:
        """The finding, when they differ."""
        if not self.exact or self.claimed != self.shown:
            where = f"order row {self.order} line {self.line}"
            yield Violation("reserved", where, str(self.shown), f"{self.claimed} claimed")


def claim_sums(conn: Connection) -> Iterator[ClaimSum]:
    """Every line that shows claims or has some."""
    return sums_of(conn.execute(_claims), conn.execute(_reserving))


def sums_of(claims: Iterable[Any], shown: Iterable[Any]) -> Iterator[ClaimSum]:
    """The same for rows of `reservation` that are no baskets, and of `order_line`."""
    rows: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in claims:
        rows[row.order, row.line].append(row)
    lines = {(row.order, row.line): row for row in shown}
    for key in sorted(rows.keys() | lines.keys(), key=str):
        sku = lines[key].sku if key in lines else None
        own = sum(row.qty for row in rows[key] if row.item == sku)
        # A row without a unit that it is for adds up to nothing.
        kits = {row.qty // row.per if row.per > 0 else 0 for row in rows[key] if row.item != sku}
        exact = all(row.per > 0 and row.qty % row.per == 0 for row in rows[key]) and len(kits) <= 1
        reserved = lines[key].reserved if key in lines else 0
        yield ClaimSum(key[0], key[1], reserved, own + sum(kits), exact, lines.get(key))


def _rows_add_up(conn: Connection) -> Iterator[Violation]:
    for found in claim_sums(conn):
        yield from found.wrong()


def _covered(conn: Connection) -> Iterable[Violation]:
    grades = {grade or "" for grade in as_new_grades(conn)}
    here: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in conn.execute(_sellable):
        if row.grade in grades:
            here[row.owner, row.item] += int(row.qty)
    excused = unallocated(conn)
    for owner, item, qty in conn.execute(_promised):
        if qty > here[owner, item] and not excused(owner, item):
            yield Violation(
                "promised once",
                f"{item} of {owner}",
                f"{qty} claimed",
                f"at most {here[owner, item]} sellable as new",
            )


def _counts(conn: Connection) -> Iterable[Violation]:
    for row in conn.execute(_impossible):
        yield Violation(
            "order line",
            f"order row {row.order} line {row.line}",
            f"{row.reserved} reserved, {row.shipped} shipped, {row.cancelled} cancelled, "
            f"{row.returned} returned",
            f"no more than {row.qty}, none below zero",
        )


_claims = select(reservation).where(reservation.c.claim != Claim.BASKET)
_reserving = select(order_line).where(
    or_(
        order_line.c.reserved != 0,
        select(reservation.c.id)
        .where(reservation.c.order == order_line.c.order, reservation.c.line == order_line.c.line)
        .exists(),
    )
)
_sellable = (
    select(balance.c.owner, balance.c.item, account.c.grade, balance.c.qty)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(balance.c.status == Status.SELLABLE)
)
_promised = (
    select(reservation.c.owner, reservation.c.item, func.sum(reservation.c.qty).label("qty"))
    .where(reservation.c.claim != Claim.BASKET)
    .group_by(reservation.c.owner, reservation.c.item)
    .order_by(reservation.c.owner, reservation.c.item)
)
_impossible = select(order_line).where(
    or_(
        order_line.c.reserved < 0,
        order_line.c.shipped < 0,
        order_line.c.cancelled < 0,
        order_line.c.returned < 0,
        order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled > order_line.c.qty,
        order_line.c.returned > order_line.c.shipped,
    )
)
