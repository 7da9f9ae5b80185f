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
    assert shop.act(upkeep) == {"baskets": 1}
    assert shop.line("o1") == (1, 0, 0, 0)
    assert not due(shop)
    assert shop.act(upkeep) == {}


def test_late_work_is_due_once(workshop: Workshop) -> None:
    workshop.unit("L-1")
    workshop.shop.act(upkeep)
    assert not due(workshop.shop)
    workshop.shop.clock.pass_by(hours=25)
    assert due(workshop.shop)
    assert workshop.shop.act(upkeep) == {"work": 1}
    assert not due(workshop.shop)
