"""Replacements in place of money: an order of its own, reserved with the return that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import to_text
from app.domain.policy.exchanges import USUAL
from app.domain.refusal import Refused
from sync.central.commands.capture import capture
from sync.central.commands.exchanges_asked import Instead
from sync.central.commands.requests import Order, OrderLine, Return, ReturnLine
from sync.central.rules.blocks import EXCHANGE
from sync.central.rules.books import share
from sync.central.rules.explain_dispatch import REPLACES
from sync.central.rules.matching import Match
from sync.central.rules.outcomes import Declined
from sync.central.rules.replacements import Kind, State
from sync.central.store import order_blocks, orders, replacement_rows, replacements
from sync.central.store.act import Act
from sync.central.store.decisions import Decision, note
from sync.central.store.refund_sales import owed_of
from sync.central.store.returns_policy import returns_policy
from sync.central.store.tables import customer_order, order_line, sale_worth

_LINE = 1


@dataclass(frozen=True, slots=True)
class _Sold:
    """Units of a line with the sale they belong to: its order and line, and what it brought."""

    qty: int
    row: Any


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A replacement as it is made: how many of what, at which price, like which sale."""

    line: int
    instead: Instead
    sku: str
    qty: int
    unit_minor: int
    tax_minor: int
    currency: str
    sale: Any


def replace_lines(
    act: Act, asked: Return, code: str, found: Sequence[tuple[ReturnLine, tuple[Match, ...]]]
) -> dict[int, dict[str, object]]:
    """Captures the replacements that lines of an RMA ask for, each as an order; what it got, by line.

    An exchange is blocked at once and keeps what was reserved for it; an advance goes on like any order.

    Raises:
        Refused: a sale has no price here, or the replacement's is in another currency or missing.
        Conflict: none of the order's codes is free.
    """
    return {
        line.line: _replace(act, asked, code, _wanted(act.conn, line, line.instead, matches))
        for line, matches in found
        if line.instead is not None and matches
    }


def _replace(act: Act, asked: Return, code: str, wanted: _Wanted) -> dict[str, object]:
    terms = policy.exchange if (policy := returns_policy(act.conn)) is not None else USUAL
    kind = Kind(wanted.instead.kind)
    days = terms.hold_days if kind is Kind.EXCHANGE else terms.advance_days
    state = State.HELD if kind is Kind.EXCHANGE else State.ADVANCED
    order = _code(act.conn, f"{code}.X{wanted.line}")
    row = {
        "rma": code,
        "line": wanted.line,
        "kind": kind.value,
        "order_code": order,
        "owner": asked.owner,
        "sku": wanted.sku,
        "currency": wanted.currency,
        "qty": wanted.qty,
        "unit_minor": wanted.unit_minor,
        "tax_minor": wanted.tax_minor,
        "charged": 0,
        "waived": 0,
        "decided_minor": 0,
        "waived_minor": 0,
        "ship": wanted.sale.ship,
        "state": state.value,
        "back_by": to_text(act.occurred_at + timedelta(days=days)),
        "decision": None,
        "made_at": to_text(act.posted_at),
        "paid_minor": 0,
    }
    # Known before its order is captured: whatever leaves at once is booked as a replacement.
    replacement_rows.new.run(act.conn, [row])
    captured = capture(act, _order(asked, order, wanted, kind))
    if isinstance(captured, Declined):
        raise TypeError(f"{order} was not to be declined")
    mine: Any = replacement_rows.find(act.conn, code, wanted.line)
    replacements.move(act, mine, state, None)
    document = {"rma": code, "line": wanted.line, "kind": kind.value, "sku": wanted.sku, "qty": wanted.qty}
    note(act, [Decision(f"order:{order}", REPLACES, document | {"back_by": row["back_by"]})])
    if kind is Kind.EXCHANGE:
        order_blocks.put(act, orders.find(act.conn, order), EXCHANGE, None, keep=True)
    return {
        "kind": kind.value,
        "order": order,
        "state": state.value,
        "back_by": row["back_by"],
        "unit_minor": wanted.unit_minor,
        "tax_minor": wanted.tax_minor,
        "currency": wanted.currency,
        "lines": captured["lines"],
    }


def _order(asked: Return, code: str, wanted: _Wanted, kind: Kind) -> Order:
    """An order like that of the sale; one that waits for its old unit leaves nothing behind unasked."""
    sale = wanted.sale
    line = OrderLine.model_construct(
        line=_LINE,
        sku=wanted.sku,
        qty=wanted.qty,
        unit_minor=wanted.unit_minor,
        tax_minor=wanted.tax_minor,
        currency=wanted.currency,
    )
    # Its parts were checked where they came from.
    return Order.model_construct(
        order=code,
        owner=asked.owner,
        channel=sale.channel,
        at=asked.at,
        customer=sale.customer,
        ship="later" if kind is Kind.EXCHANGE else sale.ship,
        region=sale.region,
        zone=sale.zone,
        service_level=sale.service_level,
        wholesale=sale.wholesale,
        lines=(line,),
    )


def _wanted(conn: Connection, line: ReturnLine, instead: Instead, matches: Sequence[Match]) -> _Wanted:
    sold = _sold(conn, line, matches)
    first = sold[0].row
    qty = sum(part.qty for part in sold)
    sku = instead.sku or line.sku
    currency = instead.currency or first.currency
    if any(part.row.currency != currency for part in sold):
        raise _wrong(
            "currency",
            f"Read a replacement in {currency} for line {line.line}, sold in "
            f"{', '.join(sorted({part.row.currency for part in sold}))}.",
            "Expected one currency: what comes back pays for the replacement.",
            "Return and order apart.",
        )
    if instead.unit_minor is not None:
        tax = share(instead.tax_minor, line.qty, 0, qty)
        return _Wanted(line.line, instead, sku, qty, instead.unit_minor, tax, currency, first)
    units = {part.row.unit_minor for part in sold}
    if sku != line.sku or len(units) > 1:
        raise _wrong(
            "price",
            f"Read no price of the replacement {sku} for line {line.line}.",
            "Expected one: only the same item, sold at one price, is replaced at that.",
            "Say unit_minor, and tax_minor for all units of the line.",
        )
    # The tax that the refund of these units would have: the same for the same.
    tax = sum(owed_of(part.row).take(part.qty)[1] for part in sold)
    return _Wanted(line.line, instead, sku, qty, first.unit_minor, tax, currency, first)


def _sold(conn: Connection, line: ReturnLine, matches: Sequence[Match]) -> list[_Sold]:
    units = dict[tuple[int, int], int]()
    for entry in matches:
        units[entry.order, entry.line] = units.get((entry.order, entry.line), 0) + entry.qty
    sold = [
        _Sold(qty, row)
        for (order, number), qty in units.items()
        if (row := conn.execute(_sale, {"of": order, "number": number}).one_or_none()) is not None
        and row.unit_minor is not None
    ]
    if len(sold) == len(units):
        return sold
    raise _wrong(
        "no_price",
        f"Line {line.line} was sold without a price that is known here.",
        "Expected one: what comes back pays for the replacement.",
        "Authorize the return without instead, and capture an order.",
    )


def _code(conn: Connection, first: str) -> str:
    """The code of a replacement's order; a shop may have taken the first ones."""
    code, number = first, 1
    while conn.execute(_known, {"code": code}).first() is not None:
        number += 1
        code = f"{first}-{number}"
    return code


def _wrong(what: str, read: str, expected: str, do: str) -> Refused:
    return Refused(f"exchange.{what}", read, expected, do)


_known = select(customer_order.c.id).where(customer_order.c.code == bindparam("code"))
_sale = (
    select(
        sale_worth,
        order_line.c.unit_minor,
        customer_order.c.channel,
        customer_order.c.customer,
        customer_order.c.ship,
        customer_order.c.region,
        customer_order.c.zone,
        customer_order.c.service_level,
        customer_order.c.wholesale,
    )
    .join_from(
        sale_worth,
        order_line,
        (sale_worth.c.order == order_line.c.order) & (sale_worth.c.line == order_line.c.line),
    )
    .join(customer_order, customer_order.c.id == order_line.c.order)
    .where(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
)
