"""Inbound supply as rows, and the claims of orders on what is still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    update,
)

from app.domain.counted import counted
from app.domain.reservation import Claim, Reservation, Scope
from sync.central.rules.explain import SUPPLY_CLAIMED, SUPPLY_SHORT
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.scope import Sites
from sync.central.rules.supply import SupplyLine, beyond, from_first, state_of
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.decisions import Decision, note
from sync.central.store.exceptions import Case, open_case
from sync.central.store.scope import among
from sync.central.store.tables import customer_order, reservation, supply, supply_line


@dataclass(frozen=True, slots=True)
class Ready:
    """Units of an order line that were claimed of what came, by an order that ships as stock comes."""

    order: str
    line: int
    qty: int


def reference(code: str, line: int) -> str:
    """How a claim names a line of inbound supply."""
    return f"{code}:{line}"


def find(conn: Connection, code: str) -> Row[Any]:
    """The inbound supply of that code; refused as missing when there is none."""
    row = found(conn, code)
    if row is None:
        raise missing("supply", code)
    return row


def found(conn: Connection, code: str) -> Row[Any] | None:
    """The inbound supply of that code."""
    return conn.execute(_by_code, {"code": code}).one_or_none()


def lines_of(conn: Connection, code: str) -> list[SupplyLine]:
    """Its lines by number, each with the units that are claimed of it."""
    return [
        SupplyLine(row.line, row.sku, row.qty, row.due_at, row.received, row.cancelled, int(row.claimed))
        for row in conn.execute(_lines, {"code": code})
    ]


def settle_state(conn: Connection, code: str) -> None:
    """Brings the state in line with the lines."""
    conn.execute(_state, {"which": code, "to": state_of(lines_of(conn, code))})


def count(conn: Connection, code: str, column: str, units: Mapping[int, int]) -> None:
    """Adds units by line to `received` or `cancelled`."""
    for line, qty in units.items():
        changed = supply_line.c[column] + qty
        conn.execute(update(supply_line).where(*_one_line(code, line)).values({column: changed}))


def _one_line(code: str, line: int) -> tuple[Any, ...]:
    return supply_line.c.supply == code, supply_line.c.line == line


# --- claims on what is to come -----------------------------------------------------------------------------


def claim_supply(act: Act, order: str, line: int, supplied: tuple[str, int], qty: int) -> None:
    """Claims units of one line of inbound supply for waiting units of an order line.

    What is claimed so is reserved: it takes nothing of what is here, and waits for no other stock.

    Raises:
        Missing: no such order or supply.
        Conflict: the line has not that many waiting units or may not be met from there, or the supply has
            not that many that nobody claims.
    """
    code, number = supplied
    row = orders.find(act.conn, order)
    head = find(act.conn, code)
    wanted = next((entry for entry in orders.lines_of(act.conn, row.id) if entry.line == line), None)
    supplying = next((entry for entry in lines_of(act.conn, code) if entry.line == number), None)
    if wanted is None or supplying is None:
        raise missing(
            "order.line" if wanted is None else "supply.line", str(line if wanted is None else number)
        )
    _require_fit(row, wanted, head, supplying)
    waits = wanted.qty - wanted.reserved - wanted.shipped - wanted.cancelled
    if row.state != "open" or qty > waits:
        raise Conflict(
            "order.not_open",
            f"Line {line} of order {order} has {waits} waiting units; {qty} were asked for.",
            "Expected no more than wait.",
            "Claim less; what is reserved already needs no supply.",
        )
    if qty > supplying.free:
        raise Conflict(
            "supply.not_available",
            f"Line {number} of {code} has {counted(supplying.outstanding, 'unit')} to come, "
            f"{supplying.claimed} of them "
            f"claimed; {qty} were asked for.",
            f"Expected at most {supplying.free}.",
            "Claim less, or of another line.",
        )
    scope = Scope(row.site or None, None, None, None, reference(code, number), wanted.fresh or None)
    entry = Reservation(
        row.owner, wanted.sku, row.channel, f"order:{order}", line, qty, Claim(row.claim), scope
    )
    claims.claim(act.conn, [entry], row.id)
    orders.reserve(act.conn, row.id, [(line, qty)])
    told = _told(line, code, supplying, qty) | {"claimed": supplying.claimed}
    note(act, [Decision(f"order:{order}", SUPPLY_CLAIMED, {"lines": [told]})])


def _require_fit(row: Row[Any], wanted: Row[Any], head: Row[Any], supplying: SupplyLine) -> None:
    """Refuses what the line could never be met from: a named unit, a lot or a grade is not known before."""
    narrow = wanted.serials is not None or wanted.lot or wanted.grade
    other = (row.owner, wanted.sku) != (head.owner, supplying.sku) or row.site not in {None, head.site}
    if narrow or other:
        raise Conflict(
            "supply.unfit",
            f"Line {wanted.line} of order {row.code} asks for {wanted.sku} of {row.owner}"
            + (f" from site {row.site}" if row.site else "")
            + (", by serial, lot or grade." if narrow else "."),
            f"{head.code} brings {supplying.sku} of {head.owner} to site {head.site}; which units, "
            "nobody knows before they are here.",
            "Choose a line of supply that fits.",
        )


def _told(line: int, code: str, supplying: SupplyLine, qty: int) -> dict[str, object]:
    return {
        "line": line,
        "sku": supplying.sku,
        "qty": qty,
        "supply": code,
        "supply_line": supplying.line,
        "due": supplying.due,
        "outstanding": supplying.outstanding,
    }


def claims_on(act: Act, owner: str, code: str, line: SupplyLine) -> list[Row[Any]]:
    """The claims on one line of inbound supply, the most entitled first."""
    name = reference(code, line.line)
    return [row for row in claims.ranked_on(act.conn, owner, line.sku) if row.supply == name]


def turn_into_stock(act: Act, owner: str, code: str, counted: Mapping[int, int]) -> list[Ready]:
    """Makes claims on units that came ordinary ones, in the transaction and before anybody gets the units.

    Args:
        act: what it belongs to.
        owner: whose supply it is.
        code: the supply.
        counted: units that came, by line.

    Returns:
        What can leave at once.
    """
    ready = list[Ready]()
    for line in lines_of(act.conn, code):
        rows = claims_on(act, owner, code, line) if counted.get(line.line) else []
        for row, units in zip(
            rows, from_first([row.qty for row in rows], counted.get(line.line, 0)), strict=True
        ):
            if not units:
                continue
            claims.unclaim(act.conn, [{"id": row.id, "qty": units}])
            scope = claims.scope_of(row)
            here = Scope(scope.site, scope.lot, scope.serial, scope.grade, None, scope.fresh)
            entry = Reservation(
                owner,
                row.item,
                row.channel,
                row.document,
                row.line,
                units,
                Claim(row.claim),
                here,
                row.per,
                row.expires,
            )
            claims.claim(act.conn, [entry], row.order)
            ready += _ready(act.conn, row, units)
    return ready


def _ready(conn: Connection, row: Row[Any], units: int) -> list[Ready]:
    head = conn.execute(_ships, {"of": row.order}).one_or_none() if row.order is not None else None
    if head is None or head.ship != "available" or head.block is not None:
        return []
    return [Ready(head.code, row.line, units)]


def take_back(act: Act, owner: str, code: str) -> set[str]:
    """Takes back claims on what will not come any more, last come first; the items whose orders wait again.

    One exception a line of supply says so.
    """
    freed = set[str]()
    for line in lines_of(act.conn, code):
        rows = claims_on(act, owner, code, line)
        lost = beyond([row.qty for row in rows], line.outstanding)
        if not any(lost):
            continue
        freed.add(line.sku)
        for row, units in zip(rows, lost, strict=True):
            if units:
                claims.unclaim(act.conn, [{"id": row.id, "qty": units}])
                if row.order is not None:
                    orders.reserve(act.conn, row.order, [(row.line, -units)])
                told = {"lines": [_told(row.line, code, line, units)]}
                note(act, [Decision(row.document, SUPPLY_SHORT, told)])
        open_case(act.conn, _short(code, line, sum(lost)), act.posted_at)
    return freed


def _short(code: str, line: SupplyLine, qty: int) -> Case:
    return Case(
        key=f"supply.short:{reference(code, line.line)}",
        type="supply.short",
        subject=f"supply:{code}",
        owner_role="planner",
        fix=f"{counted(qty, 'unit')} of {line.sku} that orders were to be met with will not come "
        f"with {code} line "
        f"{line.line}; the last orders wait again. Find other supply, or tell their customers.",
        sku=line.sku,
        qty=qty,
    )


# --- answers -----------------------------------------------------------------------------------------------


def document(conn: Connection, code: str) -> dict[str, object]:
    """The supply as it is answered.

    Raises:
        Missing: there is none of that code.
    """
    row = find(conn, code)
    lines = lines_of(conn, code)
    holders = defaultdict[int, list[dict[str, object]]](list)
    for claim in conn.execute(_claims, {"code": code}):
        holders[claim.supply_line].append(
            {"document": claim.document, "line": claim.line, "qty": claim.qty, "claim": claim.claim}
        )
    shown = [_line(line) | {"claims": holders[line.line]} for line in lines]
    return _head(row) | {"lines": shown}


def page(
    conn: Connection,
    state: str | None,
    site: str | None,
    cursor: str | None,
    limit: int,
    *,
    sites: Sites = None,
) -> dict[str, object]:
    """Inbound supply of the sites by code, without the claims."""
    asked = _page.where(among(sites, supply.c.site))
    if state is not None:
        asked = asked.where(supply.c.state == state)
    if site is not None:
        asked = asked.where(supply.c.site == site)
    rows: Sequence[Row[Any]] = conn.execute(asked, {"after": cursor or "", "most": limit + 1}).all()
    more, rows = len(rows) > limit, rows[:limit]
    return {
        "inbound": [
            _head(row) | {"lines": [_line(line) for line in lines_of(conn, row.code)]} for row in rows
        ],
        "next": rows[-1].code if more else None,
    }


def _head(row: Row[Any]) -> dict[str, object]:
    return {
        "code": row.code,
        "state": row.state,
        "owner": row.owner,
        "kind": row.kind,
        "site": row.site,
        "supplier": row.supplier,
        "made_at": row.made_at,
        "made_by": row.made_by,
    }


def _line(line: SupplyLine) -> dict[str, object]:
    return {
        "line": line.line,
        "sku": line.sku,
        "qty": line.qty,
        "due": line.due,
        "received": line.received,
        "cancelled": line.cancelled,
        "outstanding": line.outstanding,
        "claimed": line.claimed,
    }


_by_code = select(supply).where(supply.c.code == bindparam("code"))
_of_claim = and_(
    reservation.c.owner == supply.c.owner,
    reservation.c.item == supply_line.c.sku,
    reservation.c.supply == supply_line.c.supply + literal(":") + cast(supply_line.c.line, String),
)
_units_claimed = (
    select(func.coalesce(func.sum(reservation.c.qty), literal_column("0")))
    .where(_of_claim)
    .correlate(supply, supply_line)
    .scalar_subquery()
)
CLAIMED_LINES = select(supply_line, supply.c.owner, supply.c.site, _units_claimed.label("claimed")).join_from(
    supply_line, supply, supply_line.c.supply == supply.c.code
)
_lines = CLAIMED_LINES.where(supply_line.c.supply == bindparam("code")).order_by(supply_line.c.line)
_claims = (
    select(reservation, supply_line.c.line.label("supply_line"))
    .join_from(supply_line, supply, supply_line.c.supply == supply.c.code)
    .join(reservation, _of_claim)
    .where(supply_line.c.supply == bindparam("code"))
    .order_by(reservation.c.id)
)
_state = update(supply).where(supply.c.code == bindparam("which")).values(state=bindparam("to"))
_ships = select(customer_order.c.code, customer_order.c.ship, customer_order.c.block).where(
    customer_order.c.id == bindparam("of")
)
_page = (
    select(supply).where(supply.c.code > bindparam("after")).order_by(supply.c.code).limit(bindparam("most"))
)
