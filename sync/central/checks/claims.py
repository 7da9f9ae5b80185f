"""Claims against order lines and against stock, and what order lines count."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, literal, or_, select, union_all

from app.domain.clock import from_text
from app.domain.laws import Violation
from app.domain.refusal import Refused
from app.domain.reservation import Claim
from sync.central.checks.excused import unallocated
from sync.central.checks.readable import readable
from sync.central.store.stock import look
from sync.central.store.tables import basket, decision, event, order_line, reservation

_LONG_AGO = "2000-01-01T00:00:00.000Z"
_AT_ONCE = 200


def check_claims(conn: Connection) -> tuple[Violation, ...]:
    """Reserved is the sum of rows, nothing is promised twice, no line counts more than it has."""
    return (
        *readable(conn, "reserved", _rows_add_up),
        *readable(conn, "promised once", _covered),
        *readable(conn, "claim", _baskets),
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
        # A row without a unit that it is for adds up to nothing; of what goes from one site, claimed equally
        # strongly, each component is there for as many kits as any other.
        kits: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        for row in rows[key]:
            if row.item != sku:
                kits[row.site, row.claim][row.item] += row.qty // row.per if row.per > 0 else 0
        exact = all(row.per > 0 and row.qty % row.per == 0 for row in rows[key])
        counts = [set(together.values()) for together in kits.values()]
        exact = exact and all(len(of_kits) == 1 for of_kits in counts)
        claimed = own + sum(sum(of_kits) for of_kits in counts)
        reserved = lines[key].reserved if key in lines else 0
        yield ClaimSum(key[0], key[1], reserved, claimed, exact, lines.get(key))


def _rows_add_up(conn: Connection) -> Iterator[Violation]:
    for found in claim_sums(conn):
        yield from found.wrong()


def _covered(conn: Connection) -> Iterable[Violation]:
    """Every claim has a unit that it may be met from: at its site, of its lot, fresh enough."""
    now = _last_known(conn)
    excused = unallocated(conn)
    items: defaultdict[str, list[str]] = defaultdict(list)
    for row in conn.execute(_promised):
        items[row.owner].append(row.item)
    for owner, skus in sorted(items.items()):
        for start in range(0, len(skus), _AT_ONCE):
            stock = look(conn, owner, skus[start : start + _AT_ONCE], now)
            for sku, units in stock.short.items():
                if not excused(owner, sku):
                    pool = stock.pools[sku]
                    yield Violation(
                        "promised once",
                        f"{sku} of {owner}",
                        f"{pool.reserved + pool.basket} claimed, {units} of them of nothing",
                        f"at most {pool.sellable} sellable as new, each where it is claimed",
                    )


def _last_known(conn: Connection) -> datetime:
    """When something was posted last: the audit has no clock, and baskets and dates end by one."""
    try:
        return from_text(conn.scalar(_last) or _LONG_AGO)
    except Refused:
        # The column is wrong, which is another check's finding.
        return from_text(_LONG_AGO)


def _baskets(conn: Connection) -> Iterable[Violation]:
    """A basket claim belongs to a basket that is open and ends with it; every other claim to a document."""
    for row in conn.execute(_stray):
        shown = f"{row.qty} of {row.item}, {row.claim}, until {row.expires}"
        yield Violation("claim", f"{row.document} line {row.line}", shown, "its document's, and open")


def _counts(conn: Connection) -> Iterable[Violation]:
    for row in conn.execute(_impossible):
        yield Violation(
            "order line",
            f"order row {row.order} line {row.line}",
            f"{row.reserved} reserved, {row.shipped} shipped, {row.cancelled} cancelled, "
            f"{row.returned} returned",
            f"no more than {row.qty}, none below zero",
        )


_claims = select(reservation).where(reservation.c.order.is_not(None))
_reserving = select(order_line).where(
    or_(
        order_line.c.reserved != 0,
        select(reservation.c.id)
        .where(reservation.c.order == order_line.c.order, reservation.c.line == order_line.c.line)
        .exists(),
    )
)
_last = select(
    func.max(
        union_all(select(func.max(event.c.posted_at).label("at")), select(func.max(decision.c.at)))
        .subquery()
        .c.at
    )
)
_promised = (
    select(reservation.c.owner, reservation.c.item)
    .distinct()
    .order_by(reservation.c.owner, reservation.c.item)
)
_of_basket = select(basket.c.code).where(
    reservation.c.document == literal("hold:") + basket.c.code,
    reservation.c.owner == basket.c.owner,
    reservation.c.channel == basket.c.channel,
    reservation.c.expires == basket.c.expires,
    basket.c.state == "open",
)
_stray = (
    select(reservation)
    .where(reservation.c.order.is_(None))
    .where(
        or_(
            (reservation.c.claim == Claim.BASKET) & ~_of_basket.correlate(reservation).exists(),
            (reservation.c.claim != Claim.BASKET) & reservation.c.document.not_like("transfer:%"),
        )
    )
    .order_by(reservation.c.id)
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
