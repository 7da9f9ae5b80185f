"""Whole floor stories through the pure bench machine, and its laws under any order of scans."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import laws
from app.domain.account import Account, Status
from app.domain.event import EventKind
from app.domain.place import Virtual
from app.domain.returns import Rma, RmaLine
from app.workflows.bench.inputs import (
    FoundItem,
    FoundLabel,
    FoundReturn,
    NotFound,
    Said,
    Unreadable,
)
from app.workflows.bench.known_unit import GivenGrade, KnownUnit
from app.workflows.bench.mat import ANSWER_WORDS, DIGIT_WORDS, GRADE_WORDS
from app.workflows.bench.state import BenchState, Phase, from_draft, to_draft
from app.workflows.effects import Drop, Keep, Record
from tests.app.workflows.bench.floor import (
    CATALOGUE,
    KETTLE,
    MUGS,
    RMA,
    SOLVENT,
    TEXTS,
    TOASTER,
    Floor,
)


def test_a_good_unit_takes_three_scans_and_no_keys() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    saved = floor.says("GRI")
    assert saved.phase is Phase.SAVED
    assert [event.kind for event in floor.events] == [
        EventKind.RETURN_ARRIVED,
        EventKind.RETURN_DISPOSITIONED,
    ]
    came_in, went = floor.events[1].moves
    assert (came_in.source.location, came_in.target.status) == (Virtual.CUSTOMER, Status.RETURN_PENDING)
    assert (went.target.location, went.target.status, went.target.grade) == ("R-03", Status.SELLABLE, "A")
    assert went.target.serial == "SN-994471"
    assert floor.events[1].body["rule"] == "12"
    assert floor.labels == [str(floor.events[1].body["label"])]


def test_arrival_is_recorded_once() -> None:
    floor = Floor()
    floor.opens(arrived=True)
    assert floor.events == []
    assert floor.state.phase is Phase.ITEM


def test_receipt_and_arrival_make_nothing_sellable() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    assert not any(event.moves for event in floor.events)


def test_a_job_of_three_lines_closes_itself_and_drops_its_draft() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(KETTLE, "SN-994471")
    floor.says("GRI")
    floor.scans(MUGS)
    floor.scans(MUGS)
    floor.says("GRII")
    floor.scans(TOASTER)
    floor.says("GRIV", "NII", "PHOTO")
    assert isinstance(floor.effects[-1], Drop)
    assert [event.body.get("disposition") for event in floor.events[1:]] == [
        "restock",
        "refurbish",
        "vendor_return",
    ]
    assert floor.events[2].body["qty"] == 2
    view = floor.view()
    assert view.band.context == "Box done"
    assert floor.opens(replace(RMA, code="R-2")).job is not None


def test_idle_item_scan_never_writes() -> None:
    floor = Floor()
    after = floor.scans(MUGS)
    assert after.phase is Phase.IDLE
    assert after.notice is not None
    assert after.notice.code == "item_idle"
    assert floor.effects == ()


def test_another_box_never_closes_an_open_one() -> None:
    floor = Floor()
    floor.opens()
    after = floor.opens(replace(RMA, code="R-2"))
    assert after.job is not None
    assert after.job.key == RMA.code
    assert after.notice is not None
    assert after.notice.code == "other_open"


def test_unknown_and_damaged_codes_say_what_was_read() -> None:
    floor = Floor()
    assert "4006381333931" in floor.view().band.hint or floor.reads("4006381333931")
    assert "4006381333931" in floor.view().band.hint
    floor.give(Unreadable("]d201", "Expected 14 digits.", "Try again."))
    assert "Expected 14 digits." in floor.view().band.hint
    floor.give(FoundLabel("L07-1-0", "L07-1-0", "A RESTOCK"))
    assert "L07-1-0" in floor.view().band.headline


def test_a_second_parcel_of_an_open_return_is_an_arrival_of_its_own() -> None:
    floor = Floor()
    floor.give(FoundReturn("T1", RMA, CATALOGUE, {}, arrived=False, parcel="T1"))
    floor.give(FoundReturn("T2", RMA, CATALOGUE, {}, arrived=False, parcel="T2"))
    assert [event.private for event in floor.events] == [{"parcel": "T1"}, {"parcel": "T2"}]
    floor.scans(TOASTER)
    floor.says("GRI")
    assert floor.events[-1].private == {"found_on": "T2"}
    assert "T2" not in json.dumps(floor.events[-1].facts())


def test_a_cancelled_return_is_said_and_still_taken() -> None:
    floor = Floor()
    after = floor.give(FoundReturn("R", RMA, CATALOGUE, {}, arrived=False, cancelled=True))
    assert after.notice is not None
    assert after.notice.code == "cancelled"
    assert after.phase is Phase.ITEM


LOTS = Rma("R-3", "acme", "1", (RmaLine(1, "SOL-1", 2, "late", lot="A"), RmaLine(2, "KIT-2", 1, "late")))
KNOWN = KnownUnit(
    "e-0",
    "L07-1-0",
    MUGS,
    2,
    Account("acme", "MUG-4", "F-01", Status.REFURBISH, label="L07-1-0", grade="B"),
    "R-1",
    blind=False,
    wrong_item=False,
    grades=(GivenGrade("B", "ana", "22 Nov 10:41"),),
)
WORDS = st.sampled_from(
    [
        *GRADE_WORDS,
        *ANSWER_WORDS,
        *DIGIT_WORDS,
        "OK",
        "UNDO",
        "DONE",
        "GONE",
        "BLIND",
        "HOLD",
        "OTHER",
        "COUNT",
        "REPRINT",
        "VENDOR",
        "DISCRD",
        "NOID",
        "NOTE",
        "NOPRT",
        "PHOTO",
        "REDO",
    ]
)
SCANS = st.one_of(
    st.builds(Said, WORDS),
    st.sampled_from([FoundItem("x", item) for item in CATALOGUE.values()]),
    st.sampled_from(["SN-994471", "SN-1"]).map(lambda serial: FoundItem(serial, KETTLE, serial)),
    st.sampled_from(["A", "B"]).map(lambda lot: FoundItem(lot, SOLVENT, lot=lot)),
    st.just(FoundReturn("R3", LOTS, CATALOGUE, {}, arrived=True, closed_with={1: 2, 2: 1})),
    st.sampled_from(["SN-994471", "??", "123"]).map(lambda raw: NotFound(raw, digits=False)),
    st.just(FoundLabel("L07-1-0", "L07-1-0", "B REFURB", KNOWN)),
    st.just(FoundReturn("R", RMA, CATALOGUE, {}, arrived=False)),
    st.just(FoundReturn("R2", replace(RMA, code="R-2"), CATALOGUE, {}, arrived=True)),
)


@given(st.lists(SCANS, max_size=40))
def test_any_order_of_scans_keeps_the_laws(scans: list[FoundReturn | FoundItem | NotFound | Said]) -> None:
    floor = Floor()
    for scan in scans:
        before = floor.state
        floor.give(scan)
        view = floor.view()
        plain = view.band.hint.replace("**", "")
        assert len(view.band.headline) <= 45
        assert len(plain) <= 100
        assert sum(isinstance(effect, Record) for effect in floor.effects) <= 1
        if floor.state.job is not None:
            survived = from_draft(json.loads(json.dumps(to_draft(floor.state))))
            assert survived.job == floor.state.job
            assert survived.pick == floor.state.pick
        if before.job != floor.state.job and floor.state.job is not None:
            assert any(isinstance(effect, (Keep, Drop)) for effect in floor.effects)
    balances = laws.fold(move for event in floor.events for move in event.moves)
    assert laws.conservation(balances) == ()


def test_every_message_of_the_catalogue_fits_its_place() -> None:
    for code in TEXTS.codes():
        text = TEXTS.say(code, **dict.fromkeys(TEXTS.parts(code), "123456")).replace("**", "")
        if code.endswith(".headline"):
            assert len(text) <= 45, code
        if code.endswith(".hint"):
            assert len(text) <= 115, code


def test_an_idle_bench_has_no_draft() -> None:
    with pytest.raises(ValueError, match="idle"):
        to_draft(BenchState())
