"""The sales that refunds are taken from: what they brought, and what of it was credited.

A sale is a row of `sale_worth`, named by its order and line; amounts are minor units of its own currency.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, update

from sync.central.rules.refunds import FREES, NOTHING, Given, Owed
from sync.central.store.prepared import asking, updating
from sync.central.store.tables import order_line, refund, rma_match, sale_worth

AMOUNTS = ("net", "tax", "fee")
"""What a refund comes to: the price, its tax, and the fee that is kept of it."""
PARTS = ("base_net", "base_tax", *AMOUNTS)
FREE = sorted(state.value for state in FREES)
"""States in which a refund stands for nothing."""


def sale_of(conn: Connection, order: int, line: int) -> Any:
    """The sale of an order line that was shipped; every refund names one."""
    return _one.first(conn, of=order, number=line)


def matched_sales(conn: Connection, rma: str, line: int) -> Sequence[Any]:
    """The sales that a return line was matched with, and of how many units (`matched`)."""
    return _matched.rows(conn, of=rma, number=line)


def owed_of(row: Any) -> Owed:
    """What a sale brought and what of it was credited."""
    return Owed(row.qty, row.net, row.tax, row.credited, row.credited_net, row.credited_tax)


def credited_on(conn: Connection, rma: str, line: int) -> Counter[tuple[int, int]]:
    """Units by sale that refunds of a return line stand for."""
    rows = _of_line.rows(conn, of=rma, number=line)
    return Counter({(row.order, row.line): int(row.units) for row in rows})


def credit(conn: Connection, order: int, line: int, owed: Owed) -> None:
    """Notes what of a sale is credited now."""
    noted = {"units": owed.credited, "net_": owed.credited_net, "tax_": owed.credited_tax}
    _credited.run(conn, [{"of": order, "number": line} | noted])


def given(conn: Connection, sale: Any, rule: str, policy_ver: str) -> Given:
    """What refunds by the same rule of the same policy have of a sale."""
    asked = {"of": sale.order, "number": sale.line, "by": rule, "ver": policy_ver}
    found = _by_rule.first(conn, **asked)
    return NOTHING if found is None else Given(*(int(part or 0) for part in found))


_its_line = (sale_worth.c.order == order_line.c.order) & (sale_worth.c.line == order_line.c.line)
_sales = select(
    sale_worth,
    order_line.c.owner,
    order_line.c.customer,
    order_line.c.unit_minor.is_not(None).label("priced"),
).join_from(sale_worth, order_line, _its_line)
_one = asking(
    lambda _: _sales.where(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
)
_of_line = asking(
    lambda _: (
        select(refund.c.order, refund.c.line, func.sum(refund.c.qty).label("units"))
        .where(
            refund.c.rma == bindparam("of"),
            refund.c.rma_line == bindparam("number"),
            and_(*(refund.c.state != state for state in FREE)),
        )
        .group_by(refund.c.order, refund.c.line)
    )
)
_by_rule = asking(
    lambda _: select(*(func.sum(refund.c[name]) for name in ("qty", *PARTS))).where(
        refund.c.order == bindparam("of"),
        refund.c.line == bindparam("number"),
        refund.c.rule == bindparam("by"),
        refund.c.policy_ver == bindparam("ver"),
        refund.c.qty > 0,
        *(refund.c.state != state for state in FREE),
    )
)
_matched = asking(
    lambda _: (
        _sales.add_columns(rma_match.c.qty.label("matched"))
        .join(
            rma_match,
            (rma_match.c.order == sale_worth.c.order) & (rma_match.c.order_line == sale_worth.c.line),
        )
        .where(rma_match.c.rma == bindparam("of"), rma_match.c.line == bindparam("number"))
        .order_by(sale_worth.c.order, sale_worth.c.line)
    )
)
_credited = updating(
    update(sale_worth)
    .where(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
    .values(credited=bindparam("units"), credited_net=bindparam("net_"), credited_tax=bindparam("tax_")),
    "of",
    "number",
    "units",
    "net_",
    "tax_",
)
