"""What stock is worth is made anew from the journal, by either method."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sync.central.commands.books import BooksAsked, keep_books
from sync.central.repair import rehearse, repair
from sync.central.repairs.worths import wrong_worths
from tests.sync.central.shop import OWNER, Shop

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize("costing", ["moving_average", "fifo"])
def test_units_and_value_are_what_the_journal_adds_up_to(shop: Shop, costing: str) -> None:
    shop.items("A")
    shop.act(lambda act: keep_books(act, BooksAsked.model_validate({"owner": OWNER, "costing": costing})))
    shop.receive({"A": 4})
    shop.order({"A": 1}, ship="available")
    assert shop.ask(lambda conn: list(wrong_worths(conn))) == []
    shop.act(lambda act: act.conn.exec_driver_sql("UPDATE stock_worth SET qty = 9, value = 1, kept = '{}'"))
    assert rehearse(shop.database, NOW).left == ()
    (done,) = repair(shop.database, shop.chain, NOW).corrections
    assert (done.cache, done.subject) == ("worth", f"A of {OWNER}")
    assert (done.stored, done.rows_say) == ("9 worth 1", "3 worth 750")
    shop.order({"A": 3}, ship="available")
    assert shop.audit().holds
