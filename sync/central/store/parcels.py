"""Parcels as rows: what one site sends of one order, how far it is, what leaves it again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, func, insert, select, update

from sync.central.rules.outcomes import missing
from sync.central.store.cursors import pack, unpack
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import customer_order, order_line, parcel, parcel_line, parcel_serial

RELEASED, PICKED, PACKED, SHIPPED, CANCELLED = "released", "picked", "packed", "shipped", "cancelled"
OPEN = (RELEASED, PICKED, PACKED)
IN_HAND = frozenset({PICKED, PACKED})
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InParcel:
    """Units of one order line in a parcel that has not left; `serials` when the line names them."""

    parcel: str
    order: int
    site: str
    state: str
    line: int
    qty: int
    serials: frozenset[str] = frozenset()


def find(conn: Connection, code: str) -> Row[Any]:
    """The parcel of that code with its order's `order_code`, `owner` and `block`; refused as missing."""
    row = conn.execute(_by_code, {"which": code}).one_or_none()
    if row is None:
        raise missing("parcel", code)
    return row


def lines_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """The lines of a parcel by number, with their items."""
    return conn.execute(_lines, {"which": [code]}).all()


def open_parts(conn: Connection, orders: Collection[int]) -> list[InParcel]:
    """What stands in parcels that have not left, of some orders; what was released first comes first."""
    if not orders:
        return []
    rows = conn.execute(_open_parts, {"orders": sorted(orders)}).all()
    named = serials(conn, [row.code for row in rows])
    return [InParcel(*row, frozenset(named.get((row.code, row.line), ()))) for row in rows]


def serials(conn: Connection, codes: Iterable[str]) -> dict[tuple[str, int], list[str]]:
    """The serials in some parcels, in their order, by parcel and line; lines that name none are left out."""
    found = defaultdict[tuple[str, int], list[str]](list)
    for row in _serials.rows(conn, codes=sorted(set(codes))):
        found[row.parcel, row.line].append(row.serial)
    return dict(found)


def released_in(conn: Connection, owner: str, sku: str, serials: Sequence[str]) -> Mapping[str, str]:
    """By serial the parcel, not yet left, that it was released in."""
    found = dict[str, str]()
    for start in range(0, len(serials), _AT_ONCE):
        some = {"whose": owner, "what": sku, "named": serials[start : start + _AT_ONCE]}
        found |= {row.serial: row.code for row in conn.execute(_released_in, some)}
    return found


def counted(conn: Connection, orders: Collection[int]) -> dict[int, int]:
    """How many parcels some orders have, left or not, without those that were cancelled."""
    found, ids = dict[int, int](), sorted(orders)
    for start in range(0, len(ids), _AT_ONCE):
        for order, parcels in conn.execute(_counted, {"orders": ids[start : start + _AT_ONCE]}):
            found[order] = int(parcels)
    return found


def make(
    conn: Connection, row: Mapping[str, Any], lines: Mapping[int, int], named: Iterable[tuple[int, str]]
) -> None:
    """A new parcel with these units by line, and (line, serial) of those that are named."""
    conn.execute(_new, {"state": RELEASED, **row})
    conn.execute(
        _new_lines, [{"parcel": row["code"], "line": line, "qty": qty} for line, qty in lines.items()]
    )
    _new_serials.run(conn, [{"parcel": row["code"], "line": line, "serial": name} for line, name in named])


def lessen(
    conn: Connection, code: str, lines: Iterable[tuple[int, int]], named: Iterable[tuple[int, str]]
) -> None:
    """Takes (line, units) out of a parcel, and (line, serial); one that has nothing left is cancelled."""
    _drop_serials.run(conn, [{"of": code, "number": line, "named": name} for line, name in named])
    rows = [{"which": code, "number": line, "less": qty} for line, qty in lines if qty]
    if rows:
        conn.execute(_less, rows)
    if not conn.scalar(_units, {"which": code}):
        step(conn, code, CANCELLED)


def in_hand(conn: Connection, code: str) -> None:
    """Counts what is in a parcel as picked."""
    conn.execute(_in_hand, {"which": code})


def step(conn: Connection, code: str, state: str, **more: str | None) -> None:
    """Brings a parcel to a state, with the columns that belong to it."""
    conn.execute(update(parcel).where(parcel.c.code == code).values(state=state, **more))


def released_since(conn: Connection, since: str) -> dict[str, int]:
    """Parcels by site that were released from an instant on and not cancelled."""
    return {site: int(count) for site, count in conn.execute(_released_since, {"since": since})}


def document(conn: Connection, code: str) -> dict[str, object]:
    """The parcel as it is answered.

    Raises:
        Missing: no such parcel.
    """
    return _shown(conn, [find(conn, code)])[0]


def of_order(conn: Connection, order: Row[Any], sites: Collection[str] | None = None) -> dict[str, object]:
    """All parcels of an order that leave from some sites, in the order of their release."""
    rows = [row for row in conn.execute(_of_order, {"of": order.id}) if sites is None or row.site in sites]
    return {"order": order.code, "parcels": _shown(conn, rows)}


def page(
    conn: Connection,
    cursor: str | None,
    limit: int,
    which: Mapping[str, str | None],
    sites: Collection[str] | None = None,
) -> dict[str, object]:
    """Parcels by code; `next` is the cursor of the following page.

    Args:
        conn: one look.
        cursor: where the last page ended.
        limit: parcels of a page.
        which: the `state`, `site` and `order` they are to have; None for any.
        sites: only those of these sites.
    """
    (after,) = unpack(cursor, 1) or ("",)
    asked = _joined.where(parcel.c.code > after).order_by(parcel.c.code).limit(limit + 1)
    if sites is not None:
        asked = asked.where(parcel.c.site.in_(sorted(sites)))
    for name, column in _CHOSEN.items():
        if which[name] is not None:
            asked = asked.where(column == which[name])
    rows = conn.execute(asked).all()
    more, rows = len(rows) > limit, rows[:limit]
    found: dict[str, object] = {"parcels": _shown(conn, rows)}
    return found | {"next": pack([rows[-1].code]) if more else None}


def _shown(conn: Connection, rows: Sequence[Row[Any]]) -> list[dict[str, object]]:
    inside: dict[str, list[dict[str, object]]] = {row.code: [] for row in rows}
    named = serials(conn, inside)
    for line in conn.execute(_lines, {"which": list(inside)}) if inside else ():
        shown = {"line": line.line, "sku": line.sku, "qty": line.qty, "picked": line.picked}
        units = named.get((line.parcel, line.line))
        inside[line.parcel].append(shown | {"serials": units} if units else shown)
    return [
        {
            "parcel": row.code,
            "order": row.order_code,
            "site": row.site,
            "wave": row.wave,
            "state": row.state,
            **{name: getattr(row, name) for name in _STEPS if getattr(row, name) is not None},
            "lines": inside[row.code],
        }
        for row in rows
    ]


_CHOSEN = {"state": parcel.c.state, "site": parcel.c.site, "order": customer_order.c.code}
_STEPS = ("released_at", "picked_at", "packed_at", "shipped_at", "tracking")
_joined = select(
    parcel,
    customer_order.c.code.label("order_code"),
    customer_order.c.owner,
    customer_order.c.block,
).join_from(parcel, customer_order, parcel.c.order == customer_order.c.id)
_by_code = _joined.where(parcel.c.code == bindparam("which"))
_by_release = (parcel.c.released_at, parcel.c.code)
_of_order = _joined.where(parcel.c.order == bindparam("of")).order_by(*_by_release)
_lines = (
    select(parcel_line, order_line.c.sku)
    .join_from(parcel_line, parcel, parcel_line.c.parcel == parcel.c.code)
    .join(
        order_line,
        (order_line.c.order == parcel.c.order) & (order_line.c.line == parcel_line.c.line),
        isouter=True,
    )
    .where(parcel_line.c.parcel.in_(bindparam("which", expanding=True)))
    .order_by(parcel_line.c.parcel, parcel_line.c.line)
)
_open_parts = (
    select(
        parcel.c.code, parcel.c.order, parcel.c.site, parcel.c.state, parcel_line.c.line, parcel_line.c.qty
    )
    .join_from(parcel, parcel_line, parcel_line.c.parcel == parcel.c.code)
    .where(
        parcel.c.order.in_(bindparam("orders", expanding=True)),
        parcel.c.state.in_(OPEN),
        parcel_line.c.qty > 0,
    )
    .order_by(*_by_release, parcel_line.c.line)
)
_counted = (
    select(parcel.c.order, func.count())
    .where(parcel.c.order.in_(bindparam("orders", expanding=True)), parcel.c.state != CANCELLED)
    .group_by(parcel.c.order)
)
_new, _new_lines = insert(parcel), insert(parcel_line)
_new_serials = inserting(parcel_serial, "parcel", "line", "serial")
_drop_serials = updating(
    delete(parcel_serial).where(
        parcel_serial.c.parcel == bindparam("of"),
        parcel_serial.c.line == bindparam("number"),
        parcel_serial.c.serial == bindparam("named"),
    ),
    "of",
    "number",
    "named",
)
_serials = asking(
    lambda among: (
        select(parcel_serial)
        .where(among(parcel_serial.c.parcel, "codes"))
        .order_by(parcel_serial.c.parcel, parcel_serial.c.line, parcel_serial.c.serial)
    )
)
_released_in = (
    select(parcel_serial.c.serial, parcel.c.code)
    .join_from(parcel_serial, parcel, parcel_serial.c.parcel == parcel.c.code)
    .join(order_line, (order_line.c.order == parcel.c.order) & (order_line.c.line == parcel_serial.c.line))
    .where(
        parcel_serial.c.serial.in_(bindparam("named", expanding=True)),
        parcel.c.state.in_(OPEN),
        order_line.c.owner == bindparam("whose"),
        order_line.c.sku == bindparam("what"),
    )
    .order_by(parcel.c.code.desc())
)
_line = (parcel_line.c.parcel == bindparam("which")) & (parcel_line.c.line == bindparam("number"))
_fewer = parcel_line.c.qty - bindparam("less")
# What is gone from a parcel that was picked is not in hand either.
_less = (
    update(parcel_line)
    .where(_line)
    .values(
        qty=_fewer,
        picked=case((parcel_line.c.picked > _fewer, _fewer), else_=parcel_line.c.picked),
    )
)
_units = select(func.sum(parcel_line.c.qty)).where(parcel_line.c.parcel == bindparam("which"))
_in_hand = (
    update(parcel_line).where(parcel_line.c.parcel == bindparam("which")).values(picked=parcel_line.c.qty)
)
_released_since = (
    select(parcel.c.site, func.count())
    .where(parcel.c.released_at >= bindparam("since"), parcel.c.state != CANCELLED)
    .group_by(parcel.c.site)
)
