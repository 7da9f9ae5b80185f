"""What comes back with no RMA is noted once, listed while it waits, and taken off when it does not."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Status
from app.domain.event import EventKind
from sync.central.checks.blind import check_blind
from sync.central.store import blind_units
from sync.central.store.tables import exception
from tests.sync.central.blind import came, matched, waiting, with_bench
from tests.sync.central.shop import STATION, Shop


def undo(shop: Shop, event_id: str) -> None:
    shop.at_station(EventKind.RETURN_UNDONE, corrects=event_id, undoes="return.dispositioned", reason="r")


def test_only_dispositions_with_no_rma_are_noted(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2}, ship="available", customer="c-1")
    code = shop.authorize({"A": 1}, customer="c-1")["rma"]
    shop.disposition("A", rma=code, line=1)
    shop.at_station(EventKind.RETURN_ARRIVED, rma=code)
    event_id = came(shop, "H07-1-X", grade="B")
    shop.clock.pass_by(days=3)
    (unit,) = waiting(shop)
    assert unit["age_days"] == 3
    told = {
        name: unit[name] for name in ("label", "sku", "qty", "grade", "site", "station", "state", "event_id")
    }
    assert told == {
        "label": "H07-1-X",
        "sku": "A",
        "qty": 1,
        "grade": "B",
        "site": "WH1",
        "station": "Bench 7",
        "state": "waiting",
        "event_id": event_id,
    }


def test_the_list_goes_page_by_page_by_item_and_by_site(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A", "B")
    for number, sku in enumerate(("A", "B", "A"), 1):
        came(shop, f"H07-{number}-X", sku)
    page: Any = shop.ask(
        lambda conn: blind_units.waiting(conn, None, None, 2, now=shop.clock.now(), sites=None)
    )
    assert [unit["label"] for unit in page["units"]] == ["H07-1-X", "H07-2-X"]
    rest = waiting(shop, cursor=page["next"])
    assert [unit["label"] for unit in rest] == ["H07-3-X"]
    assert [unit["sku"] for unit in waiting(shop, sku="B")] == ["B"]
    assert len(waiting(shop, sites=frozenset({"WH1"}))) == 3
    assert waiting(shop, sites=frozenset({"WH2"})) == []


def test_what_is_undone_waits_no_more_before_or_after_it_is_told(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A")
    undo(shop, came(shop, "H07-1-X"))
    with shop.together():
        undo(shop, came(shop, "H07-2-X"))
    assert waiting(shop) == []
    for label in ("H07-1-X", "H07-2-X"):
        unit = shop.ask(lambda conn, label=label: blind_units.find(conn, label))  # type: ignore[misc]
        assert unit is not None
        assert unit.state == blind_units.TAKEN_BACK


def test_a_label_used_again_is_its_newest_unit(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A", "B")
    came(shop, "H07-1-X", "A")
    came(shop, "H07-1-X", "B")
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "H07-1-X"))
    assert unit.sku == "B"
    assert shop.ask(lambda conn: blind_units.find(conn, "H07-9-X")) is None


def states(shop: Shop) -> dict[str, str]:
    """The state of each case of a unit that nobody announced, by its key."""
    asked = select(exception.c.key, exception.c.state).where(exception.c.key.startswith("return.blind:"))
    return {row.key: row.state for row in shop.ask(lambda conn: conn.execute(asked).all())}


@pytest.mark.parametrize("at_once", [True, False], ids=["in one push", "one after the other"])
def test_two_units_under_one_label_have_a_case_each(shop: Shop, at_once: bool) -> None:
    with_bench(shop)
    shop.items("A", "B")
    with shop.together() if at_once else nullcontext():
        first, second = came(shop, "L07-3-X", "A"), came(shop, "L07-3-X", "B")
    one, other = "return.blind:L07-3-X", f"return.blind:L07-3-X:{second}"
    assert states(shop) == {one: "open", other: "open"}
    assert [unit["sku"] for unit in waiting(shop)] == ["A", "B"]
    undo(shop, first)
    assert states(shop) == {one: "resolved", other: "open"}
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "L07-3-X"))
    assert (unit.event_id, unit.case_key) == (second, other)
    undo(shop, second)
    assert states(shop) == {one: "resolved", other: "resolved"}
    assert shop.ask(lambda conn: list(check_blind(conn))) == []


def test_of_two_units_under_one_label_the_one_that_waits_is_found(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A", "B")
    first, second = came(shop, "L07-3-X", "A"), came(shop, "L07-3-X", "B")
    undo(shop, second)
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "L07-3-X"))
    assert unit.event_id == first


def test_a_matched_unit_says_with_what(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-1")
    came(shop, "H07-1-X")
    answer = matched(shop, "H07-1-X", order="o-1")
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "H07-1-X"))
    assert (unit.state, unit.rma, unit.line, unit.matched_by) == (
        blind_units.MATCHED,
        answer["rma"],
        1,
        answer["event_id"],
    )


def test_where_a_unit_stands_is_asked_of_the_ledger(shop: Shop) -> None:
    with_bench(shop)
    shop.items("A")
    came(shop, "H07-1-X", qty=2)
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "H07-1-X"))
    standing = shop.ask(lambda conn: blind_units.standing(conn, unit, "H07-1-X"))
    assert [(held.status, qty) for held, qty in standing] == [(Status.QUARANTINED, 2)]
    given = shop.ask(lambda conn: blind_units.given(conn, unit.event_id))
    assert given.text("label") == "H07-1-X"


def test_strange_words_of_a_station_are_kept_in_what_a_database_takes(shop: Shop) -> None:
    shop.items("A")
    shop.disposition("A", label="L\x00" + "x" * 500, origin=STATION)
    unit: Any = shop.ask(lambda conn: blind_units.find(conn, "L\N{REPLACEMENT CHARACTER}" + "x" * 198))
    assert unit.site is None
    assert blind_units.shown(unit, shop.clock.now() - timedelta(days=9))["age_days"] == 0
