"""The sales that events are about: order lines that leave, and those that units of a return belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, null, select

from app.domain.event import Event, EventKind
from sync.central.rules.books import Book, Line
from sync.central.rules.books.bookkeeper import Sold
from sync.central.rules.books.sale import Price, Sale
from sync.central.store import replacement_rows
from sync.central.store.chain import CENTRE
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, replacing
from sync.central.store.tables import customer_order, order_line, rma_done, rma_match, sale_worth

_Key = tuple[int, int]
_Entries = Mapping[tuple[str, str], Sequence[Line]]


@dataclass(slots=True)
class Sales:
    """`lines` of orders by code and number; `matched` sales by RMA and line with their units, as matched.

    `replacing` are the orders that replace what comes back: returned units pay for them. `came` are the units
    of an RMA line that came before: they belong to the first of its matches.
    """

    sales: dict[_Key, Sale] = field(default_factory=dict)
    credited: dict[_Key, tuple[int, int, int]] = field(default_factory=dict)
    lines: dict[tuple[str, int], tuple[Sale, Price | None]] = field(default_factory=dict)
    matched: dict[tuple[str, int], list[tuple[Sale, int]]] = field(default_factory=dict)
    came: Counter[tuple[str, int]] = field(default_factory=Counter)
    replacing: set[str] = field(default_factory=set)

    def sold(self, fact: Fact) -> list[Sold]:
        """What of an order leaves in a shipment, which is the centre's to tell."""
        what = fact.event
        if not _ships(fact):
            return []
        found = list[Sold]()
        against = Book.EXCHANGES if what.body.get("order") in self.replacing else Book.RECEIVABLE
        for line in _lines_of(what):
            sale, price = self.lines.get((str(what.body.get("order")), line["line"]), (None, None))
            if sale is not None:
                found.append(Sold(sale, line["qty"], price, against))
        return found

    def back(self, what: Event, undone: _Entries) -> list[tuple[Sale, int]]:
        """The sales that units of a return belong to, or belonged to when it is taken back."""
        if undone:
            keys = {line.sale for lines in undone.values() for line in lines if line.sale}
            return [(self.sales[key], 0) for key in sorted(keys) if key in self.sales]
        on, found = _return_line(what), list[tuple[Sale, int]]()
        before = self.came[on]
        for sale, units in self.matched.get(on, ()):
            passed = min(before, units)
            before -= passed
            found.append((sale, units - passed))
        qty = what.body.get("qty")
        self.came[on] += qty if isinstance(qty, int) else 0
        return found

    def rewind(self, later: int, *, gone: bool) -> None:
        """As the sales of a return line were before so many units of it came; none when these are `gone`."""
        for on in self.came:
            self.came[on] = max(0, self.came[on] - later)
        if gone:
            self.matched.clear()

    def write(self, conn: Connection) -> None:
        """Writes what they brought and cost by now."""
        names = ("credited", "credited_net", "credited_tax")
        _put.run(
            conn,
            [
                {
                    "order": sale.order,
                    "line": sale.line,
                    "sku": sale.sku,
                    "currency": sale.currency,
                    "qty": sale.qty,
                    "cost": sale.cost,
                    "net": sale.net,
                    "tax": sale.tax,
                    "back": sale.back,
                    "back_cost": sale.back_cost,
                    **dict(zip(names, self.credited.get(sale.key, (0, 0, 0)), strict=True)),
                }
                for sale in self.sales.values()
                if sale.qty
            ],
        )


def read_sales(conn: Connection, facts: Sequence[Fact], undone: Iterable[_Entries]) -> Sales:
    """Reads every sale that these facts, or the entries they take back, are about."""
    found = Sales()
    orders = [str(fact.event.body.get("order")) for fact in facts if _ships(fact)]
    returns = [line for fact in facts if (line := _return_line(fact.event)) != _NONE]
    keys = {line.sale for entries in undone for lines in entries.values() for line in lines if line.sale}
    rows = list[Any]()
    if orders:
        rows += _of_orders.rows(conn, orders=list(dict.fromkeys(orders)))
        found.replacing |= set(replacement_rows.known(conn, orders))
    if returns:
        rows += _of_returns.rows(conn, returns=sorted({rma for rma, _ in returns}))
        done = _done.rows(conn, returns=sorted({rma for rma, _ in returns}))
        found.came.update({(row.rma, row.line): int(row.qty) for row in done})
    if keys:
        rows += [
            r for r in _of_rows.rows(conn, rows=sorted({o for o, _ in keys})) if (r.order, r.line) in keys
        ]
    for row in rows:
        sale = found.sales.get((row.order, row.line)) or _sale(row)
        found.sales[sale.key] = sale
        found.credited[sale.key] = (row.credited or 0, row.credited_net or 0, row.credited_tax or 0)
        if row.rma is not None:
            found.matched.setdefault((row.rma, row.rma_line), []).append((sale, int(row.matched)))
        else:
            found.lines[row.code, row.line] = (sale, _price(row))
    return found


_NONE = ("", 0)


def _ships(fact: Fact) -> bool:
    return fact.origin == CENTRE and fact.event.kind == EventKind.ORDER_SHIPPED


def _return_line(what: Event) -> tuple[str, int]:
    """The RMA and line that units come back on; none of them when the event is about no return."""
    rma, line = what.body.get("rma"), what.body.get("line")
    # True is no line, though Python counts it as one.
    return (rma, line) if isinstance(rma, str) and isinstance(line, int) and line is not True else _NONE


def _lines_of(what: Event) -> list[dict[str, Any]]:
    lines = what.body.get("lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list | tuple) else []


def _sale(row: Any) -> Sale:
    currency = row.sale_currency or row.currency or ""
    if row.sold is None:
        return Sale(row.order, row.line, row.sku, currency)
    return Sale(
        row.order,
        row.line,
        row.sku,
        currency,
        row.sold,
        row.cost,
        row.net,
        row.tax,
        row.back,
        row.back_cost,
    )


def _price(row: Any) -> Price | None:
    if row.unit_minor is None or row.currency is None:
        return None
    return Price(int(row.unit_minor), row.currency, int(row.tax_minor), int(row.taxed))


_columns = (
    order_line.c.order,
    order_line.c.line,
    order_line.c.sku,
    order_line.c.unit_minor,
    order_line.c.tax_minor,
    order_line.c.taxed,
    order_line.c.currency,
    sale_worth.c.currency.label("sale_currency"),
    sale_worth.c.qty.label("sold"),
    sale_worth.c.cost,
    sale_worth.c.net,
    sale_worth.c.tax,
    sale_worth.c.back,
    sale_worth.c.back_cost,
    sale_worth.c.credited,
    sale_worth.c.credited_net,
    sale_worth.c.credited_tax,
    customer_order.c.code,
)
_its_worth: ColumnElement[bool] = (sale_worth.c.order == order_line.c.order) & (
    sale_worth.c.line == order_line.c.line
)
_none = (null().label("rma"), null().label("rma_line"), null().label("matched"))
_orders = (
    select(*_columns, *_none)
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .outerjoin(sale_worth, _its_worth)
    .where(order_line.c.sku.is_not(None))
)
_of_orders = asking(lambda among: _orders.where(among(customer_order.c.code, "orders")))
_of_rows = asking(lambda among: _orders.where(among(order_line.c.order, "rows")))
_of_returns = asking(
    lambda among: (
        select(
            *_columns, rma_match.c.rma, rma_match.c.line.label("rma_line"), rma_match.c.qty.label("matched")
        )
        .join_from(
            rma_match,
            order_line,
            (rma_match.c.order == order_line.c.order) & (rma_match.c.order_line == order_line.c.line),
        )
        .join(customer_order, order_line.c.order == customer_order.c.id)
        .outerjoin(sale_worth, _its_worth)
        .where(among(rma_match.c.rma, "returns"))
        .order_by(rma_match.c.rma, rma_match.c.line, rma_match.c.order, rma_match.c.order_line)
    )
)
_done = asking(
    lambda among: (
        select(rma_done.c.rma, rma_done.c.line, func.sum(rma_done.c.qty).label("qty"))
        .where(among(rma_done.c.rma, "returns"))
        .group_by(rma_done.c.rma, rma_done.c.line)
    )
)
_put = replacing(sale_worth, ("order", "line"))
