"""Units that arrive before their shipment is told are in one place when it is told at last."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sync.central.store.tables import account, balance, exception
from tests.sync.central.shop import Shop


@pytest.fixture
def early(shop: Shop) -> Shop:
    """Six units picked, of which nothing has left."""
    shop.items("A", {"sku": "S", "name": "S", "tracking": "serial"})
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 6})
    shop.draft({"A": 6})
    for name in ("approve", "pick"):
        shop.step(name)
    return shop


def told(shop: Shop) -> tuple[int, ...]:
    """Shipped, received, damaged, over and on the way."""
    line = shop.transfer()["lines"][0]
    return tuple(line[name] for name in ("shipped", "received", "damaged", "over", "on_the_way"))


def fix(shop: Shop, kind: str) -> tuple[str, str]:
    asked = select(exception.c.state, exception.c.fix).where(exception.c.type == f"transfer.{kind}")
    return shop.ask(lambda conn: tuple(conn.execute(asked).one()))


def test_a_shipment_in_parts_meets_what_arrived_part_by_part(early: Shop) -> None:
    early.take_in({"line": 1, "qty": 3}, {"line": 1, "qty": 1, "damaged": True})
    assert told(early) == (0, 0, 0, 4, 0)
    early.step("ship", n1=2)
    assert (told(early), fix(early, "over")[0]) == ((2, 2, 0, 2, 0), "open")
    assert fix(early, "over")[1].startswith("2 units of A arrived")
    early.step("ship")
    assert (told(early), fix(early, "over")[0]) == ((6, 3, 1, 0, 2), "resolved")
    assert fix(early, "damaged")[0] == "open"
    early.take_in()
    assert (told(early), early.audit().violations) == ((6, 5, 1, 0, 0), ())


def test_more_than_leaves_stays_over(early: Shop) -> None:
    early.take_in({"line": 1, "qty": 9})
    early.step("ship")
    assert (told(early), early.atp("A")) == ((6, 6, 0, 3, 0), 9)
    assert fix(early, "over") == ("open", fix(early, "over")[1])
    assert early.audit().violations == ()


def test_the_serials_that_arrived_are_met_and_others_are_on_their_way(early: Shop) -> None:
    early.receive({"S": 3}, serials=["s1", "s2", "s3"])
    early.draft({"S": 3}, "T-S")
    for name in ("approve", "pick"):
        early.step(name, "T-S")
    early.take_in({"line": 1, "qty": 2, "serials": ["s2", "s9"]}, code="T-S")
    early.step("ship", "T-S")
    line = early.transfer("T-S")["lines"][0]
    assert (line["received"], line["over"], line["on_the_way"]) == (1, 1, 2)
    asked = (
        select(account.c.location, account.c.serial)
        .join_from(balance, account, balance.c.account == account.c.id)
        .where(account.c.item == "S", balance.c.qty > 0)
        .order_by(account.c.serial)
    )
    lane = "@transit:WH1>WH2"
    assert early.ask(lambda conn: [tuple(row) for row in conn.execute(asked)]) == [
        (lane, "s1"),
        ("WH2-A", "s2"),
        (lane, "s3"),
        ("WH2-A", "s9"),
    ]
    assert early.audit().violations == ()
