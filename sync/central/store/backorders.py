"""Keeping claims in line with stock: what was lost is taken back, what came goes to the oldest backorder."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_

from sync.central.rules.promise import Grant, Want
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, open_case
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import Stock, kits_of, look
from sync.central.store.tables import customer_order, order_line, reservation, sold_serial

_PAGE = 500


def settle(act: Act, owner: str, items: Collection[str]) -> None:
    """After the stock of these items changed, or claims on them: law 2 first (facts win), then backorders.

    Claims on units that are gone are taken back from the order that came last; one exception an item says
    so. Then free units go to backorders by priority and age; orders that ship as stock comes are shipped,
    the others get their claims.
    """
    skus = sorted({*items, *kits_of(act.conn, items)})
    stock = look(act.conn, owner, skus, act.posted_at)
    freed = set[str]()
    for sku in sorted(items):
        if stock.pools[sku].short or _lost_serials(stock, sku):
            freed |= _take_back(act, owner, sku)
    if freed:
        skus = sorted({*skus, *freed, *kits_of(act.conn, freed)})
        stock = look(act.conn, owner, skus, act.posted_at)
    _fill(act, stock, skus)


# --- taking claims back ------------------------------------------------------------------------------------


def _lost_serials(stock: Stock, sku: str) -> set[str]:
    named = {serial for item, serial in stock.claimed if item == sku}
    if not named:
        # Nearly always: a receipt of many items would otherwise go through all shelves for each of them.
        return named
    here = {shelf.account.serial for shelf in stock.shelves if shelf.account.item == sku and shelf.qty > 0}
    return named - here


def _take_back(act: Act, owner: str, sku: str) -> set[str]:
    """Takes claims on an item back until they fit; the items whose units became free by it."""
    stock = look(act.conn, owner, (sku,), act.posted_at)
    short, lost = stock.pools[sku].short, _lost_serials(stock, sku)
    rows = act.conn.execute(_claims_on, {"owner": owner, "sku": sku}).all()
    # A unit claimed by name that is gone frees its own claim first, whoever came last.
    rows = sorted(rows, key=lambda row: row.serial not in lost)
    freed, voided = {sku}, 0
    for row in rows:
        if short <= 0 and row.serial not in lost:
            break
        units = min(row.qty // row.per, max(1, -(-short // row.per)))
        touched = [row] if row.item == row.sku else _of_kit(act.conn, row)
        orders.unclaim(act.conn, [{"id": entry.id, "qty": units * entry.per} for entry in touched])
        orders.reserve(act.conn, row.order, [(row.line, -units)])
        freed |= {entry.item for entry in touched}
        short -= units * row.per
        voided += units * row.per
    if voided:
        open_case(act.conn, _promise_lost(owner, sku, voided), act.posted_at)
    return freed


def _of_kit(conn: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    of_line = conn.execute(_claims_of_line, {"of": row.order, "number": row.line}).all()
    return [entry for entry in of_line if entry.item != row.sku]


def _promise_lost(owner: str, sku: str, qty: int) -> Case:
    return Case(
        key=f"promise.lost:{owner}:{sku}",
        type="promise.lost",
        subject=f"sku:{sku}",
        owner_role="planner",
        fix="Stock that orders had claimed is gone; the last orders went back to backorder. Count the item "
        "and tell their customers.",
        sku=sku,
        qty=qty,
    )


# --- filling backorders ------------------------------------------------------------------------------------


def _fill(act: Act, stock: Stock, skus: Sequence[str]) -> None:
    found = _grants(act.conn, stock, skus)
    named = [(grant.want.sku, serial) for _, grants in found for grant in grants for serial in grant.serials]
    picker = stock.picker(named)
    for head, grants in found:
        if head.ship == "available":
            parts = [Part.of(grant) for grant in grants]
            ship(act, head, parts, picker)
            orders.advance(act.conn, head.id, parts, act.occurred_at, from_claims=False)
        else:
            orders.claim(act.conn, orders.claim_rows(head, grants))
            orders.reserve(act.conn, head.id, [(grant.want.line, grant.qty) for grant in grants])
    orders.settle_state(act.conn, [head.id for head, _ in found if head.ship == "available"])


def _grants(conn: Connection, stock: Stock, skus: Sequence[str]) -> list[tuple[OrderHead, list[Grant]]]:
    """What the waiting lines get, in order of entitlement, page by page until nothing is left to give."""
    offer = stock.offer()
    found: dict[int, tuple[OrderHead, list[Grant]]] = {}
    after: tuple[int, str, int, int] = (-1, "", 0, 0)
    while hopeful := [sku for sku in skus if offer.promise(sku, stock.kit(sku)) > 0]:
        page = conn.execute(
            _waiting,
            {
                "owner": stock.owner,
                "skus": hopeful,
                "p": after[0],
                "t": after[1],
                "o": after[2],
                "n": after[3],
            },
        ).all()
        for row in page:
            grant = offer.grant(_want(conn, stock, row))
            if grant.qty:
                head = OrderHead(row.order, row.code, stock.owner, row.channel, row.ship)
                found.setdefault(row.order, (head, []))[1].append(grant)
        if len(page) < _PAGE:
            break
        after = (page[-1].priority, page[-1].placed_at, page[-1].order, page[-1].line)
    return list(found.values())


def _want(conn: Connection, stock: Stock, row: Any) -> Want:
    serials: Iterable[str] = ()
    if row.serials is not None:
        line = {"of": row.order, "number": row.line}
        taken = set(conn.scalars(_sold_of_line, line))
        taken |= {entry.serial for entry in conn.execute(_claims_of_line, line)}
        serials = (serial for serial in json.loads(row.serials) if serial not in taken)
    return Want(row.line, row.sku, row.open, stock.kit(row.sku), tuple(serials))


_claims_on = (
    select(reservation, order_line.c.sku)
    .join_from(
        reservation,
        order_line,
        (reservation.c.order == order_line.c.order) & (reservation.c.line == order_line.c.line),
    )
    .where(reservation.c.owner == bindparam("owner"), reservation.c.item == bindparam("sku"))
    .order_by(
        order_line.c.priority.desc(),
        order_line.c.placed_at.desc(),
        order_line.c.order.desc(),
        order_line.c.line.desc(),
        reservation.c.id.desc(),
    )
)
_claims_of_line = select(reservation).where(
    reservation.c.order == bindparam("of"), reservation.c.line == bindparam("number")
)
_sold_of_line = select(sold_serial.c.serial).where(
    sold_serial.c.order == bindparam("of"), sold_serial.c.line == bindparam("number")
)
_rank = (order_line.c.priority, order_line.c.placed_at, order_line.c.order, order_line.c.line)
_filled = order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled
# The two conditions on the line repeat those of the partial index on waiting lines word for word.
_waiting = (
    select(
        *_rank,
        order_line.c.sku,
        order_line.c.serials,
        (order_line.c.qty - _filled).label("open"),
        customer_order.c.code,
        customer_order.c.channel,
        customer_order.c.ship,
    )
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(
        order_line.c.owner == bindparam("owner"),
        order_line.c.sku.in_(bindparam("skus", expanding=True)),
        order_line.c.sku.is_not(None),
        order_line.c.qty > _filled,
        tuple_(*_rank) > tuple_(bindparam("p"), bindparam("t"), bindparam("o"), bindparam("n")),
    )
    .order_by(*_rank)
    .limit(_PAGE)
)
