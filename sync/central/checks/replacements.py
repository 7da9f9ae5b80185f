"""Replacements against orders, refunds and books: each is where its units say, its price answered for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from sync.central.rules.blocks import EXCHANGE
from sync.central.rules.books import Book
from sync.central.rules.refunds import FREES, RefundState
from sync.central.rules.replacements import BLOCKED, PAID, Kind, Settles, State, state_of
from sync.central.store import parcels
from sync.central.store.chain import CENTRE
from sync.central.store.replacement_rows import standing
from sync.central.store.tables import (
    customer_order,
    event,
    journal_entry,
    journal_line,
    order_line,
    refund,
    replacement,
    replacement_step,
    sale_worth,
)

_LAW = "replacement"


def check_replacements(conn: Connection) -> Iterator[Violation]:
    """States follow from units, blocks and reservations from states, and the books from what was paid."""
    orders = {row.order_code: row for row in conn.execute(_orders)}
    last = {(row.rma, row.line): row.state for row in conn.execute(_last_steps)}
    for row in conn.execute(_all).all():
        where = f"return {row.rma} line {row.line}"
        order = orders.get(row.order_code)
        if order is None:
            yield Violation(_LAW, where, f"no order {row.order_code}", "an order of one line of its item")
            continue
        yield from _fits(conn, row, order, where)
        if last.get((row.rma, row.line)) != row.state:
            yield Violation(_LAW, where, row.state, f"its last step: {last.get((row.rma, row.line))}")
    for order in conn.execute(_blocked_for_nothing):
        yield Violation(_LAW, f"order {order.code}", f"blocked ({EXCHANGE})", "a replacement that waits")
    yield from _paid_for(conn)
    yield from _booked(conn)


def _paid_for(conn: Connection) -> Iterator[Violation]:
    """What a customer paid is what payments say that were not taken back."""
    told = Counter[tuple[object, object]]()
    for entry in conn.execute(_payments):
        body = json.loads(entry.body)
        minor = int(body["minor"])
        told[body["rma"], body["line"]] += minor if entry.kind == EventKind.REPLACEMENT_PAID else -minor
    for row in conn.execute(_all):
        said = told.pop((row.rma, row.line), 0)
        if row.paid_minor != said:
            where = f"return {row.rma} line {row.line}"
            yield Violation(_LAW, where, f"{row.paid_minor} paid", f"{said}, by its payments")


def _fits(conn: Connection, row: Any, order: Any, where: str) -> Iterator[Violation]:
    if (order.owner, order.sku, order.qty, order.unit_minor) != (
        row.owner,
        row.sku,
        row.qty,
        row.unit_minor,
    ):
        shown = f"{order.qty} of {order.sku} at {order.unit_minor}"
        yield Violation(_LAW, where, shown, f"{row.qty} of {row.sku} at {row.unit_minor}")
    found = standing(conn, row)
    decision = State(row.decision) if row.decision else None
    expected = state_of(Kind(row.kind), State(row.state), found.units, decision, owes=found.owing > 0)
    if row.state != expected:
        yield Violation(_LAW, where, row.state, expected.value)
    waits = row.state in BLOCKED and order.state == "open"
    if (waits and order.block is None) or (row.state not in BLOCKED and order.block == EXCHANGE):
        shown = f"order {row.order_code} {order.block or 'not blocked'}"
        yield Violation(_LAW, where, shown, f"{row.state}, and blocked while it waits")
    parts = parcels.open_parts(conn, [order.id])
    in_hand = sum(part.qty for part in parts if part.state in parcels.IN_HAND)
    most = max(in_hand, found.units.kept)
    if row.state == State.LAPSED and order.reserved > most:
        yield Violation(_LAW, where, f"{order.reserved} reserved", f"{most} at most: its time is over")


def _booked(conn: Connection) -> Iterator[Violation]:
    """On the account of exchanges stands what left and nobody paid for; of waivers, what nothing met."""
    expected = Counter[tuple[str, str, str]]()
    for row in conn.execute(_all).all():
        exchanges = (row.owner, row.currency, Book.EXCHANGES.value)
        waived = (row.owner, row.currency, Book.WAIVED.value)
        expected[exchanges] -= row.decided_minor
        expected[waived] += row.waived_minor
    for sale in conn.execute(_left):
        expected[sale.owner, sale.currency, Book.EXCHANGES.value] += int(sale.minor)
    for paid in conn.execute(_paid):
        met = Book.WAIVED if paid.settles == Settles.WAIVED else Book.EXCHANGES
        expected[paid.owner, paid.currency, met.value] -= int(paid.minor)
    found = Counter({(row.owner, row.currency, row.book): int(row.minor) for row in conn.execute(_on_books)})
    for key in sorted(expected.keys() | found.keys()):
        if expected[key] != found[key]:
            owner, currency, book = key
            yield Violation(_LAW, f"{book} of {owner}", f"{found[key]} {currency}", str(expected[key]))


_all = select(replacement).order_by(replacement.c.rma, replacement.c.line)
_payments = select(event.c.kind, event.c.body).where(
    event.c.kind.in_(sorted(str(kind) for kind in PAID)), event.c.origin == CENTRE
)
_its_line = order_line.c.order == customer_order.c.id
_orders = (
    select(
        replacement.c.order_code,
        customer_order.c.id,
        customer_order.c.state,
        customer_order.c.block,
        order_line.c.owner,
        order_line.c.sku,
        order_line.c.qty,
        order_line.c.unit_minor,
        order_line.c.reserved,
    )
    .join_from(replacement, customer_order, customer_order.c.code == replacement.c.order_code)
    .join(order_line, _its_line)
)
_newest = (
    select(replacement_step.c.rma, replacement_step.c.line, func.max(replacement_step.c.n).label("n"))
    .group_by(replacement_step.c.rma, replacement_step.c.line)
    .subquery()
)
_last_steps = select(replacement_step.c.rma, replacement_step.c.line, replacement_step.c.state).join_from(
    replacement_step,
    _newest,
    (replacement_step.c.rma == _newest.c.rma)
    & (replacement_step.c.line == _newest.c.line)
    & (replacement_step.c.n == _newest.c.n),
)
_blocked_for_nothing = (
    select(customer_order.c.code)
    .where(
        customer_order.c.block == EXCHANGE,
        ~select(replacement.c.rma).where(replacement.c.order_code == customer_order.c.code).exists(),
    )
    .order_by(customer_order.c.code)
)
_left = (
    select(
        replacement.c.owner,
        replacement.c.currency,
        func.sum(sale_worth.c.net + sale_worth.c.tax).label("minor"),
    )
    .join_from(replacement, customer_order, customer_order.c.code == replacement.c.order_code)
    .join(sale_worth, sale_worth.c.order == customer_order.c.id)
    .group_by(replacement.c.owner, replacement.c.currency)
)
_unbooked = sorted(state.value for state in (*FREES, RefundState.DUE))
_paid = (
    select(refund.c.owner, refund.c.currency, refund.c.settles, func.sum(refund.c.replaced).label("minor"))
    .where(refund.c.settles.is_not(None), refund.c.state.not_in(_unbooked))
    .group_by(refund.c.owner, refund.c.currency, refund.c.settles)
)
_on_books = (
    select(
        journal_entry.c.owner,
        journal_entry.c.currency,
        journal_line.c.book,
        func.sum(journal_line.c.minor).label("minor"),
    )
    .join_from(
        journal_line,
        journal_entry,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .where(journal_line.c.book.in_([Book.EXCHANGES.value, Book.WAIVED.value]))
    .group_by(journal_entry.c.owner, journal_entry.c.currency, journal_line.c.book)
)
