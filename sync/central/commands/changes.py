"""Changing an open order: other quantities, another site; its own reservation never stands in its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, update

from app.domain.counted import counted
from app.domain.refusal import Refused
from sync.central.commands.catalogue import require_site
from sync.central.commands.dispatch_asked import Change, LineChange
from sync.central.commands.shapes import require_numbered
from sync.central.rules.explain_dispatch import CHANGED
from sync.central.rules.least import Asked, require_least
from sync.central.rules.line_claims import LineClaim, by_line, of_line, promised
from sync.central.rules.outcomes import Conflict, Declined
from sync.central.rules.promise import Grant, Want
from sync.central.rules.regrant import grant_anew
from sync.central.store import claims, orders, replacement_rows
from sync.central.store.act import Act
from sync.central.store.all_or_nothing import withdraw_partial
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.declining import declined
from sync.central.store.item_rules import least_of
from sync.central.store.order_claims import give_back, spend, spread
from sync.central.store.stock import Stock, look
from sync.central.store.tables import order_line


def change_order(act: Act, code: str, asked: Change) -> dict[str, object] | Declined:
    """Gives lines other quantities, or the order another site.

    Of a line that shrinks what waits is given up first, then what is reserved. A line that grows gets what is
    free in its turn. For another site what is reserved is checked there, and waits where it is not.

    Raises:
        Missing: no such order.
        Conflict: the order is not open, units that would go are picked, or it stands in parcels elsewhere.
        Refused: a line is unknown, stands twice, names serials, or would be less than was shipped,
            or an item is not sold in so few units.
    """
    row = orders.find(act.conn, code)
    if row.state != "open":
        raise Conflict(
            "order.not_open",
            f"Order {code} is {row.state}.",
            "Expected one that is open.",
            "Capture another order.",
        )
    lines = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    wanted = _wanted(lines, asked.lines)
    if wanted and replacement_rows.of_order(act.conn, code) is not None:
        raise Conflict(
            "order.replacement",
            f"Read other quantities for order {code}, which replaces units that come back.",
            "Expected as many as come back.",
            "Cancel units that are not wanted.",
        )
    _require_least(act, lines, wanted)
    site = asked.site if "site" in asked.model_fields_set else row.site
    if site is not None and site != row.site:
        require_site(act.conn, site)
    short: list[_Short] = []
    with act.conn.begin_nested() as attempt:
        _change(act, row, lines, wanted, site)
        after = {line.line: line for line in orders.lines_of(act.conn, row.id)}
        if asked.short == "refuse":
            short = _shortages(lines, after, moved=site != row.site)
        if short:
            attempt.rollback()
    if short:
        return _declined(act, row, short, site)
    changed = [_told(lines[number], after[number]) for number in wanted]
    document: dict[str, object] = {"lines": changed}
    if site != row.site:
        document["site"] = {"from": row.site, "to": site}
    note(act, [Decision(f"order:{code}", CHANGED, document)])
    return orders.found(act.conn, code)


def _wanted(lines: Mapping[int, Row[Any]], asked: Sequence[LineChange]) -> dict[int, int]:
    """New quantities by line, those that differ."""
    wanted = {part.line: part.qty for part in asked}
    require_numbered([part.line for part in asked], "order.lines")
    for number, qty in wanted.items():
        line = lines.get(number)
        least = line.shipped + line.cancelled if line is not None else 0
        if line is None or qty < least:
            raise Refused(
                "order.line_change",
                f"Read {counted(qty, 'unit')} for line {number}.",
                f"Expected at least the {least} that were shipped or cancelled." if line else "No such line.",
                "Correct the line; authorize a return for what was shipped.",
            )
        if line.serials is not None and qty != line.qty:
            raise Refused(
                "order.serials",
                f"Line {number} names its serials.",
                "Expected a line without serials.",
                "Cancel the units, and capture an order with the serials that are wanted.",
            )
    return {number: qty for number, qty in wanted.items() if qty != lines[number].qty}


def _require_least(act: Act, lines: Mapping[int, Row[Any]], wanted: Mapping[int, int]) -> None:
    """Holds the items of lines that change against the fewest units that are sold of them."""
    skus = [lines[number].sku for number in wanted if lines[number].sku is not None]
    mine = [line for line in lines.values() if line.sku in skus]
    require_least(
        [Asked(line.line, line.sku, wanted.get(line.line, line.qty) - line.cancelled) for line in mine],
        least_of(act.conn, skus),
    )


def _change(
    act: Act, row: Row[Any], lines: Mapping[int, Row[Any]], wanted: Mapping[int, int], site: str | None
) -> None:
    """What shrinks first, then the site, then what grows; at last whoever waits for what became free."""
    freed = set(_shrink(act, row, lines, wanted))
    if site != row.site:
        freed |= _move(act, row, site)
    if wanted:
        sizes = [{"of": row.id, "number": number, "to": qty} for number, qty in wanted.items()]
        act.conn.execute(_resize, sizes)
    orders.settle_state(act.conn, [row.id])
    growing = {lines[number].sku for number, qty in wanted.items() if qty > lines[number].qty}
    if site != row.site:
        # What waited may be there.
        growing |= {line.sku for line in orders.lines_of(act.conn, row.id) if _open(line)}
    settle(act, row.owner, freed | (growing - {None}))
    withdrawn = withdraw_partial(act, [row.id])
    if withdrawn:
        settle(act, row.owner, withdrawn)


def _shrink(
    act: Act, row: Row[Any], lines: Mapping[int, Row[Any]], wanted: Mapping[int, int]
) -> frozenset[str]:
    """Gives reserved units back that lines have no use for any more; the items that are free by it."""
    less = dict[int, int]()
    for number, qty in wanted.items():
        line = lines[number]
        beyond = line.reserved + line.shipped + line.cancelled - qty
        if beyond > 0:
            less[number] = beyond
    return give_back(act, row, spread(act.conn, row.id), less) if less else frozenset()


def _move(act: Act, row: Row[Any], site: str | None) -> set[str]:
    """Claims what was reserved anew at another site; the items whose units are free by it."""
    mine = spread(act.conn, row.id)
    elsewhere = [part.parcel for part in mine.parts if site not in {None, part.site}]
    if elsewhere:
        raise Conflict(
            "order.in_parcels",
            f"Order {row.code} has units in parcel {', '.join(dict.fromkeys(elsewhere))}.",
            "Expected no parcel of another site.",
            "Cancel that parcel first.",
        )
    if mine.to_come:
        raise Conflict(
            "order.to_come",
            f"Order {row.code} has claims on supply that is still to come.",
            "Expected an order whose units are all here.",
            "Wait for the supply, or capture another order.",
        )
    units = by_line(mine.free)
    spend(act.conn, mine.free)
    orders.reserve(act.conn, row.id, [(line, -qty) for line, qty in units.items()])
    orders.change(act.conn, row.id, site=site)
    moved = orders.find_by_row(act.conn, row.id)
    lines = {line.line: line for line in orders.lines_of(act.conn, row.id)}
    stock = look(act.conn, row.owner, (lines[number].sku for number in units), act.posted_at)
    # What it holds is no longer kept for any channel, and was promised under the dates of its claims.
    offer = replace(stock.offer, kept={})
    grants = [
        grant
        for number, qty in units.items()
        for grant in grant_anew(
            _want(stock, moved, lines[number], qty, mine.free), promised(of_line(mine.free, number)), offer
        )
    ]
    head = orders.head_of(moved)
    claims.claim(act.conn, orders.claims_of_grants(head, grants), row.id)
    orders.reserve(act.conn, row.id, [(grant.want.line, grant.qty) for grant in grants])
    return {claim.item for claim in mine.free}


def _want(stock: Stock, order: Row[Any], line: Row[Any], qty: int, before: Sequence[LineClaim] = ()) -> Want:
    serials = tuple(claim.scope.serial for claim in of_line(before, line.line) if claim.scope.serial)
    scope = orders.scope(order, line)
    kit = stock.kit(line.sku)
    return Want(line.line, line.sku, qty, kit, serials, scope, order.channel, order.region)


@dataclass(frozen=True, slots=True)
class _Short:
    """A line that asked for `asked` units more, `missing` of which are not to be had."""

    line: Row[Any]
    asked: int
    missing: int


def _shortages(before: Mapping[int, Row[Any]], after: Mapping[int, Row[Any]], *, moved: bool) -> list[_Short]:
    """Lines of which more units wait than before."""
    found = list[_Short]()
    for number, line in before.items():
        missing = _open(after[number]) - _open(line)
        if line.sku is not None and missing > 0:
            asked = max(0, after[number].qty - line.qty) + (line.reserved if moved else 0)
            found.append(_Short(line, max(asked, missing), missing))
    return found


def _open(line: Row[Any]) -> int:
    return int(line.qty - line.reserved - line.shipped - line.cancelled)


def _declined(act: Act, row: Row[Any], short: Sequence[_Short], site: str | None) -> Declined:
    stock = look(act.conn, row.owner, (entry.line.sku for entry in short), act.posted_at)
    grants = [
        Grant(
            replace(want := _want(stock, row, entry.line, entry.asked), scope=replace(want.scope, site=site)),
            entry.asked - entry.missing,
        )
        for entry in short
    ]
    subject, about = f"order:{row.code}", {"change": True, "block": row.block}
    return declined(act, subject, "order.not_available", stock, grants, more=about)


def _told(before: Row[Any], after: Row[Any]) -> dict[str, object]:
    return {
        "line": before.line,
        "sku": before.sku,
        "from": before.qty,
        "to": after.qty,
        "reserved": after.reserved,
        "open": _open(after) if after.sku is not None else 0,
    }


_resize = (
    update(order_line)
    .where(order_line.c.order == bindparam("of"), order_line.c.line == bindparam("number"))
    .values(qty=bindparam("to"))
)
