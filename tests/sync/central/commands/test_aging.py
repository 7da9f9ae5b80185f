"""A date that passes is settled once, although nobody looked for days."""

from __future__ import annotations

from sync.central.commands.aging import any_changed, settle_changed
from tests.sync.central.shop import Shop


def due(shop: Shop) -> bool:
    return shop.ask(lambda conn: any_changed(conn, shop.clock.now()))


def test_a_date_that_passes_is_due_although_nobody_looked_for_days(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 3}, lot="L1")
    shop.dated("A", L1="2026-11-24")
    shop.order({"A": 2})
    shop.act(settle_changed)
    shop.clock.pass_by(days=30)
    assert due(shop)
    assert shop.act(settle_changed) == 1
    assert (shop.line("o1"), shop.cases()) == ((0, 0, 2, 0), ["promise.lost"])
    assert not due(shop)
