"""Authorizing returns: what was sold and not returned yet goes on the RMA, the rest is blind."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.clock import to_text
from app.domain.codes import CodeFamily
from app.domain.counted import counted
from app.domain.refusal import Refused
from app.domain.returns import LineState, Rma, RmaLine
from sync.central.commands.catalogue import policy_version
from sync.central.commands.exchanges import replace_lines
from sync.central.commands.numbers import given_or_next
from sync.central.commands.reasons import reasons_of
from sync.central.commands.requests import Return, ReturnLine
from sync.central.commands.return_findings import Sold, findings, keep
from sync.central.commands.return_windows import Offers, line_offers, offers_of, told
from sync.central.commands.shapes import require_numbered
from sync.central.rules.line_clock import Entered, clock
from sync.central.rules.matching import Match, Sale, match
from sync.central.rules.outcomes import missing
from sync.central.rules.parcels_back import parcels_of
from sync.central.store import photos, replacement_rows, return_sheets, returns
from sync.central.store.act import Act
from sync.central.store.returns_policy import returns_policy
from sync.central.store.settling import settle_waiting
from sync.central.store.sold_serials import sharing
from sync.central.store.tables import customer_order, order_line, rma, rma_match, sold_serial

Matched = list[tuple[ReturnLine, tuple[Match, ...]]]
Replaced = dict[int, dict[str, object]]


def authorize(act: Act, asked: Return) -> dict[str, object]:
    """Matches a return with its sales and authorizes what it finds; no unit moves.

    Raises:
        Refused: the order or customer to match with is not named, a line's number stands twice, serials
            exceed the quantity, a line has no reason or two, or the given code has a wrong check character.
        Conflict: the given code is taken.
    """
    _check(asked)
    order = _order_of(act.conn, asked)
    sales, sold = _sales(act.conn, asked, order)
    found: Matched = [(line, match(line.sku, line.qty, line.serials, sales)) for line in asked.lines]
    reasons = reasons_of(act.conn, asked.lines)
    offers = offers_of(act.conn, [entry for _, matches in found for entry in matches], asked.at)
    said = findings(act, asked, found, sold, order)
    code, instead = None, Replaced()
    if any(matches for _, matches in found):
        code, instead = save(act, asked, found, reasons, offers)
    keep(act, asked, code, said, sold)
    return {
        "rma": code,
        "why": None if code else _nothing(asked),
        "lines": [
            _answer(line, reasons[line.line], matches, offers)
            | {"finding": said[line.line].why if line.line in said else None}
            | _instead(line, instead)
            for line, matches in found
        ],
    }


def _nothing(asked: Return) -> str:
    """Why nothing was authorized, and what to do: in a sentence, as nothing was refused."""
    whose = f"order {asked.order}" if asked.match == "order" else f"customer {asked.customer}"
    return (
        f"No return was authorized: of what was read, {whose} has no sold unit that may still come back. "
        "Expected items that were shipped and are not on another return. Look at each line's finding "
        "and correct order, customer or items; goods that come all the same are taken in as blind."
    )


def _check(asked: Return) -> None:
    named = asked.order if asked.match == "order" else asked.customer
    if named is None:
        what = "order" if asked.match == "order" else "customer"
        raise Refused(
            f"return.no_{what}",
            f"Read match {asked.match} without {what}.",
            f"Expected the {what} to match with.",
            f"Name the {what}.",
        )
    require_numbered([line.line for line in asked.lines])
    for line in asked.lines:
        if len(set(line.serials)) != len(line.serials) or len(line.serials) > line.qty:
            raise Refused(
                "return.serials",
                f"Line {line.line} has {counted(line.qty, 'unit')} and names "
                f"{counted(len(line.serials), 'serial')}.",
                "Expected no more serials than units, each once.",
                "Correct the line.",
            )


def _order_of(conn: Connection, asked: Return) -> int | None:
    """The row of the order to match with; None when all sales to the customer are matched with."""
    if asked.match != "order":
        return None
    row = conn.execute(_order, {"code": asked.order}).first()
    if row is None:
        raise missing("order", asked.order or "")
    return int(row.id)


def _sales(conn: Connection, asked: Return, order: int | None) -> tuple[list[Sale], Sold]:
    """What could come back, most recent sale first, and the order lines it is of."""
    skus = list(dict.fromkeys(line.sku for line in asked.lines))
    given: dict[str, Any] = {"owner": asked.owner, "skus": skus, "at": to_text(asked.at)}
    if order is not None:
        rows = conn.execute(_of_order, given | {"code": asked.order}).all()
    else:
        rows = conn.execute(_of_customer, given | {"customer": asked.customer}).all()
    serials = _serials(conn, [row.order for row in rows]) if any(line.serials for line in asked.lines) else {}
    sales = [
        Sale(row.order, row.code, row.line, row.sku, row.left, serials.get((row.order, row.line), set()))
        for row in rows
    ]
    return sales, {(row.order, row.line): row for row in rows}


def _serials(conn: Connection, orders: Sequence[int]) -> dict[tuple[int, int], set[str]]:
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for row in conn.execute(_sold, {"orders": orders}):
        found[row.order, row.line].add(row.serial)
    return found


def _rma_lines(found: Matched, reasons: Mapping[int, str], offers: Offers) -> list[RmaLine]:
    return [
        RmaLine(
            line=line.line,
            sku=line.sku,
            qty=sum(entry.qty for entry in matches),
            reason=reasons[line.line],
            serials=tuple(serial for entry in matches for serial in entry.serials),
            offers=line_offers(matches, offers),
        )
        for line, matches in found
        if matches
    ]


def save(
    act: Act, asked: Return, found: Matched, reasons: Mapping[int, str], offers: Offers
) -> tuple[str, Replaced]:
    """Authorizes what was found and counts it as returned on its sales; the RMA's code, its replacements.

    Raises:
        Refused: the given code has a wrong check character, or something cannot be replaced as it is asked.
        Conflict: the given code is taken.
    """
    lines = _rma_lines(found, reasons, offers)
    code = given_or_next(act.conn, CodeFamily.RMA, asked.rma, rma.c.code)
    orders = {entry.code for _, matches in found for entry in matches}
    record = Rma(
        code=code,
        owner=asked.owner,
        order=orders.pop() if len(orders) == 1 else None,
        lines=tuple(lines),
        tracking=asked.tracking,
        site=asked.site,
        policy_ver=policy_version(act.conn),
    )
    act.conn.execute(
        returns.new_rma,
        {
            "code": code,
            "owner": asked.owner,
            "customer": asked.customer,
            "state": "open",
            "document": json.dumps(record.to_json(), ensure_ascii=False, separators=(",", ":")),
            "created_at": to_text(act.occurred_at),
            "send_by": _send_by(act, asked),
        },
    )
    act.conn.execute(
        returns.new_lines,
        [
            {
                "rma": code,
                "line": line.line,
                "sku": line.sku,
                "qty": line.qty,
                "state": str(LineState.AUTHORIZED),
            }
            for line in lines
        ],
    )
    _take(act.conn, code, found)
    instead = replace_lines(act, asked, code, found)
    returns.catch_up(act, code)
    for one in (code, *sharing(act.conn, [code])):
        # Another return of the same sale does not await the serials that this one names.
        returns.publish_rma(act.conn, one, None)
    settle_waiting(act)
    return code, instead


def _send_by(act: Act, asked: Return) -> str | None:
    """The last day to send the goods: the one that is asked for, else by the policy in force."""
    if asked.send_by is not None:
        return asked.send_by
    policy = returns_policy(act.conn)
    if policy is None or policy.send_back_days is None:
        return None
    try:
        last = act.occurred_at.astimezone(UTC).date() + timedelta(days=policy.send_back_days)
    except OverflowError:
        return None
    return last.isoformat()


def _take(conn: Connection, code: str, found: Matched) -> None:
    """Counts the matched units as returned, so that no later return finds them."""
    units: defaultdict[tuple[int, int, int], int] = defaultdict(int)
    for line, matches in found:
        for entry in matches:
            units[line.line, entry.order, entry.line] += entry.qty
    conn.execute(
        _new_match,
        [
            {"rma": code, "line": line, "order": order, "order_line": sold, "qty": qty}
            for (line, order, sold), qty in units.items()
        ],
    )
    conn.execute(
        _returned,
        [{"of": order, "number": sold, "units": qty} for (_, order, sold), qty in units.items()],
    )
    named = [
        {"of": entry.order, "number": entry.line, "item": line.sku, "unit": serial}
        for line, matches in found
        for entry in matches
        for serial in entry.serials
    ]
    if named:
        conn.execute(_serial_returned, named)


def _instead(line: ReturnLine, found: Replaced) -> dict[str, object]:
    """What replaces the line; nothing is said of one that asked for no replacement."""
    return {} if line.instead is None else {"replacement": found.get(line.line)}


def _answer(line: ReturnLine, reason: str, matches: Iterable[Match], offers: Offers) -> dict[str, object]:
    found = list(matches)
    authorized = sum(entry.qty for entry in found)
    kept = line_offers(found, offers)
    return {
        "line": line.line,
        "sku": line.sku,
        "reason": reason,
        "authorized": authorized,
        "blind": line.qty - authorized,
        "order": found[0].code if found else None,
        "within_window": all(offer.within_window for offer in kept) if kept else None,
        "matches": [
            {"order": entry.code, "line": entry.line, "qty": entry.qty}
            | told(offers.get((entry.order, entry.line)))
            for entry in found
        ],
    }


def rma_document(conn: Connection, code: str) -> dict[str, object]:
    """The RMA with the state of each line, when it entered each, where each parcel is, and its photos.

    Raises:
        Missing: no such RMA.
    """
    found = return_sheets.document(conn, code)
    if found is None:
        raise missing("rma", code)
    states = {line.line: line for line in return_sheets.lines_of(conn, code)}
    lines = [dict(line) for line in found["lines"]]
    replaced = {
        row.line: replacement_rows.document(conn, row) for row in replacement_rows.of_return(conn, code)
    }
    deeds = return_sheets.timed_deeds(conn, code)
    entered = clock(list(states.values()), deeds, return_sheets.authorized_at(conn, code))
    for line in lines:
        state, steps = states[line["line"]], entered[line["line"]]
        line |= {"state": state.state, "done": int(state.done), "missing": state.missing}
        line |= {"since": steps[-1].at, "history": [_step(step) for step in steps]}
        if line["line"] in replaced:
            line |= {"replacement": replaced[line["line"]]}
    parcels = [
        {"tracking": parcel.tracking, "state": parcel.state, "since": parcel.since}
        for parcel in parcels_of(found["tracking"], deeds, is_open=found["state"] == "open")
    ]
    document: dict[str, object] = {**found, "rma": code, "lines": lines, "parcels": parcels}
    document["photos"] = photos.shown_together(conn, [deed.event_id for deed, _ in deeds])
    return document | {"send_by": return_sheets.send_by(conn, code)}


def _step(step: Entered) -> dict[str, object]:
    return {"state": step.state, "at": step.at, "event_id": step.event_id, "stock": step.stock}


_columns = (
    order_line.c.order,
    order_line.c.line,
    order_line.c.sku,
    order_line.c.qty,
    order_line.c.shipped_at,
    order_line.c.unit_minor,
    order_line.c.currency,
    (order_line.c.shipped - order_line.c.returned).label("left"),
    customer_order.c.code,
)
_order = select(customer_order.c.id).where(customer_order.c.code == bindparam("code"))
_recent = (
    select(*_columns)
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .where(
        order_line.c.owner == bindparam("owner"),
        order_line.c.sku.in_(bindparam("skus", expanding=True)),
        order_line.c.shipped > order_line.c.returned,
        order_line.c.shipped_at <= bindparam("at"),
    )
    .order_by(order_line.c.shipped_at.desc(), order_line.c.order.desc(), order_line.c.line)
)
_of_order = _recent.where(customer_order.c.code == bindparam("code"))
# The conditions on the line repeat those of the partial index on sold lines.
_of_customer = _recent.where(
    order_line.c.customer == bindparam("customer"), order_line.c.customer.is_not(None)
)
_sold = select(sold_serial.c.order, sold_serial.c.line, sold_serial.c.serial).where(
    sold_serial.c.order.in_(bindparam("orders", expanding=True)), sold_serial.c.returned.is_(False)
)
_new_match = insert(rma_match)
_returned = (
    update(order_line)
    .where(order_line.c.order == bindparam("of"), order_line.c.line == bindparam("number"))
    .values(returned=order_line.c.returned + bindparam("units"))
)
_serial_returned = (
    update(sold_serial)
    .where(
        sold_serial.c.order == bindparam("of"),
        sold_serial.c.line == bindparam("number"),
        sold_serial.c.sku == bindparam("item"),
        sold_serial.c.serial == bindparam("unit"),
        sold_serial.c.returned.is_(False),
    )
    .values(returned=True)
)
