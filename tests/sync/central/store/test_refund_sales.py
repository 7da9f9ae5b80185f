"""What of a sale was credited is kept beside what it brought, and per rule what refunds have of it."""

from __future__ import annotations

from app.domain.policy.refunds import FULL
from sync.central.rules.refunds import NOTHING, RefundState
from sync.central.store.refund_sales import credited_on, given, matched_sales, owed_of, sale_of
from sync.central.store.refunds import find, step
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_refunds import opened, sold


def test_a_line_is_credited_sale_by_sale_and_a_withdrawn_refund_stands_for_nothing(shop: Shop) -> None:
    rma = sold(shop, 2, 1)
    matched = shop.ask(lambda conn: matched_sales(conn, rma, 1))
    assert [(row.matched, owed_of(row).left) for row in matched] == [(2, 2), (1, 1)]
    first = matched[0]
    (found,) = opened(shop, rma, 2)
    assert shop.ask(lambda conn: credited_on(conn, rma, 1)) == {(first.order, first.line): 2}
    assert shop.ask(lambda conn: given(conn, first, FULL.id, "1")).units == 2
    assert shop.ask(lambda conn: given(conn, first, FULL.id, "2")) == NOTHING
    shop.act(lambda act: step(act, find(act.conn, found["refund"]), RefundState.WITHDRAWN))
    assert shop.ask(lambda conn: credited_on(conn, rma, 1)) == {}
    assert shop.ask(lambda conn: owed_of(sale_of(conn, first.order, first.line))).left == 2
