"""Keeping claims in line with stock: what was lost is taken back, what came goes to the oldest backorder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select, tuple_

from app.domain.clock import to_text
from app.domain.reservation import Reservation
from sync.central.rules.cover import Cover
from sync.central.rules.explain import FILLED, LOST
from sync.central.rules.line_claims import Promised
from sync.central.rules.promise import RESERVED, Grant, Want
from sync.central.rules.regrant import grant_anew
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.all_or_nothing import withdraw_partial
from sync.central.store.decisions import Decision, note
from sync.central.store.exceptions import Case, open_case
from sync.central.store.kits import components, kits_of
from sync.central.store.prepared import asking
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.shrinking import shrink
from sync.central.store.stock import Stock, look
from sync.central.store.tables import (
    customer_order,
    order_line,
    sold_serial,
)

_PAGE = 500
_AT_ONCE = 2000
_LINES_AN_ITEM = 2
_ALWAYS = "9999-12-31T00:00:00.000Z"
_NONE: Mapping[int, Sequence[Promised]] = {}
# An order with the waiting lines of it that got something.
Granted = tuple[OrderHead, list[tuple[Any, Grant]]]


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
        if sku in stock.short:
            freed |= _take_back(act, owner, sku, stock.covers[sku])
    if freed:
        skus = sorted({*skus, *freed, *kits_of(act.conn, freed)})
        stock = look(act.conn, owner, skus, act.posted_at)
    _fill(act, stock, skus)


# --- taking claims back ------------------------------------------------------------------------------------


def _take_back(act: Act, owner: str, sku: str, seen: Cover) -> set[str]:
    """Takes claims on an item back until they fit; the items whose units became free by it.

    Whoever is entitled most is placed first, so that those who came last lose, and a unit that is claimed by
    name and gone frees its own claim.
    """
    cover = Cover(seen.cells)
    freed, voided, losers, lost = {sku}, 0, set[int](), list[Decision]()
    for row in claims.ranked_on(act.conn, owner, sku):
        scope = claims.scope_of(row)
        if scope.supply is not None or (row.expires is not None and row.expires <= to_text(act.posted_at)):
            continue
        placed = cover.place(RESERVED, scope, row.qty)
        if placed == row.qty:
            continue
        units = -(-(row.qty - placed) // row.per)
        gone = _given_up(act.conn, row, units)
        claims.unclaim(act.conn, [{"id": entry.id, "qty": qty} for entry, qty in gone])
        if row.order is not None:
            orders.reserve(act.conn, row.order, [(row.line, -units)])
            shrink(act, row.order, row.line)
            document = {"line": row.line, "sku": row.sku, "item": sku, "qty": units, "cause": act.session}
            lost.append(Decision(row.document, LOST, document))
            losers.add(row.order)
        freed |= {entry.item for entry, _ in gone}
        cover.release(RESERVED, scope, placed - (row.qty - units * row.per))
        voided += units * row.per
    note(act, lost)
    if voided:
        open_case(act.conn, _promise_lost(owner, sku, voided), act.posted_at)
    return freed | withdraw_partial(act, losers)


def _given_up(conn: Connection, row: Row[Any], units: int) -> list[tuple[Row[Any], int]]:
    """What a line loses with `units` of one claim: of a kit the other components at its site too."""
    others = [] if row.item == row.sku else [e for e in _of_kit(conn, row) if e.item != row.item]
    found, left = [(row, min(row.qty, units * row.per))], dict[str, int]()
    for entry in others:
        take = min(entry.qty, left.setdefault(entry.item, units * entry.per))
        left[entry.item] -= take
        if take:
            found.append((entry, take))
    return found


def _of_kit(conn: Connection, row: Row[Any]) -> Sequence[Row[Any]]:
    """The claims that stand and fall together, of an order's line or of another document's."""
    if row.order is not None:
        return claims.together(conn, row, row.sku)
    items = {entry.item for entry in claims.of_line(conn, row.document, row.line)}
    return claims.together(conn, row, _own_item(conn, items))


def _own_item(conn: Connection, items: set[str]) -> str | None:
    """The item of a line that no order tells it of: the only one, or the kit that the others make."""
    if len(items) == 1:
        return next(iter(items))
    kits = components(conn, sorted(items))
    return next((kit for kit, parts in kits.items() if {p.sku for p in parts} == items - {kit}), None)


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
    give(act, *_grants(act, stock, skus))


def give(act: Act, stock: Stock, granted: Iterable[Granted], short: Mapping[str, Any] | None = None) -> None:
    """Claims what waiting lines were granted out of `stock`, or ships it, and notes why.

    `short` has by item the first line that was left with less than it waits for.
    """
    orders_left = iter(granted)
    while part := list(islice(orders_left, _AT_ONCE)):
        _give(act, stock, part, short or {})


def _give(act: Act, stock: Stock, granted: Sequence[Granted], short: Mapping[str, Any]) -> None:
    """The same for so many orders that what is written of them is little."""
    decisions, units = list[Decision](), list[tuple[int, int, int]]()
    taken = list[tuple[Reservation, int]]()
    for head, rows in granted:
        grants = [grant for _, grant in rows]
        if head.ship == "available":
            parts = Part.of_grants(grants)
            ship(act, head, parts, stock)
            orders.advance(act.conn, head.id, parts, act.occurred_at, from_claims=False)
            orders.settle_state(act.conn, [head.id])
        else:
            taken += [(entry, head.id) for entry in orders.claims_of_grants(head, grants)]
            units += [(head.id, grant.want.line, grant.qty) for grant in grants]
        decisions.append(_decision(act, head, rows, stock, short))
    claims.claim_each(act.conn, taken)
    orders.reserve_each(act.conn, units)
    note(act, decisions)


def _decision(
    act: Act,
    head: OrderHead,
    rows: Sequence[tuple[Any, Grant]],
    stock: Stock,
    short: Mapping[str, Any],
) -> Decision:
    """Why these lines got units now, and who came next; the act's session is what brought them."""
    first, units = rows[0][0], Counter[int]()
    for row, grant in rows:
        units[row.line] += grant.qty
    lines = {row.line: row for row, _ in rows}.values()
    after = next((short[row.sku] for row, _ in rows if row.sku in short), None)
    document: dict[str, object] = {
        "rank": {"priority": first.priority, "placed_at": first.placed_at},
        "cause": act.session,
        "lines": [
            {"line": row.line, "sku": row.sku, "asked": row.open, "granted": units[row.line]} for row in lines
        ],
    }
    if after is not None:
        document["runner_up"] = {
            "order": after.code,
            "line": after.line,
            "priority": after.priority,
            "placed_at": after.placed_at,
            "open": after.open,
            "fill": after.fill,
        }
    return Decision(f"order:{head.code}", FILLED, document, stock.policy.version)


def _grants(act: Act, stock: Stock, skus: Sequence[str]) -> tuple[Stock, list[Granted], dict[str, Any]]:
    """What the waiting lines get, in order of entitlement, page by page until nothing is left to give.

    The stock is what was looked at in the end: an order that wants all or nothing may need other items too.
    """
    found, whole = dict[int, Granted](), set[int]()
    # By item the first line that was left with less than it waits for: who came next.
    short = dict[str, Any]()
    after: tuple[int, str, int, int] = (-1, "", 0, 0)
    days = stock.policy.horizon_days
    until = to_text(act.posted_at + timedelta(days=days)) if days is not None else _ALWAYS
    # The more items, the larger the page: each page looks at every item that is left.
    most = _PAGE + _LINES_AN_ITEM * len(skus)
    while True:
        # Units that only a line of their grade gets are no reason to walk through everybody else's lines.
        new = [sku for sku in skus if stock.offer.any_room(sku, stock.kit(sku))]
        skus = [*new, *stock.graded.intersection(skus).difference(new)] if stock.graded else new
        if not skus:
            break
        p, t, o, n = after
        page = _waiting.rows(
            act.conn, owner=stock.owner, skus=skus, new=new, until=until, most=most, p=p, t=t, o=o, n=n
        )
        for row in page:
            if row.fill != "complete":
                grants = [(row, stock.offer.grant(want_of(act.conn, stock, row)))]
                keep(found, stock, grants)
            elif row.order not in whole:
                whole.add(row.order)
                stock, grants = all_or_nothing(act, stock, row.order)
                keep(found, stock, grants)
            else:
                continue
            if sum(grant.qty for entry, grant in grants if entry.line == row.line) < row.open:
                short.setdefault(row.sku, row)
        if len(page) < most:
            break
        after = (page[-1].priority, page[-1].placed_at, page[-1].order, page[-1].line)
    return stock, list(found.values()), short


def all_or_nothing(
    act: Act, stock: Stock, order: int, had: Mapping[int, Sequence[Promised]] = _NONE
) -> tuple[Stock, list[tuple[Any, Grant]]]:
    """Everything an order waits for, or nothing; with the stock in which all of it was looked at.

    `had` are units by line that it was promised before, and that wait only to be granted anew.
    """
    rows = act.conn.execute(_open_lines, {"of": order}).all()
    others = [row.sku for row in rows if row.sku not in stock.pools]
    if others:
        stock = stock.beside(look(act.conn, stock.owner, others, act.posted_at))
    grants = [
        (row, grant)
        for row in rows
        for grant in grant_anew(want_of(act.conn, stock, row), had.get(row.line, ()), stock.offer)
    ]
    if sum(grant.qty for _, grant in grants) == sum(row.open for row in rows):
        return stock, grants
    for _, grant in grants:
        stock.offer.withdraw(grant)
    return stock, []


def keep(found: dict[int, Granted], stock: Stock, grants: Iterable[tuple[Any, Grant]]) -> None:
    """Adds what lines were granted to what their orders get."""
    for row, grant in grants:
        if grant.qty:
            head = OrderHead(row.order, row.code, stock.owner, row.channel, row.ship, row.claim)
            found.setdefault(row.order, (head, []))[1].append((row, grant))


def want_of(conn: Connection, stock: Stock, row: Any) -> Want:
    """What `open` units of an order line ask for; the row has its order's code, channel and site too."""
    serials: Iterable[str] = ()
    if row.serials is not None:
        taken = set(conn.scalars(_sold_of_line, {"of": row.order, "number": row.line}))
        taken |= {entry.serial for entry in claims.of_line(conn, f"order:{row.code}", row.line)}
        serials = (serial for serial in json.loads(row.serials) if serial not in taken)
    kit, scope = stock.kit(row.sku), orders.scope(row, row)
    return Want(row.line, row.sku, row.open, kit, tuple(serials), scope, row.channel, row.region)


_sold_of_line = select(sold_serial.c.serial).where(
    sold_serial.c.order == bindparam("of"), sold_serial.c.line == bindparam("number")
)
_rank = (order_line.c.priority, order_line.c.placed_at, order_line.c.order, order_line.c.line)
_filled = order_line.c.reserved + order_line.c.shipped + order_line.c.cancelled
# The two conditions on the line repeat those of the partial index on waiting lines word for word.
_is_short = and_(order_line.c.sku.is_not(None), order_line.c.qty > _filled)
_lines = (
    select(
        *_rank,
        order_line.c.sku,
        order_line.c.serials,
        (order_line.c.qty - _filled).label("open"),
        order_line.c.lot,
        order_line.c.grade,
        order_line.c.fresh,
        customer_order.c.code,
        customer_order.c.channel,
        customer_order.c.ship,
        customer_order.c.claim,
        customer_order.c.fill,
        customer_order.c.site,
        customer_order.c.region,
    )
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(_is_short)
)
_waiting = asking(
    lambda among: (
        _lines.where(
            order_line.c.owner == bindparam("owner"),
            among(order_line.c.sku, "skus"),
            or_(order_line.c.grade != "", among(order_line.c.sku, "new")),
            customer_order.c.block.is_(None),
            or_(customer_order.c.wanted_by.is_(None), customer_order.c.wanted_by <= bindparam("until")),
            tuple_(*_rank) > tuple_(bindparam("p"), bindparam("t"), bindparam("o"), bindparam("n")),
        )
        .order_by(*_rank)
        .limit(bindparam("most"))
    )
)
_open_lines = _lines.where(order_line.c.order == bindparam("of")).order_by(order_line.c.line)
