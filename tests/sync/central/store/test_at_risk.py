"""Stock is at risk for its cost; what the books have none of, for the value of its record."""

from __future__ import annotations

from sqlalchemy import update

from sync.central.store.at_risk import MoneyOf, of_units
from sync.central.store.tables import stock_worth
from tests.sync.central.shop import Shop


def test_units_are_at_risk_for_their_cost_and_without_stock_for_the_records_value(shop: Shop) -> None:
    shop.items("A")
    assert shop.ask(lambda conn: of_units(conn, "A", 3)) == (750, "GBP", MoneyOf.ITEM_VALUE)
    assert shop.ask(lambda conn: of_units(conn, "B", 3)) is None
    shop.receive({"A": 3}, cost_minor=100)
    assert shop.ask(lambda conn: [of_units(conn, "A", units) for units in (1, 3, 4)]) == [
        (33, "GBP", MoneyOf.COST),
        (100, "GBP", MoneyOf.COST),
        (133, "GBP", MoneyOf.COST),
    ]
    shop.order({"A": 3}, ship="available")
    assert shop.ask(lambda conn: of_units(conn, "A", 1)) == (250, "GBP", MoneyOf.ITEM_VALUE)


def test_owners_who_count_in_several_currencies_have_no_common_cost(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2}, cost_minor=100)
    shop.act(lambda act: act.conn.execute(update(stock_worth).values(owner="OTHER", currency="EUR")))
    shop.receive({"A": 2}, cost_minor=100)
    assert shop.ask(lambda conn: of_units(conn, "A", 1)) == (250, "GBP", MoneyOf.ITEM_VALUE)
    # Back to what the journal says.
    shop.act(lambda act: act.conn.execute(stock_worth.delete().where(stock_worth.c.owner == "OTHER")))
    shop.act(lambda act: act.conn.execute(update(stock_worth).values(qty=4, value=200)))
