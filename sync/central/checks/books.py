"""The books against the ledger: entries balance, inventory is what units are worth, credits are refunds."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, literal, or_, select, union_all

from app.domain.laws import Violation
from app.domain.place import TRANSIT_PREFIX
from sync.central.rules.books import Book
from sync.central.rules.refunds import FREES
from sync.central.store.tables import (
    account,
    balance,
    event,
    journal_entry,
    journal_line,
    order_line,
    refund,
    sale_worth,
    stock_worth,
)
from sync.central.store.unbooked import unbooked


def check_books(conn: Connection) -> Iterator[Violation]:
    """Events have entries that balance; of each item journal, kept worth and units inside agree.

    Of each sale its refunds are what was credited.
    """
    for missing in unbooked(conn):
        yield Violation("books", f"event {missing.event_id}", "no entry", f"{missing.kind} in the journal")
    for row in conn.execute(_unbalanced):
        yield Violation(
            "books", f"entry of event {row.event_id}", f"{row.over} {row.currency} over", "balance"
        )
    for row in conn.execute(_differing):
        kept = f"{row.kept_qty} worth {row.kept_value}"
        shown = f"{row.booked_qty} worth {row.booked_value} in the journal, {kept} kept"
        yield Violation("books", f"{row.sku} of {row.owner}", shown, f"{row.inside} inside, worth the same")
    for row in conn.execute(_sales):
        shown = f"{row.qty} sold, {row.back} back, {row.credited} credited"
        yield Violation(
            "books", f"order row {row.order} line {row.line}", shown, f"{row.shipped} shipped at most"
        )
    for sale in conn.execute(_credited):
        shown = f"{sale.credited} units, {sale.credited_net} and {sale.credited_tax} credited"
        told = f"{sale.units or 0} units, {sale.net or 0} and {sale.tax or 0} by its refunds"
        yield Violation("refund", f"order row {sale.order} line {sale.line}", shown, told)


_unbalanced = (
    select(event.c.event_id, journal_entry.c.currency, func.sum(journal_line.c.minor).label("over"))
    .join_from(journal_entry, event, event.c.id == journal_entry.c.event)
    .join(
        journal_line,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .group_by(event.c.event_id, journal_entry.c.n, journal_entry.c.currency)
    .having(func.sum(journal_line.c.minor) != 0)
    .order_by(event.c.event_id)
)
_zero = literal(0)
_sides = union_all(
    select(
        journal_entry.c.owner,
        journal_line.c.sku,
        journal_line.c.qty.label("booked_qty"),
        journal_line.c.minor.label("booked_value"),
        _zero.label("kept_qty"),
        _zero.label("kept_value"),
        _zero.label("inside"),
    )
    .join_from(
        journal_line,
        journal_entry,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .where(journal_line.c.book == Book.INVENTORY.value),
    select(
        stock_worth.c.owner, stock_worth.c.sku, _zero, _zero, stock_worth.c.qty, stock_worth.c.value, _zero
    ),
    select(balance.c.owner, balance.c.item, _zero, _zero, _zero, _zero, balance.c.qty)
    .join_from(balance, account, account.c.id == balance.c.account)
    .where(or_(account.c.location.not_like("@%"), account.c.location.like(f"{TRANSIT_PREFIX}%"))),
).subquery()
_names = ("booked_qty", "booked_value", "kept_qty", "kept_value", "inside")
_sums = (
    select(_sides.c.owner, _sides.c.sku, *(func.sum(_sides.c[name]).label(name) for name in _names))
    .group_by(_sides.c.owner, _sides.c.sku)
    .subquery()
)
_differing = (
    select(_sums)
    .where(
        or_(
            _sums.c.booked_qty != _sums.c.inside,
            _sums.c.kept_qty != _sums.c.inside,
            _sums.c.booked_value != _sums.c.kept_value,
        )
    )
    .order_by(_sums.c.owner, _sums.c.sku)
)
# An order line may be shipped that was never booked, by a database older than its books.
_sales = (
    select(sale_worth, order_line.c.shipped)
    .join_from(
        sale_worth,
        order_line,
        (sale_worth.c.order == order_line.c.order) & (sale_worth.c.line == order_line.c.line),
    )
    .where(
        or_(
            sale_worth.c.qty > order_line.c.shipped,
            sale_worth.c.back > sale_worth.c.qty,
            sale_worth.c.credited > sale_worth.c.qty,
        )
    )
    .order_by(sale_worth.c.order, sale_worth.c.line)
)
_live = (
    select(
        refund.c.order,
        refund.c.line,
        func.sum(refund.c.qty).label("units"),
        func.sum(refund.c.base_net).label("net"),
        func.sum(refund.c.base_tax).label("tax"),
    )
    .where(refund.c.state.not_in(sorted(state.value for state in FREES)))
    .group_by(refund.c.order, refund.c.line)
    .subquery()
)
_credited = (
    select(
        sale_worth.c.order,
        sale_worth.c.line,
        sale_worth.c.credited,
        sale_worth.c.credited_net,
        sale_worth.c.credited_tax,
        _live.c.units,
        _live.c.net,
        _live.c.tax,
    )
    .join_from(
        sale_worth,
        _live,
        (sale_worth.c.order == _live.c.order) & (sale_worth.c.line == _live.c.line),
        isouter=True,
    )
    .where(
        or_(
            sale_worth.c.credited != func.coalesce(_live.c.units, 0),
            sale_worth.c.credited_net != func.coalesce(_live.c.net, 0),
            sale_worth.c.credited_tax != func.coalesce(_live.c.tax, 0),
        )
    )
    .order_by(sale_worth.c.order, sale_worth.c.line)
)
