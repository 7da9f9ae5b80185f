"""Claims as rows: read for a decision, added and taken back; writes `reservation`, alone beside repair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)

from app.domain.clock import to_text
from app.domain.reservation import ANY, SCOPE_PARTS, Claim, Reservation, Scope
from sync.central.rules.promise import BASKET, RESERVED, SAFETY
from sync.central.store.prepared import Asked, asking, asking_each, at_once, updating, upserting
from sync.central.store.tables import order_line, parcel, parcel_line, parcel_serial, reservation, site_safety

# A transfer's claims rank among orders that say nothing of their urgency.
_NO_ORDERS_PRIORITY = 100
_KINDS = {Claim.BASKET.value: BASKET, SAFETY: SAFETY}
_OPEN: Mapping[str, str] = dict.fromkeys(SCOPE_PARTS, "")
SCOPE_COLUMNS = tuple(reservation.c[part] for part in SCOPE_PARTS)


@dataclass(frozen=True, slots=True)
class Standing:
    """Units that are claimed of an item, summed by kind, channel and scope."""

    item: str
    kind: str
    channel: str
    scope: Scope
    qty: int


def scope_of(parts: Any) -> Scope:
    """The scope of a row that has its six parts by name; empty is none."""
    return _scope([getattr(parts, part) for part in SCOPE_PARTS])


def _scope(parts: Iterable[str | None]) -> Scope:
    given = [part or None for part in parts]
    # The one object for the commonest scope: a cover knows it again at a glance.
    return Scope(*given) if any(given) else ANY


def standing(conn: Connection, owner: str, skus: Sequence[str], now: datetime) -> list[Standing]:
    """What is claimed of some items now, and the units that sites keep as safety."""
    (rows,) = at_once(conn, standing_asked(owner, skus, now))
    return standing_of(rows)


def standing_asked(owner: str, skus: Sequence[str], now: datetime) -> Asked:
    """What `standing` asks the database."""
    return _standing, {"owner": owner, "skus": list(dict.fromkeys(skus)), "now": to_text(now)}


def standing_of(rows: Iterable[tuple[Any, ...]]) -> list[Standing]:
    """What `standing` makes of the answer."""
    return [
        Standing(item, _kind(claim), channel, _scope(parts), int(qty))
        for item, claim, channel, qty, *parts in rows
    ]


def _kind(claim: str) -> str:
    return _KINDS.get(claim, RESERVED)


def claim(conn: Connection, wanted: Iterable[Reservation], order: int | None = None) -> None:
    """Adds claims to equally strong ones of the same line and scope; `order` is an order's row."""
    _claim.run(conn, [_row(entry, order) for entry in wanted])


def claim_each(conn: Connection, wanted: Iterable[tuple[Reservation, int]]) -> None:
    """The same for the claims of many orders, each with its order's row."""
    _claim.run(conn, [_row(entry, order) for entry, order in wanted])


def _row(entry: Reservation, order: int | None) -> dict[str, Any]:
    scope = entry.scope
    parts = _OPEN if scope is ANY else {part: getattr(scope, part) or "" for part in SCOPE_PARTS}
    return {
        "document": entry.document,
        "order": order,
        "line": entry.line,
        "owner": entry.owner,
        "item": entry.item,
        "channel": entry.channel,
        "claim": entry.claim.value,
        "qty": entry.qty,
        "per": entry.per,
        "expires": entry.expires,
        **parts,
    }


def unclaim(conn: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Takes `qty` back from the claim `id`; claims at nothing are removed."""
    if rows:
        _lower.run(conn, [{"row": row["id"], "less": row["qty"]} for row in rows])
        conn.execute(_spent, {"claims": [row["id"] for row in rows]})


def of_orders(conn: Connection, orders: Iterable[int]) -> Sequence[Row[Any]]:
    """The claims of some orders, each with the `sku` of its line."""
    return conn.execute(_of_orders, {"orders": sorted(orders)}).all()


def extend(conn: Connection, document: str, expires: str) -> None:
    """Gives all claims of a document another end."""
    conn.execute(_extend, {"which": document, "until": expires})


def of_order(conn: Connection, order: int) -> Sequence[Row[Any]]:
    """The claims of an order."""
    return conn.execute(_of_order, {"of": order}).all()


def of_document(conn: Connection, document: str) -> Sequence[Row[Any]]:
    """The claims of a document, as `order:8841`, `hold:H-1` or `transfer:T-1`."""
    return _of_document.rows(conn, which=document)


def of_line(conn: Connection, document: str, line: int) -> Sequence[Row[Any]]:
    """The claims of one line of a document."""
    return _of_line.rows(conn, which=document, number=line)


def together(conn: Connection, row: Row[Any], own: str | None) -> Sequence[Row[Any]]:
    """The claims that stand and fall with one: of a kit's components those at its site, equally strong.

    `own` is the item of the claim's line.
    """
    if row.item == own:
        return [row]
    alike = (row.site, row.claim)
    mine = of_line(conn, row.document, row.line)
    return [entry for entry in mine if entry.item != own and (entry.site, entry.claim) == alike]


def to_come(rows: Iterable[Row[Any]]) -> Counter[int]:
    """Units by line that are claimed of supply that is not here yet; the others could leave."""
    found = Counter[int]()
    for row in rows:
        if row.supply:
            found[row.line] += row.qty
    return found


def ranked_on(conn: Connection, owner: str, sku: str) -> Sequence[Row[Any]]:
    """The claims on an item in order of entitlement: in hand, hard, soft, basket, then as orders rank.

    Each row has the `sku` of its order line, or None when it is no order's.
    """
    return conn.execute(_ranked, {"owner": owner, "sku": sku}).all()


def first_on(conn: Connection, owner: str, sku: str, now: datetime, most: int) -> Sequence[Row[Any]]:
    """The first of the claims that hold units of an item which are here, as `ranked_on` has them."""
    given = {"owner": owner, "sku": sku, "now": to_text(now), "most": most}
    return conn.execute(_first, given).all()


_document = reservation.c.document == bindparam("which")
_stands = or_(reservation.c.expires.is_(None), reservation.c.expires > bindparam("now"))
_standing = asking_each(
    "skus",
    lambda is_asked: union_all(
        select(
            reservation.c.item,
            reservation.c.claim,
            reservation.c.channel,
            func.sum(reservation.c.qty).label("qty"),
            *SCOPE_COLUMNS,
        )
        .where(reservation.c.owner == bindparam("owner"), is_asked(reservation.c.item), _stands)
        .group_by(reservation.c.item, reservation.c.claim, reservation.c.channel, *SCOPE_COLUMNS),
        select(
            site_safety.c.sku,
            literal_column(f"'{SAFETY}'"),
            literal_column("''"),
            site_safety.c.qty,
            site_safety.c.site,
            *(null() for _ in SCOPE_PARTS[1:]),
        ).where(is_asked(site_safety.c.sku)),
    ),
)
_claim = upserting(
    reservation,
    ("document", "line", "item", "claim", *sorted(SCOPE_PARTS)),
    lambda old, newer: {"qty": old.c.qty + newer.qty},
    *(column.name for column in reservation.columns if column.name != "id"),
)
_lower = updating(
    update(reservation)
    .where(reservation.c.id == bindparam("row"))
    .values(qty=reservation.c.qty - bindparam("less")),
    "row",
    "less",
)
_spent = delete(reservation).where(
    reservation.c.id.in_(bindparam("claims", expanding=True)), reservation.c.qty == 0
)
_extend = update(reservation).where(_document).values(expires=bindparam("until"))
_in_order = (reservation.c.line, reservation.c.item, reservation.c.claim, *SCOPE_COLUMNS)
_of_order = select(reservation).where(reservation.c.order == bindparam("of")).order_by(*_in_order)
_of_orders = (
    select(reservation, order_line.c.sku)
    .join_from(
        reservation,
        order_line,
        (reservation.c.order == order_line.c.order) & (reservation.c.line == order_line.c.line),
    )
    .where(reservation.c.order.in_(bindparam("orders", expanding=True)))
    .order_by(reservation.c.order, *_in_order)
)
_of_document = asking(lambda _: select(reservation).where(_document).order_by(*_in_order))
_one_line = reservation.c.line == bindparam("number")
_of_line = asking(lambda _: select(reservation).where(_document, _one_line).order_by(*_in_order))
# Units that somebody has in hand are the last to be missed.
_in_hand = (
    select(parcel.c.code)
    .join_from(parcel, parcel_line, parcel_line.c.parcel == parcel.c.code)
    .where(
        parcel.c.order == reservation.c.order,
        parcel.c.site == reservation.c.site,
        parcel.c.state.in_(["picked", "packed"]),
        parcel_line.c.line == reservation.c.line,
        parcel_line.c.qty > 0,
        or_(
            reservation.c.serial == "",
            select(parcel_serial.c.serial)
            .where(
                parcel_serial.c.parcel == parcel.c.code,
                parcel_serial.c.line == reservation.c.line,
                parcel_serial.c.serial == reservation.c.serial,
            )
            .correlate(parcel, reservation)
            .exists(),
        ),
    )
    .correlate(reservation)
    .exists()
)
_strength = case(
    ((reservation.c.claim == Claim.HARD.value) & _in_hand, 0),
    (reservation.c.claim == Claim.HARD.value, 1),
    (reservation.c.claim == Claim.SOFT.value, 2),
    (reservation.c.claim == Claim.BASKET.value, 3),
    else_=4,
)
_ranked = (
    select(reservation, order_line.c.sku)
    .join_from(
        reservation,
        order_line,
        (reservation.c.order == order_line.c.order) & (reservation.c.line == order_line.c.line),
        isouter=True,
    )
    .where(reservation.c.owner == bindparam("owner"), reservation.c.item == bindparam("sku"))
    .order_by(
        _strength,
        func.coalesce(order_line.c.priority, _NO_ORDERS_PRIORITY),
        func.coalesce(order_line.c.placed_at, ""),
        order_line.c.order,
        order_line.c.line,
        reservation.c.id,
    )
)
_first = _ranked.where(_stands, reservation.c.supply == "").limit(bindparam("most"))
