"""Claims without a sale, and the goods that are known by them, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.event import EventKind
from sync.central.store.tables import blind_unit, exception, return_claim
from tests.sync.central.blind import came, with_bench
from tests.sync.central.shop import Shop, open_shop

# The shop's clock stands at 2026-11-22; what is asked then is fresh.
THEN = "2026-11-20T10:00:00Z"


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B")
        with_bench(found)
        yield found


def claims(shop: Shop) -> list[tuple[Any, ...]]:
    asked = select(return_claim.c.sku, return_claim.c.qty, return_claim.c.why).order_by(return_claim.c.id)
    return [tuple(row) for row in shop.ask(lambda conn: conn.execute(asked).all())]


def by_claim(shop: Shop) -> list[int | None]:
    asked = select(blind_unit.c.claim).order_by(blind_unit.c.id)
    return shop.ask(lambda conn: list(conn.scalars(asked)))


def finding(shop: Shop, units: dict[str, int], **more: Any) -> str | None:
    found: str | None = shop.authorize(units, **{"customer": "c-1", "at": THEN} | more)["lines"][0]["finding"]
    return found


def test_a_claim_says_what_its_goods_are_when_they_come(shop: Shop) -> None:
    """A was sold to another; the claim of c-1 finds nothing, and its units that come are orphans."""
    shop.receive({"A": 3})
    shop.order({"A": 3}, ship="available", customer="c-2")
    assert finding(shop, {"A": 2}) == "return.orphan"
    assert claims(shop) == [("A", 2, "return.orphan")]
    assert shop.cases() == []
    came(shop, "H07-1-X", qty=2)
    # The claim is used up: what comes now could be of the sale.
    came(shop, "H07-2-X")
    assert shop.cases() == ["return.orphan", "return.blind"]
    assert by_claim(shop) == [1, None]
    asked = select(exception.c.money_minor, exception.c.owner_role).order_by(exception.c.id)
    assert [tuple(r) for r in shop.ask(lambda conn: conn.execute(asked).all())] == [
        (500, "service"),
        (250, "service"),
    ]


def test_more_than_was_sold_is_an_over_return_and_the_rest_is_authorized(shop: Shop) -> None:
    shop.receive({"A": 3})
    shop.order({"A": 3}, ship="available", customer="c-1")
    answer = shop.authorize({"A": 5}, customer="c-1", at=THEN)
    line = answer["lines"][0]
    assert (line["authorized"], line["blind"], line["finding"]) == (3, 2, "return.over_return")
    assert finding(shop, {"A": 1}) == "return.over_return"
    with shop.together():
        came(shop, "H07-1-X")
        came(shop, "H07-2-X", qty=2)
    assert by_claim(shop) == [2, 1]
    assert shop.cases() == ["return.over_return"] * 2


def test_goods_that_were_ordered_and_not_sent_are_told_apart(shop: Shop) -> None:
    shop.receive({"B": 2})
    shop.order({"A": 2}, customer="c-1", at="2026-11-18T10:00:00Z")
    shop.order({"B": 2}, customer="c-1", at=THEN)
    assert finding(shop, {"A": 2}) == "return.not_sent"
    # An order entered and taken back on its day: reserved, and nothing left.
    assert finding(shop, {"B": 2}) == "return.same_day"
    assert finding(shop, {"B": 2}, order="o2") == "return.same_day"
    assert finding(shop, {"B": 1}, order="o2") == "return.not_sent"
    assert finding(shop, {"A": 1}, order="o2") == "return.orphan"


def test_a_whole_sale_that_comes_back_on_its_day_is_authorized_and_looked_at(shop: Shop) -> None:
    line = {"line": 1, "sku": "A", "qty": 2, "unit_minor": 700, "currency": "GBP"}
    shop.receive({"A": 5})
    shop.order([line], ship="available", customer="c-1", at=THEN)
    assert finding(shop, {"A": 1}) is None
    shop.order([line], ship="available", customer="c-3", at=THEN)
    assert finding(shop, {"A": 2}, customer="c-3", at="2026-11-20T23:00:00Z") == "return.same_day"
    row: Any = shop.ask(lambda conn: conn.execute(select(exception)).one())
    assert (row.type, row.subject, row.money_minor, row.owner_role) == (
        "return.same_day",
        "rma:R-2-0",
        1400,
        "finance",
    )
    assert claims(shop) == []


def test_units_nobody_claimed_are_judged_by_what_is_out(shop: Shop) -> None:
    came(shop, "H07-1-X")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1")
    came(shop, "H07-2-X")
    rma = shop.authorize({"A": 1}, customer="c-1")["rma"]
    came(shop, "H07-3-X")
    shop.disposition("A", rma=rma, line=1)
    came(shop, "H07-4-X")
    assert shop.cases() == ["return.orphan", "return.blind", "return.blind", "return.over_return"]


def test_a_claim_of_long_ago_says_nothing_and_an_undone_unit_leaves_it_open(shop: Shop) -> None:
    finding(shop, {"A": 1}, at="2026-09-01T10:00:00Z")
    finding(shop, {"A": 1})
    first = came(shop, "H07-1-X")
    assert by_claim(shop) == [2]
    shop.at_station(EventKind.RETURN_UNDONE, corrects=first, undoes="x", reason="wrong")
    came(shop, "H07-2-X")
    came(shop, "H07-3-X")
    assert by_claim(shop) == [2, 2, None]
