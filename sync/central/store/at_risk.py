"""What units are worth to somebody who must decide about them: the one rule for money at risk of stock.

Stock is at risk for what it cost, as the books have it on average now; units that the books have none of, for
what the item's record says. What a customer paid is another figure: cases about refunds and orders name it.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select

from sync.central.rules.books import share
from sync.central.store.prepared import asking
from sync.central.store.tables import item, stock_worth


class MoneyOf(StrEnum):
    """Which figure an amount is."""

    COST = "cost"
    ITEM_VALUE = "item_value"
    PRICE = "price"


Money = tuple[int, str, MoneyOf]
"""Minor units, their currency, and which figure it is."""


def of_units(conn: Connection, sku: str, qty: int) -> Money | None:
    """So many units of an item; None when the centre knows nothing of it.

    Owners who count it in several currencies have no common cost: then the record says it.
    """
    worths = _worth.rows(conn, sku=sku)
    if len(worths) == 1 and int(worths[0].qty) > 0:
        (row,) = worths
        times, rest = divmod(qty, int(row.qty))
        return (
            times * int(row.value) + share(int(row.value), int(row.qty), 0, rest),
            row.currency,
            MoneyOf.COST,
        )
    priced = _value.first(conn, sku=sku)
    if priced is None:
        return None
    return int(priced.value_minor) * qty, priced.currency, MoneyOf.ITEM_VALUE


_worth = asking(
    lambda _: (
        select(
            stock_worth.c.currency,
            func.sum(stock_worth.c.qty).label("qty"),
            func.sum(stock_worth.c.value).label("value"),
        )
        .where(stock_worth.c.sku == bindparam("sku"), stock_worth.c.qty > 0)
        .group_by(stock_worth.c.currency)
    )
)
_value = asking(lambda _: select(item.c.value_minor, item.c.currency).where(item.c.sku == bindparam("sku")))
