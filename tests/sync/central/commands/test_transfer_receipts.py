"""What arrives is a fact: sound, damaged, too much, somewhere else, or not of this transfer at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.tables import account, balance, exception
from tests.sync.central.shop import PLACE, Shop, open_shop

LANE = "@transit:WH1>WH2"


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A", "B", {"sku": "S", "name": "S", "tracking": "serial"})
        found.sites(**{"WH2-A": "WH2", "WH2-D": "WH2"})
        yield found


def held(shop: Shop, sku: str = "A") -> set[tuple[str, str, int]]:
    """Place, status, and units, wherever there is a status."""
    asked = select(balance.c.qty, *ACCOUNT_COLUMNS).join_from(
        balance, account, balance.c.account == account.c.id
    )
    rows = shop.ask(lambda conn: conn.execute(asked.where(account.c.item == sku)).all())
    found = [(account_of(parts), qty) for qty, *parts in rows]
    return {(here.location, str(here.status), qty) for here, qty in found if here.status is not None}


def counters(shop: Shop, line: int = 1, code: str = "T-A") -> tuple[int, ...]:
    """Received, damaged, short, over and on the way."""
    found = shop.transfer(code)["lines"][line - 1]
    return tuple(found[name] for name in ("received", "damaged", "short", "over", "on_the_way"))


def stated(shop: Shop) -> dict[str, tuple[str, int]]:
    """State and money of each case of the transfer, by what it is about."""
    asked = select(exception.c.type, exception.c.state, exception.c.money_minor)
    rows = shop.ask(lambda conn: conn.execute(asked.where(exception.c.type.like("transfer.%"))).all())
    return {kind.removeprefix("transfer."): (state, money) for kind, state, money in rows}


def lots(shop: Shop) -> set[tuple[str | None, int]]:
    """Units of A at the target by lot."""
    asked = select(account.c.lot, balance.c.qty).join_from(
        balance, account, balance.c.account == account.c.id
    )
    rows = shop.ask(lambda conn: conn.execute(asked.where(account.c.location == "WH2-A")).all())
    return {(lot or None, qty) for lot, qty in rows}


def test_units_are_received_in_parts_sound_and_damaged(shop: Shop) -> None:
    shop.receive({"A": 9})
    shop.sent({"A": 9})
    shop.take_in({"line": 1, "qty": 4})
    shop.take_in({"line": 1, "qty": 2}, {"line": 1, "qty": 1, "damaged": True, "location": "WH2-D"})
    assert counters(shop) == (6, 1, 0, 0, 2)
    assert held(shop) == {("WH2-A", "sellable", 6), ("WH2-D", "damaged", 1), (LANE, "in_transit", 2)}
    assert (shop.atp("A"), shop.cases()) == (6, ["transfer.damaged"])


def test_an_order_that_waits_gets_what_arrives_and_not_what_is_damaged(shop: Shop) -> None:
    shop.receive({"A": 4})
    shop.sent({"A": 4})
    shop.order({"A": 4}, site="WH2")
    assert shop.line("o1") == (0, 0, 4, 0)
    shop.take_in({"line": 1, "qty": 3}, {"line": 1, "qty": 1, "damaged": True})
    assert shop.line("o1") == (3, 0, 1, 0)


def test_more_than_left_stands_and_comes_from_the_count(shop: Shop) -> None:
    shop.receive({"A": 6})
    shop.sent({"A": 5})
    shop.take_in({"line": 1, "qty": 7})
    assert counters(shop) == (5, 0, 0, 2, 0)
    assert held(shop) == {(PLACE, "sellable", 1), ("WH2-A", "sellable", 7)}
    shop.take_in({"line": 1, "qty": 1})
    assert (counters(shop), shop.cases()) == ((5, 0, 0, 3, 0), ["transfer.over"])


def test_what_arrives_after_it_was_closed_is_short_no_longer_and_ends_nothing(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.sent({"A": 5})
    shop.step("close")
    shop.take_in({"line": 1, "qty": 2})
    assert (counters(shop), shop.transfer()["state"]) == ((2, 0, 3, 0, 0), "closed")
    assert shop.transfer()["milestones"][-1]["milestone"] == "late"
    assert (shop.atp("A"), stated(shop)) == (2, {"short": ("open", 750)})
    shop.take_in({"line": 1, "qty": 1, "damaged": True})
    shop.take_in({"sku": "A", "qty": 4})
    assert (counters(shop), shop.transfer()["milestones"][-1]["milestone"]) == ((4, 1, 0, 2, 0), "over")
    assert stated(shop) == {"short": ("resolved", 750 - 250), "damaged": ("open", 250), "over": ("open", 500)}
    assert (shop.atp("A"), shop.audit().violations) == (6, ())


def test_a_sentence_says_how_many_there_are_in_all(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.sent({"A": 2})
    for _ in range(3):
        shop.take_in({"line": 1, "qty": 2}, {"sku": "B", "qty": 1})
    fixes = shop.ask(lambda conn: dict(conn.execute(select(exception.c.type, exception.c.fix)).all()))
    assert fixes["transfer.over"].startswith("4 units of A arrived at WH2 that did not leave")
    assert fixes["transfer.strange"].startswith("3 units of B arrived")


def test_late_units_come_back_as_what_they_were(shop: Shop) -> None:
    shop.receive({"S": 3}, serials=["s1", "s2", "s3"])
    shop.sent({"S": 3})
    shop.step("close")
    shop.take_in({"line": 1, "qty": 2, "serials": ["s3", "s8"]})
    assert counters(shop) == (1, 0, 2, 1, 0)
    assert stated(shop) == {"short": ("open", 0), "over": ("open", 0)}
    shop.take_in({"line": 1, "qty": 2, "serials": ["s1", "s2"]})
    assert (counters(shop), shop.audit().violations) == ((3, 0, 0, 1, 0), ())


def test_what_arrives_before_it_left_is_over_until_it_is_shipped(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.draft({"A": 5})
    shop.step("approve")
    shop.take_in({"line": 1, "qty": 5})
    assert (shop.transfer()["state"], counters(shop)) == ("approved", (0, 0, 0, 5, 0))
    assert stated(shop) == {"over": ("open", 1250)}
    for name in ("pick", "ship"):
        shop.step(name)
    assert (counters(shop), held(shop)) == ((5, 0, 0, 0, 0), {("WH2-A", "sellable", 5)})
    shop.step("close")
    assert (counters(shop), shop.atp("A")) == ((5, 0, 0, 0, 0), 5)
    assert (stated(shop), shop.audit().violations) == ({"over": ("resolved", 1250)}, ())


def test_a_receipt_without_lots_is_of_all_lines_of_the_item(shop: Shop) -> None:
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.sent([{"line": n, "sku": "A", "qty": n + 1, "lot": lot} for n, lot in ((1, "L1"), (2, "L2"))])
    shop.take_in({"sku": "A", "qty": 4})
    assert (counters(shop), counters(shop, 2)) == ((2, 0, 0, 0, 0), (2, 0, 0, 0, 1))
    assert shop.cases() == []
    shop.take_in({"sku": "A", "qty": 2})
    assert (counters(shop), counters(shop, 2)) == ((2, 0, 0, 1, 0), (3, 0, 0, 0, 0))
    assert lots(shop) == {("L1", 2), ("L2", 3), (None, 1)}


def test_without_lots_and_before_it_left_it_is_of_the_lines_that_are_to_leave(shop: Shop) -> None:
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.draft([{"line": n, "sku": "A", "qty": n + 1, "lot": lot} for n, lot in ((1, "L1"), (2, "L2"))])
    shop.step("approve")
    shop.take_in({"sku": "A", "qty": 5})
    assert (counters(shop), counters(shop, 2)) == ((0, 0, 0, 2, 0), (0, 0, 0, 3, 0))
    for name in ("pick", "ship"):
        shop.step(name)
    assert (counters(shop), counters(shop, 2)) == ((2, 0, 0, 0, 0), (3, 0, 0, 0, 0))
    assert (lots(shop), shop.audit().violations) == ({("L1", 2), ("L2", 3)}, ())


def test_an_item_that_is_on_no_line_stands_and_is_told(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.sent({"A": 5})
    shop.take_in({"sku": "B", "qty": 2}, {"sku": "A", "qty": 5})
    assert (counters(shop), shop.atp("B")) == ((5, 0, 0, 0, 0), 2)
    assert shop.cases() == ["transfer.strange"]


def test_units_put_at_another_site_stand_and_are_told(shop: Shop) -> None:
    shop.receive({"A": 5})
    shop.sent({"A": 5})
    shop.take_in(place=PLACE)
    assert (held(shop), shop.cases()) == ({(PLACE, "sellable", 5)}, ["transfer.elsewhere"])


def test_serials_are_those_that_were_read(shop: Shop) -> None:
    shop.receive({"S": 3}, serials=["s1", "s2", "s3"])
    shop.sent({"S": 2})
    shop.take_in({"line": 1, "qty": 2, "serials": ["s2", "s9"]})
    assert counters(shop) == (1, 0, 0, 1, 1)
    asked = select(account.c.serial).where(account.c.location == "WH2-A").order_by(account.c.serial)
    assert shop.ask(lambda conn: list(conn.scalars(asked))) == ["s2", "s9"]
    assert shop.cases() == ["transfer.over"]


def test_a_serial_that_did_not_leave_is_then_here_twice(shop: Shop) -> None:
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.sent({"S": 1})
    shop.take_in({"line": 1, "qty": 1, "serials": ["s2"]})
    assert set(shop.cases()) == {"serial.twice", "transfer.over"}


def test_units_of_another_lot_are_on_its_line(shop: Shop) -> None:
    shop.receive({"A": 3}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.sent([{"line": n, "sku": "A", "qty": 3, "lot": lot} for n, lot in ((1, "L1"), (2, "L2"))])
    shop.take_in({"line": 1, "qty": 2, "lot": "L2"}, {"line": 1, "qty": 1})
    assert (counters(shop), counters(shop, 2)) == ((1, 0, 0, 0, 2), (2, 0, 0, 0, 1))
    shop.take_in({"line": 1, "qty": 1, "lot": "L3"})
    assert counters(shop)[3] == 1


@pytest.mark.parametrize(
    ("came", "place", "code"),
    [
        ({"line": 9, "qty": 1}, "WH2-A", "transfer.line.unknown"),
        ({"sku": "X", "qty": 1}, "WH2-A", "item.unknown"),
        ({"line": 1, "qty": 1}, "nowhere", "location.unknown"),
        ({"line": 1, "qty": 1, "location": "nowhere"}, "WH2-A", "location.unknown"),
        (None, "WH2-A", "transfer.nothing"),
    ],
)
def test_what_nobody_can_have_received_is_refused(shop: Shop, came: Any, place: str, code: str) -> None:
    shop.draft({"A": 5})
    with pytest.raises(Refused) as no:
        shop.take_in(*([came] if came else []), place=place)
    assert no.value.code == code
