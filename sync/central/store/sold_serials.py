"""The serials that a return may bring: those its matched sales were sent and that did not come back yet.

Only of sales whose shipments recorded a serial for every unit: of others nobody knows what was sent.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, literal_column, select

from app.domain.event import EventKind
from app.domain.fields import Fields
from sync.central.rules.progress import COUNTED
from sync.central.store.prepared import asking
from sync.central.store.tables import (
    customer_order,
    event,
    order_line,
    rma,
    rma_event,
    rma_match,
    sold_serial,
)

Expected = Mapping[int, tuple[str, ...]]
"""Serials by line of a return."""

MOST = 1000
"""Lines with more of them are held against none: no bench could tell a misread from another unit."""

_Sale = tuple[int, int]


def expected_serials(
    conn: Connection, documents: Mapping[str, Any], before: int | None = None
) -> dict[str, Expected]:
    """What each return may bring, by its code and line; lines of which nobody knows are left out.

    A line that names a serial for each of its units expects exactly those. `documents` are the records of
    the returns, as they were authorized; with a row of an event, what came by others before it counts alone.
    """
    found = dict[str, dict[int, tuple[str, ...]]]()
    open_codes = set[str]()
    for code, document in documents.items():
        lines = found[code] = {}
        for line in document["lines"]:
            if len(line["serials"]) >= line["qty"]:
                lines[line["line"]] = tuple(line["serials"])
            else:
                open_codes.add(code)
    for (code, number), serials in _outstanding(conn, open_codes, before).items():
        line = next((one for one in documents[code]["lines"] if one["line"] == number), None)
        if line is not None and number not in found[code]:
            every = tuple(dict.fromkeys((*line["serials"], *serials)))
            if len(every) <= MOST:
                found[code][number] = every
    return {code: lines for code, lines in found.items() if lines}


def sharing(conn: Connection, codes: Collection[str]) -> list[str]:
    """Other open returns of the same sales, of which serials were recorded."""
    rows = _sharing.rows(conn, codes=sorted(codes)) if codes else ()
    return sorted({row.rma for row in rows} - set(codes))


def sold_on(conn: Connection, owner: str, sku: str, serial: str) -> str | None:
    """The order that a unit left with last; None when no order of the owner's was sent it."""
    row = _order_of.first(conn, owner=owner, sku=sku, serial=serial)
    return row.code if row is not None else None


def out_elsewhere(conn: Connection, code: str, owner: str, unit: tuple[str, str], before: int) -> bool:
    """Whether a unit, by item and serial, left last with an order that a return is not of and is out with it.

    It is so until it came back by a return of that order, before a row of an event.
    """
    sku, serial = unit
    sale = _order_of.first(conn, owner=owner, sku=sku, serial=serial)
    if sale is None:
        return False
    rows = _returns_of.rows(conn, order=sale.id, line=sale.line)
    codes = {row.rma for row in rows}
    if code in codes:
        return False
    return not _come(conn, codes, before).get((sale.id, sale.line, serial)) if codes else True


def _outstanding(
    conn: Connection, codes: Collection[str], before: int | None
) -> dict[tuple[str, int], list[str]]:
    """By line the serials of its sales that are still out, where all of its sales recorded theirs."""
    if not codes:
        return {}
    rows = _sold.rows(conn, codes=sorted(codes))
    if all(row.serial is None for row in rows):
        return {}
    known = {(row.order, row.line): int(row.units) for row in _recorded.rows(conn, codes=sorted(codes))}
    sales = {(row.order, row.order_line): int(row.shipped) for row in rows}
    come = _come(conn, codes, before) if known else {}
    found, unknown = defaultdict[tuple[str, int], list[str]](list), set[tuple[str, int]]()
    for row in rows:
        sale = (row.order, row.order_line)
        if known.get(sale, 0) < sales[sale]:
            unknown.add((row.rma, row.number))
        elif row.serial is not None and not row.returned:
            others = {code for code in come.get((*sale, row.serial), ()) if code != row.rma}
            if not others:
                found[row.rma, row.number].append(row.serial)
    return {line: serials for line, serials in found.items() if line not in unknown}


def _come(
    conn: Connection, codes: Collection[str], before: int | None
) -> Mapping[tuple[int, int, str], set[str]]:
    """The returns by which a serial of a sale came back, of all returns of the same sales."""
    sales, undone = defaultdict[tuple[str, int], list[_Sale]](list), Counter[str]()
    for row in _siblings.rows(conn, codes=sorted(codes)):
        sales[row.rma, row.line].append((row.order, row.order_line))
    returns = sorted({code for code, _ in sales})
    undone.update(row.corrects for row in _undone.rows(conn, codes=returns))
    found = defaultdict[tuple[int, int, str], set[str]](set)
    for row in _deeds.rows(conn, codes=returns):
        facts = Fields(json.loads(row.body), "facts")
        number = facts.raw().get("line")
        serial = facts.maybe_text("instead_of") or facts.maybe_text("serial")
        later = before is not None and row.id >= before
        if later or undone[row.event_id] or not serial or not isinstance(number, int):
            continue
        for sale in sales.get((row.rma, number), ()):
            found[(*sale, serial)].add(row.rma)
    return found


_matched_line = and_(order_line.c.order == rma_match.c.order, order_line.c.line == rma_match.c.order_line)
_sent = and_(sold_serial.c.order == rma_match.c.order, sold_serial.c.line == rma_match.c.order_line)
_sold = asking(
    lambda among: (
        select(
            rma_match.c.rma,
            rma_match.c.line.label("number"),
            rma_match.c.order,
            rma_match.c.order_line,
            order_line.c.shipped,
            sold_serial.c.serial,
            sold_serial.c.returned,
        )
        .join(order_line, _matched_line)
        .join(sold_serial, _sent, isouter=True)
        .where(among(rma_match.c.rma, "codes"))
        .order_by(rma_match.c.rma, rma_match.c.line, sold_serial.c.serial)
    )
)
_of_codes = rma_match.alias("of_codes")
_recorded = asking(
    lambda among: (
        select(sold_serial.c.order, sold_serial.c.line, func.count().label("units"))
        .where(
            select(rma_match.c.rma)
            .where(_sent, among(rma_match.c.rma, "codes"))
            .correlate(sold_serial)
            .exists()
        )
        .group_by(sold_serial.c.order, sold_serial.c.line)
    )
)
_same_sale = and_(
    rma_match.c.order == _of_codes.c.order,
    rma_match.c.order_line == _of_codes.c.order_line,
)
_siblings = asking(
    lambda among: (
        select(rma_match.c.rma, rma_match.c.line, rma_match.c.order, rma_match.c.order_line)
        .distinct()
        .join_from(rma_match, _of_codes, _same_sale)
        .where(among(_of_codes.c.rma, "codes"))
    )
)
_sharing = asking(
    lambda among: (
        select(rma_match.c.rma)
        .distinct()
        .join_from(rma_match, _of_codes, _same_sale)
        .join(rma, rma.c.code == rma_match.c.rma)
        .join(sold_serial, _sent)
        .where(
            among(_of_codes.c.rma, "codes"),
            rma_match.c.rma != _of_codes.c.rma,
            rma.c.state == literal_column("'open'"),
        )
    )
)
_undo = event.alias("undo")
_undone = asking(
    lambda among: (
        select(_undo.c.corrects)
        .join_from(rma_event, _undo, _undo.c.corrects == rma_event.c.event_id)
        .where(
            among(rma_event.c.rma, "codes"),
            _undo.c.kind == literal_column(f"'{EventKind.RETURN_UNDONE}'"),
        )
    )
)
_deeds = asking(
    lambda among: (
        select(rma_event.c.rma, event.c.id, event.c.event_id, event.c.body)
        .join_from(rma_event, event, rma_event.c.event_id == event.c.event_id)
        .where(
            among(rma_event.c.rma, "codes"),
            event.c.kind.in_([literal_column(f"'{kind}'") for kind in sorted(COUNTED)]),
        )
    )
)
_order_of = asking(
    lambda _: (
        select(customer_order.c.code, customer_order.c.id, sold_serial.c.line)
        .join_from(sold_serial, customer_order, sold_serial.c.order == customer_order.c.id)
        .where(
            sold_serial.c.sku == bindparam("sku"),
            sold_serial.c.serial == bindparam("serial"),
            customer_order.c.owner == bindparam("owner"),
        )
        .order_by(customer_order.c.id.desc())
        .limit(1)
    )
)
_returns_of = asking(
    lambda _: (
        select(rma_match.c.rma)
        .distinct()
        .where(rma_match.c.order == bindparam("order"), rma_match.c.order_line == bindparam("line"))
    )
)
