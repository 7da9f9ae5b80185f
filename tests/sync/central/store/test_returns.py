"""Return lines follow what stations do; what does not fit opens one case and stops nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.refusal import Refused
from sync.central.commands.returns import rma_document
from sync.central.store.return_sheets import document
from sync.central.store.tables import feed
from tests.centre import SeededIds
from tests.sync.central.shop import OWNER, PLACE, STATION, Shop

OTHER = "6e" * 16


@pytest.fixture
def code(shop: Shop) -> str:
    """An RMA for two units of A and one of B."""
    shop.items("A", "B")
    shop.policy()
    shop.receive({"A": 5, "B": 5})
    shop.order({"A": 2, "B": 1}, ship="available", customer="c-1")
    return str(shop.authorize({"A": 2, "B": 1}, customer="c-1")["rma"])


def states(shop: Shop, code: str) -> list[str]:
    """The state of the RMA and of each of its lines."""
    found: Any = shop.ask(lambda conn: rma_document(conn, code))
    return [found["state"], *(line["state"] for line in found["lines"])]


def done(shop: Shop, code: str) -> Any:
    return shop.ask(lambda conn: document(conn, code) or {})["done"]


def published(shop: Shop, code: str) -> list[dict[str, Any]]:
    rows = shop.ask(
        lambda conn: list(
            conn.scalars(select(feed.c.document).where(feed.c.key == code).order_by(feed.c.pos))
        )
    )
    return [json.loads(row) for row in rows]


def test_a_return_goes_its_way(shop: Shop, code: str) -> None:
    assert states(shop, code) == ["open", "authorized", "authorized"]
    shop.at_station(EventKind.RETURN_ARRIVED, rma=code, parcel="JD1")
    assert states(shop, code) == ["open", "received", "received"]
    shop.disposition("A", rma=code, line=1)
    assert states(shop, code) == ["open", "on_bench", "received"]
    shop.disposition("A", rma=code, line=1, origin=OTHER)
    assert states(shop, code) == ["open", "dispositioned", "received"]
    assert done(shop, code) == [
        {"line": 1, "station": STATION, "qty": 1},
        {"line": 1, "station": OTHER, "qty": 1},
    ]
    shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=[{"line": 2, "qty": 1}])
    assert states(shop, code) == ["closed", "dispositioned", "missing"]
    assert shop.cases() == ["return.missing"]


def test_every_change_is_published_with_its_event(shop: Shop, code: str) -> None:
    event_id = shop.disposition("A", rma=code, line=1)
    first, last = published(shop, code)
    assert (first["state"], first["done"]) == ("open", [])
    assert last["done"] == [{"line": 1, "station": STATION, "qty": 1}]
    assert {name: last[name] for name in ("code", "owner", "order")} == {
        "code": code,
        "owner": "ACME",
        "order": "o1",
    }
    asked = select(feed.c.event_id).where(feed.c.key == code).order_by(feed.c.pos.desc())
    assert shop.ask(lambda conn: conn.scalars(asked).first()) == event_id


def test_a_missing_unit_that_turns_up_is_missing_no_more(shop: Shop, code: str) -> None:
    shop.disposition("A", 2, rma=code, line=1)
    shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=[{"line": 2, "qty": 1}])
    shop.disposition("B", rma=code, line=2)
    assert states(shop, code) == ["closed", "dispositioned", "dispositioned"]
    assert shop.cases() == []


def test_finished_with_units_still_to_come_stays_open(shop: Shop, code: str) -> None:
    shop.disposition("A", rma=code, line=1)
    shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=[])
    assert states(shop, code) == ["open", "on_bench", "received"]


def test_more_than_was_authorized_is_one_case_and_counts(shop: Shop, code: str) -> None:
    shop.disposition("A", 2, rma=code, line=1)
    for _ in range(2):
        shop.disposition("A", rma=code, line=1, origin=OTHER)
    assert shop.cases() == ["return.over_quantity"]
    assert sum(entry["qty"] for entry in done(shop, code)) == 4
    assert shop.free("A") == 3 + 4


def test_a_unit_kept_apart_and_undone_leaves_no_case(shop: Shop, code: str) -> None:
    parts: dict[str, Any] = {"sku": "B", "qty": 1, "label": "H07-1-X", "rma": code, "line": None}
    kept = shop.at_station(EventKind.RETURN_DISPOSITIONED, wrong_item=True, **parts)
    with shop.together():
        blind = shop.disposition("A", label="L07-9-X")
        undo(shop, blind)
    assert shop.cases() == ["return.wrong_item", "event.inconsistent"]
    undo(shop, kept)
    assert shop.cases() == ["event.inconsistent"]


def test_what_nobody_announced_is_a_case_each(shop: Shop, code: str) -> None:
    shop.disposition("A", label="L07-1-X")
    shop.disposition("A", label="L07-2-X")
    shop.disposition("A", label=None)
    assert shop.cases() == ["return.blind"] * 3
    assert done(shop, code) == []


def test_a_thing_nobody_could_name_is_one_case_and_no_stock(shop: Shop, code: str) -> None:
    first = shop.at_station(EventKind.RETURN_UNIDENTIFIED, rma=None, label="H07-1-X", qty=1)
    shop.at_station(EventKind.RETURN_UNIDENTIFIED, rma=code, label="H07-2-X", qty=1)
    assert shop.cases() == ["return.unidentified"] * 2
    assert done(shop, code) == []
    shop.at_station(
        EventKind.RETURN_UNDONE, corrects=first, undoes="return.unidentified", reason="it has a name"
    )
    assert shop.cases() == ["return.unidentified"]


def test_a_unit_graded_again_moves_and_is_not_done_twice(shop: Shop, code: str) -> None:
    shop.disposition("A", label="L07-1-X", rma=code, line=1)
    before, free = done(shop, code), shop.free("A")
    was = Account(OWNER, "A", "R-03", Status.SELLABLE, label="L07-1-X", grade="A")
    now = Account(OWNER, "A", "HOLD-3", Status.QUARANTINED, "awaiting_write_off", label="L07-2-X", grade="D")
    shop.at_station(
        EventKind.RETURN_REGRADED,
        [Move(1, was, now, MoveKind.DISPOSE)],
        sku="A",
        qty=1,
        label="L07-2-X",
        replaces="L07-1-X",
        **{"return": code},
    )
    assert (done(shop, code), shop.free("A")) == (before, free - 1)
    assert shop.cases() == []


@pytest.mark.parametrize(
    ("body", "case"),
    [
        ({"rma": "R-999-1", "line": 1, "sku": "A", "qty": 1}, "return.unknown_rma"),
        ({"line": 9, "sku": "A", "qty": 1}, "return.not_on_rma"),
        ({"line": None, "sku": "A", "qty": 1}, "return.not_on_rma"),
        ({"line": 2, "sku": "A", "qty": 1}, "return.not_on_rma"),
        ({"line": None, "sku": "B", "qty": 1, "wrong_item": True}, "return.wrong_item"),
    ],
)
def test_what_does_not_fit_the_rma_is_one_case(
    shop: Shop, code: str, body: dict[str, Any], case: str
) -> None:
    customer, shelf = (
        Account(OWNER, body["sku"], Virtual.CUSTOMER),
        Account(OWNER, body["sku"], PLACE, Status.SELLABLE),
    )
    came = [Move(1, customer, shelf, MoveKind.RETURN)]
    shop.at_station(EventKind.RETURN_DISPOSITIONED, came, **({"rma": code} | body))
    assert shop.cases() == [case]
    assert done(shop, code) == []


@pytest.mark.parametrize("kind", [EventKind.RETURN_ARRIVED, EventKind.RETURN_FINISHED])
def test_an_unknown_rma_is_a_case_whatever_happens_to_it(shop: Shop, kind: EventKind) -> None:
    for _ in range(2):
        shop.at_station(kind, rma="R-999-1")
    shop.at_station(kind, rma=None)
    assert shop.cases() == ["return.unknown_rma"]


def test_undoing_a_disposition_takes_it_back(shop: Shop, code: str) -> None:
    first = shop.disposition("A", 2, rma=code, line=1)
    shop.at_station(
        EventKind.RETURN_UNDONE, corrects=first, undoes="return.dispositioned", reason="other grade"
    )
    assert states(shop, code) == ["open", "authorized", "authorized"]
    assert done(shop, code) == []
    assert shop.cases() == []


def test_undoing_the_finish_and_the_arrival(shop: Shop, code: str) -> None:
    arrived = shop.at_station(EventKind.RETURN_ARRIVED, rma=code, parcel=None)
    missing = [{"line": 1, "qty": 2}, {"line": 2, "qty": 1}]
    finished = shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=missing)
    assert states(shop, code) == ["closed", "missing", "missing"]
    shop.at_station(EventKind.RETURN_UNDONE, corrects=finished, undoes="return.finished", reason="found")
    assert states(shop, code) == ["open", "received", "received"]
    shop.at_station(EventKind.RETURN_UNDONE, corrects=arrived, undoes="return.arrived", reason="wrong scan")
    assert states(shop, code) == ["open", "authorized", "authorized"]


def undo(shop: Shop, event_id: str) -> None:
    shop.at_station(EventKind.RETURN_UNDONE, corrects=event_id, undoes="return", reason="r")


def test_undoing_one_arrival_or_finish_leaves_the_others(shop: Shop, code: str) -> None:
    arrivals = [
        shop.at_station(EventKind.RETURN_ARRIVED, origin=origin, rma=code, parcel=parcel)
        for origin, parcel in ((STATION, "p1"), (OTHER, "p2"))
    ]
    shop.disposition("A", rma=code, line=1)
    missing = [{"line": 1, "qty": 1}, {"line": 2, "qty": 1}]
    finishes = [
        shop.at_station(EventKind.RETURN_FINISHED, origin=origin, rma=code, missing=missing)
        for origin in (STATION, OTHER)
    ]
    assert states(shop, code) == ["closed", "missing", "missing"]
    undo(shop, arrivals[0])
    undo(shop, finishes[0])
    assert states(shop, code) == ["closed", "missing", "missing"]
    undo(shop, finishes[1])
    assert states(shop, code) == ["open", "on_bench", "received"]
    undo(shop, arrivals[1])
    assert states(shop, code) == ["open", "on_bench", "authorized"]
    assert shop.cases() == []


def test_a_missing_unit_that_did_not_turn_up_after_all_is_missing_again(shop: Shop, code: str) -> None:
    shop.at_station(
        EventKind.RETURN_FINISHED, rma=code, missing=[{"line": 1, "qty": 2}, {"line": 2, "qty": 1}]
    )
    assert shop.cases() == ["return.missing", "return.missing"]
    found = [shop.disposition("A", rma=code, line=1) for _ in range(2)]
    assert shop.cases() == ["return.missing"]
    for event_id in found:
        undo(shop, event_id)
    assert shop.cases() == ["return.missing", "return.missing"]
    document: Any = shop.ask(lambda conn: rma_document(conn, code))
    assert [line["missing"] for line in document["lines"]] == [2, 1]
    assert states(shop, code) == ["closed", "missing", "missing"]


def test_an_undo_counts_where_the_unit_was_done(shop: Shop, code: str) -> None:
    first = shop.disposition("A", rma=code, line=1)
    shop.disposition("A", rma=code, line=1, origin=OTHER)
    shop.at_station(EventKind.RETURN_UNDONE, origin=OTHER, corrects=first, undoes="return", reason="r")
    assert done(shop, code) == [{"line": 1, "station": OTHER, "qty": 1}]


def test_more_missing_than_was_to_come_is_one_case_and_counts_no_more(shop: Shop, code: str) -> None:
    shop.disposition("A", rma=code, line=1)
    for _ in range(2):
        shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=[{"line": 1, "qty": 2}])
    assert shop.cases() == ["return.missing_excess"]
    document: Any = shop.ask(lambda conn: rma_document(conn, code))
    assert [line["missing"] for line in document["lines"]] == [1, 0]


def test_missing_units_of_a_line_that_is_not_on_the_rma_are_a_case(shop: Shop, code: str) -> None:
    shop.at_station(EventKind.RETURN_FINISHED, rma=code, missing=[{"line": 7, "qty": 3}])
    assert shop.cases() == ["return.not_on_rma"]
    assert states(shop, code) == ["open", "received", "received"]


def test_what_was_done_before_the_authorization_counts(shop: Shop, code: str) -> None:
    shop.order({"A": 2, "B": 1}, ship="available", customer="c-2")
    first = shop.disposition("A", rma="SHOP-7", line=1)
    shop.disposition("A", 2, rma="SHOP-7", line=1, origin=OTHER)
    undone = shop.disposition("B", rma="SHOP-7", line=2)
    undo(shop, undone)
    shop.at_station(EventKind.RETURN_FINISHED, rma="SHOP-7", missing=[{"line": 2, "qty": 1}])
    assert shop.cases() == ["return.unknown_rma"]
    shop.authorize({"A": 2, "B": 1}, customer="c-2", rma="SHOP-7")
    # Who the goods belong to is known now, so that nobody need ask any more.
    assert shop.cases() == ["return.over_quantity", "return.missing"]
    assert states(shop, "SHOP-7") == ["closed", "dispositioned", "missing"]
    assert published(shop, "SHOP-7")[0]["done"] == done(shop, "SHOP-7")
    assert done(shop, "SHOP-7") == [
        {"line": 1, "station": STATION, "qty": 1},
        {"line": 1, "station": OTHER, "qty": 2},
    ]
    undo(shop, first)
    assert shop.cases() == ["return.missing"]
    assert done(shop, "SHOP-7") == [{"line": 1, "station": OTHER, "qty": 2}]
    assert states(shop, code) == ["open", "authorized", "authorized"]


def test_undoing_twice_or_what_is_not_here_is_a_case(shop: Shop, code: str) -> None:
    first = shop.disposition("A", 2, rma=code, line=1)
    for _ in range(2):
        shop.at_station(EventKind.RETURN_UNDONE, corrects=first, undoes="return.dispositioned", reason="r")
    shop.at_station(EventKind.RETURN_UNDONE, corrects="0192e4c5-0000", undoes="return.arrived", reason="r")
    assert shop.cases() == ["event.undo", "event.undo"]
    assert done(shop, code) == []


def test_an_undo_that_came_first_is_odd_and_undoes_all_the_same(shop: Shop, code: str) -> None:
    coming = SeededIds(11)
    event_id, shop.ids = coming.event_id(0), SeededIds(12)
    shop.at_station(EventKind.RETURN_UNDONE, corrects=event_id, undoes="return.dispositioned", reason="r")
    shop.ids = SeededIds(11)
    assert shop.disposition("A", rma=code, line=1) == event_id
    assert (shop.cases(), done(shop, code)) == (["event.undo"], [])


def test_a_batch_publishes_an_rma_once_as_it_was_left(shop: Shop, code: str) -> None:
    before = len(published(shop, code))
    with shop.together():
        shop.at_station(EventKind.RETURN_ARRIVED, rma=code)
        shop.disposition("A", rma=code, line=1)
        undo(shop, shop.disposition("A", rma=code, line=1, label="L07-2-X"))
    assert len(published(shop, code)) == before + 1
    assert done(shop, code) == [{"line": 1, "station": STATION, "qty": 1}]


def test_undoing_a_blind_disposition_touches_no_rma(shop: Shop, code: str) -> None:
    first = shop.disposition("A")
    shop.at_station(EventKind.RETURN_UNDONE, corrects=first, undoes="return.dispositioned", reason="r")
    assert states(shop, code) == ["open", "authorized", "authorized"]


def test_a_body_that_cannot_be_read_is_refused_whole(shop: Shop, code: str) -> None:
    with pytest.raises(Refused):
        shop.at_station(EventKind.RETURN_DISPOSITIONED, rma=code, line=1, sku="A", qty="two")
    assert done(shop, code) == []


@pytest.mark.usefixtures("code")
def test_what_cannot_be_read_whole_never_stands_in_the_way_of_its_authorization(shop: Shop) -> None:
    shop.order({"A": 2}, ship="available", customer="c-2")
    for odd in ({}, {"qty": 0}, {"qty": 1, "wrong_item": "yes"}, {"qty": 1, "label": 5}):
        with pytest.raises(Refused):
            shop.at_station(EventKind.RETURN_DISPOSITIONED, rma="SHOP-7", line=9, sku="A", **odd)
    shop.authorize({"A": 2}, customer="c-2", rma="SHOP-7")
    assert states(shop, "SHOP-7") == ["open", "authorized"]


def test_another_kind_of_event_is_about_no_return(shop: Shop, code: str) -> None:
    shop.at_station("stock.moved", rma=code)
    assert states(shop, code) == ["open", "authorized", "authorized"]
    assert shop.ask(lambda conn: document(conn, "R-none")) is None
