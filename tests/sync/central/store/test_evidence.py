"""The life of a unit is read from its own events: by label, by serial, by lot, and never from another's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from sync.central.rules.evidence import Story
from sync.central.store.evidence import story_of
from sync.central.store.tables import blind_unit, supply
from tests.sync.central.outward import Outward, both, open_outward
from tests.sync.central.shop import OWNER, PLACE


@pytest.fixture(params=["sqlite", "postgresql"])
def outward(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with open_outward(tmp_path, both(request)) as found:
        yield found


def damaged(sku: str, label: str | None = None, **more: Any) -> Account:
    return Account(OWNER, sku, "V-02", Status.DAMAGED, label=label, **{"grade": "D"} | more)


def story(outward: Outward, held: Account) -> Story:
    return outward.shop.ask(lambda conn: story_of(conn, held))


def test_a_serial_is_known_from_its_receipt_to_its_sale_and_return(outward: Outward) -> None:
    outward.shop.receive({"S": 2}, serials=["s1", "s2"])
    line = {"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}
    outward.shop.order([line], ship="available", customer="c-7")
    rma = outward.shop.authorize(
        [{"line": 1, "sku": "S", "qty": 1, "reason": "defective", "serials": ["s1"]}], order="o1"
    )["rma"]
    said = {"rma": rma, "line": 1, "rule": "30", "answers": ["broken.works"], "photos": ["ab" * 32]}
    outward.returned("S", "L07-1-X", serial="s1", **said)
    found = story(outward, damaged("S", "L07-1-X", serial="s1"))
    assert [one.document for one in found.supplied] == ["PO-1"]
    assert [(one.order, one.line) for one in found.sold] == [("o1", 1)]
    assert found.sold[0].shipped_at is not None
    assert (found.rma, found.reason, found.photos) == (rma, "defective", ("ab" * 32,))
    assert found.last is not None
    assert (found.last.by, found.last.rule, found.last.answers) == ("kim", "30", ("broken.works",))
    assert story(outward, damaged("S", serial="s2", grade=None)).judged == ()


def test_a_unit_that_was_graded_again_is_followed_to_its_first_label(outward: Outward) -> None:
    outward.returned("B", "L07-1-X", photos=["aa"])
    again: dict[str, Any] = {
        "sku": "B",
        "qty": 1,
        "label": "L07-2-X",
        "replaces": "L07-1-X",
        "grade": "D",
        "photos": ["bb"],
    }
    move = Move(1, damaged("B", "L07-1-X"), damaged("B", "L07-2-X"), MoveKind.DISPOSE)
    outward.shop.at_station(EventKind.RETURN_REGRADED, [move], **again)
    outward.returned("B", "L07-9-X", photos=["zz"])
    found = story(outward, damaged("B", "L07-2-X"))
    assert (found.photos, len(found.judged)) == (("aa", "bb"), 2)


def test_what_was_taken_back_is_no_evidence(outward: Outward) -> None:
    event_id = outward.returned("B", "L07-1-X", photos=["aa"])
    outward.shop.at_station(EventKind.RETURN_UNDONE, [outward.away("B", "L07-1-X")], corrects=event_id)
    assert story(outward, damaged("B", "L07-1-X")) == Story()


def test_a_serial_that_came_back_twice_tells_of_the_last_time(outward: Outward) -> None:
    outward.shop.receive({"S": 1}, serials=["s1"], place=PLACE)
    first = outward.returned("S", "L07-1-X", serial="s1", photos=["aa"], rma="R-1-1", line=1)
    assert first
    outward.returned("S", "L07-2-X", serial="s1", photos=["bb"])
    found = story(outward, damaged("S", "L07-2-X", serial="s1"))
    assert (found.photos, found.rma) == (("bb",), None)


def test_a_lot_is_known_by_its_receipts_and_a_plain_unit_by_none(outward: Outward) -> None:
    outward.shop.receive({"L": 5}, lot="l1")
    outward.shop.receive({"A": 5})
    assert [one.document for one in story(outward, damaged("L", lot="l1")).supplied] == ["PO-1"]
    assert story(outward, damaged("L", lot="l2")).supplied == ()
    assert story(outward, damaged("A")) == Story()


def test_the_supplier_of_a_receipt_and_a_match_in_place_are_told(tmp_path: Path) -> None:
    with open_outward(tmp_path, prove=False) as outward:
        outward.shop.receive({"L": 5}, lot="l1")
        event_id = outward.returned("L", "L07-1-X", lot="l1")
        head = {"code": "PO-1", "owner": OWNER, "kind": "order", "site": "WH1", "supplier": "MAKER"}
        unit = {
            "event_id": event_id,
            "label": "L07-1-X",
            "station": "s",
            "owner": OWNER,
            "sku": "L",
            "qty": 1,
        }
        unit |= {"came_at": "2026-11-22", "state": "matched", "case_key": "k", "rma": "R-9-9", "line": 2}
        with outward.shop.database.write() as conn:
            conn.execute(insert(supply), head | {"state": "closed", "made_at": "x", "made_by": "x"})
            # Posting noted the unit as blind already; somebody matched it since.
            conn.execute(update(blind_unit).where(blind_unit.c.event_id == event_id).values(**unit))
        found = story(outward, damaged("L", "L07-1-X", lot="l1"))
        assert [one.supplier for one in found.supplied] == ["MAKER"]
        assert (found.rma, found.sold) == ("R-9-9", ())
