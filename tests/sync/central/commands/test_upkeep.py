"""What the passing of time makes due is done once, late or not, and only when there is something."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, insert, select

from sync.central.commands.upkeep import case_key, is_due, upkeep
from sync.central.store.tables import exception, meta
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


def cases(shop: Shop) -> list[tuple[str, str]]:
    asked = select(exception.c.key, exception.c.state).where(exception.c.type == "upkeep.failed")
    return [tuple(row) for row in shop.ask(lambda conn: conn.execute(asked).all())]


def test_a_chore_that_fails_is_said_once_and_keeps_no_other_back(
    workshop: Workshop, expect_log: Callable[[str], None]
) -> None:
    shop = workshop.shop
    workshop.unit("L-1")
    shop.act(upkeep)
    shop.clock.pass_by(hours=25)
    # The chore of items reads this note before anything else, and work comes after it.
    with shop.database.write() as conn:
        conn.execute(delete(meta).where(meta.c.name == "upkeep_until"))
        conn.execute(insert(meta).values(name="upkeep_until", value="noon"))
    expect_log("the chore items failed and will be tried again")
    assert due(shop)
    assert shop.act(upkeep) == {"work": 1}
    assert cases(shop) == [(case_key("items"), "open")]
    assert due(shop)
    assert shop.act(upkeep) == {}
    assert cases(shop) == [(case_key("items"), "open")]
    # Mended, it is as if nothing was.
    with shop.database.write() as conn:
        conn.execute(delete(meta).where(meta.c.name == "upkeep_until"))
        conn.execute(insert(meta).values(name="upkeep_until", value="2000-01-01T00:00:00.000Z"))
    shop.act(upkeep)
    assert not due(shop)
