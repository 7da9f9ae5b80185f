"""What the passing of time makes due is done once, late or not, and only when there is something."""

from __future__ import annotations

from sync.central.commands.upkeep import is_due, upkeep
from tests.sync.central.shop import Shop
from tests.sync.central.working import Workshop


def due(shop: Shop) -> bool:
    return shop.ask(lambda conn: is_due(conn, shop.clock.now()))


def test_a_basket_that_ends_is_due_once(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.hold({"A": 2}, minutes=10)
    shop.order({"A": 1})
    assert not due(shop)
    shop.clock.pass_by(minutes=11)
    assert due(shop)
    assert shop.act(upkeep) == {"baskets": 1, "items": 0, "late": 0}
    assert shop.line("o1") == (1, 0, 0, 0)
    assert not due(shop)
    assert shop.act(upkeep) == {"baskets": 0, "items": 0, "late": 0}


def test_a_date_that_passes_is_due_although_nobody_looked_for_days(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 3}, lot="L1")
    shop.dated("A", L1="2026-11-24")
    shop.order({"A": 2})
    shop.act(upkeep)
    shop.clock.pass_by(days=30)
    assert due(shop)
    assert shop.act(upkeep)["items"] == 1
    assert (shop.line("o1"), shop.cases()) == ((0, 0, 2, 0), ["promise.lost"])
    assert not due(shop)


def test_late_work_is_due_once(workshop: Workshop) -> None:
    workshop.unit("L-1")
    workshop.shop.act(upkeep)
    assert not due(workshop.shop)
    workshop.shop.clock.pass_by(hours=25)
    assert due(workshop.shop)
    assert workshop.shop.act(upkeep)["late"] == 1
    assert not due(workshop.shop)
