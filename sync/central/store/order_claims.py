"""An order's claims with its parcels: which stand in which, narrowed to a site, widened again, given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row

from app.domain.counted import counted
from app.domain.reservation import Claim, Reservation
from sync.central.rules.line_claims import LineClaim, by_line, named, of_line, rest, take, units
from sync.central.rules.outcomes import Conflict
from sync.central.rules.promise import Claimed
from sync.central.store import claims, orders, parcels
from sync.central.store.act import Act
from sync.central.store.parcels import IN_HAND, InParcel
from sync.central.store.shipping import Part

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Spread:
    """An order's claims: `parcels` have theirs by code, `free` are in none; `parts` say what is in which.

    `to_come` are on supply that is not here yet.
    """

    free: tuple[LineClaim, ...]
    parcels: Mapping[str, tuple[LineClaim, ...]]
    parts: tuple[InParcel, ...]
    to_come: tuple[LineClaim, ...] = ()

    @property
    def in_hand(self) -> dict[int, int]:
        """Units by line that are picked or packed."""
        found = defaultdict[int, int](int)
        for part in self.parts:
            found[part.line] += part.qty if part.state in IN_HAND else 0
        return dict(found)

    def parcels_of(self, line: int) -> list[str]:
        """The open parcels that a line stands in."""
        return [part.parcel for part in self.parts if part.line == line]


def spread(conn: Connection, order: int) -> Spread:
    """The claims of one order."""
    return spreads(conn, [order])[order]


def spreads(conn: Connection, some: Sequence[int]) -> dict[int, Spread]:
    """The claims of some orders by the order's row."""
    found = dict[int, Spread]()
    for start in range(0, len(some), _AT_ONCE):
        page = some[start : start + _AT_ONCE]
        rows, parts = defaultdict[int, list[LineClaim]](list), defaultdict[int, list[InParcel]](list)
        for row in claims.of_orders(conn, page):
            rows[row.order].append(_line_claim(row))
        for part in parcels.open_parts(conn, page):
            parts[part.order].append(part)
        found.update((order, _parted(rows[order], parts[order])) for order in page)
    return found


def _line_claim(row: Row[Any]) -> LineClaim:
    scope = claims.scope_of(row)
    return LineClaim(row.id, row.line, row.sku or "", row.item, scope, row.qty, row.per, row.claim)


def _parted(mine: Sequence[LineClaim], parts: Sequence[InParcel]) -> Spread:
    to_come = tuple(claim for claim in mine if claim.scope.supply is not None)
    left = tuple(claim for claim in mine if claim.scope.supply is None)
    firm = defaultdict[tuple[int, str | None], tuple[LineClaim, ...]](tuple)
    for line, site in dict.fromkeys((part.line, part.site) for part in parts):
        firm[line, site] = tuple(
            c for c in left if (c.line, c.scope.site, c.claim) == (line, site, Claim.HARD)
        )
    inside, gone = defaultdict[str, tuple[LineClaim, ...]](tuple), list[LineClaim]()
    # Who has units in hand has them first.
    for part in sorted(parts, key=lambda part: part.state not in IN_HAND):
        here, its = firm[part.line, part.site], part.serials or {None}
        taken = take((claim for claim in here if claim.scope.serial in its), part.qty)
        inside[part.parcel] += taken
        firm[part.line, part.site] = rest(here, taken)
        gone += taken
    return Spread(rest(left, gone), dict(inside), tuple(parts), to_come)


def parts_of(found: Iterable[LineClaim]) -> list[Part]:
    """What leaves when claims are shipped, line by line."""
    mine = tuple(found)
    return [
        Part(line, claimed[0].sku, qty, tuple(Claimed(c.item, c.scope, c.qty, c.per) for c in claimed))
        for line, qty in by_line(mine).items()
        if (claimed := of_line(mine, line))
    ]


def spend(conn: Connection, found: Iterable[LineClaim]) -> None:
    """Takes claims out of the table."""
    claims.unclaim(conn, [{"id": claim.row, "qty": claim.qty} for claim in found])


def give_back(act: Act, order: Any, mine: Spread, asked: Mapping[int, int]) -> frozenset[str]:
    """Gives units by line back: those in no parcel first, then what is to come, then out of parcels.

    Only out of those that nobody picked yet. The order's lines have that much less reserved. The answer is
    the items whose units are free by it.

    Raises:
        Conflict: some of them are in somebody's hands.
    """
    gone, out = list[LineClaim](), defaultdict[str, list[tuple[int, tuple[LineClaim, ...]]]](list)
    for line, qty in asked.items():
        # What is claimed for good is kept as long as anything weaker can go.
        free = sorted(of_line(mine.free, line), key=lambda claim: claim.claim == Claim.HARD)
        taken = take(free, qty)
        left = qty - units(taken)
        if left:
            coming = take(of_line(mine.to_come, line), left)
            left -= units(coming)
            taken += coming
        for part in reversed(mine.parts):
            if part.line == line and part.state == parcels.RELEASED and left:
                more = take(of_line(mine.parcels[part.parcel], line), min(left, part.qty))
                out[part.parcel].append((line, more))
                left -= units(more)
                taken += more
        if left:
            raise _held(order.code, line, qty, left, mine)
        gone += taken
    spend(act.conn, gone)
    for code, less in out.items():
        units_of = [(line, units(more)) for line, more in less]
        parcels.lessen(act.conn, code, units_of, named(claim for _, more in less for claim in more))
    orders.reserve(act.conn, order.id, [(line, -qty) for line, qty in asked.items()])
    return frozenset(claim.item for claim in gone)


def _held(order: str, line: int, qty: int, left: int, mine: Spread) -> Conflict:
    held = [part.parcel for part in mine.parts if part.line == line and part.state in IN_HAND]
    return Conflict(
        "order.picked",
        f"Order {order} line {line}: asked to give up {counted(qty, 'unit')}, {left} of which are picked in "
        f"parcel {', '.join(held)}.",
        "Expected units that nobody has in hand.",
        "Cancel that parcel first, or ask for fewer units.",
    )


def narrow(conn: Connection, order: Any, found: Iterable[LineClaim], site: str) -> None:
    """Makes claims firm and of one site; the caller has seen that units are there."""
    moving = [claim for claim in found if (claim.scope.site, claim.claim) != (site, Claim.HARD)]
    _move(conn, order, [(claim, replace(claim.scope, site=site)) for claim in moving], Claim.HARD)


def widen(conn: Connection, order: Any, found: Iterable[LineClaim]) -> None:
    """Gives claims of a parcel the order's own scope and strength again.

    A named unit is where it is, and a kit is put together at one site, whoever sends it.
    """
    stays = [(claim, claim.scope.serial is not None or not claim.own) for claim in found]
    mine = [(claim, claim.scope.site if bound else order.site) for claim, bound in stays]
    moving = [(c, site) for c, site in mine if (c.scope.site, c.claim) != (site, order.claim)]
    _move(conn, order, [(c, replace(c.scope, site=site)) for c, site in moving], order.claim)


def _move(conn: Connection, order: Any, moves: Sequence[tuple[LineClaim, Any]], strength: str) -> None:
    spend(conn, [claim for claim, _ in moves])
    wanted = [
        Reservation(
            order.owner,
            claim.item,
            order.channel,
            f"order:{order.code}",
            claim.line,
            claim.qty,
            Claim(strength),
            scope,
            claim.per,
        )
        for claim, scope in moves
    ]
    claims.claim(conn, wanted, order.id)
