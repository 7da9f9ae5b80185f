"""Receipts of transfers through the whole station on a real file: scans counted, over, short, power cuts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import resources
from app.domain.account import Account, Status
from app.domain.feed import Change, Page
from app.domain.item import Item, Tracking
from app.domain.place import Location, LocationKind, lane
from app.domain.transfer import Coming, ComingLine, Transfer
from app.ledger import mirror, site_stock
from app.ledger.audit import audit
from app.scanning.commands import Word
from app.workflows.view import AnswerWork, BandState, IdleWork, WaitWork
from tests.app.station.bench_world import RMA
from tests.app.station.floor_world import BIN, LAMP, FloorWorld

GOODS = (
    "Toaster",
    "Mug set",
    "Bath towel",
    "Desk lamp",
    "Wall clock",
    "Bread bin",
    "Cushion",
    "Laundry bag",
    "Tea towel",
    "Salad bowl",
)
NAMES = [f"{name} {colour}" for colour in ("white", "grey", "blue", "green") for name in GOODS]
FORTY = tuple(Item(f"T-{n:02}", name) for n, name in enumerate(NAMES))
KETTLE = Item("K-9", "Kettle", tracking=Tracking.SERIAL)
LANE = lane("WH2", "WH1")
DOC, SMALL, FAR = "TR-0881", "TR-2", "TR-3"


def coming(code: str, items: tuple[Item, ...], qty: int = 6, target: str = "WH1") -> Transfer:
    lines = tuple(ComingLine(n, item.sku, qty, qty) for n, item in enumerate(items, 1))
    units = tuple(Coming(Account("acme", i.sku, LANE, Status.IN_TRANSIT), qty) for i in items)
    return Transfer(code, "acme", "WH2", target, "in_transit", lines, units)


class Dock(FloorWorld):
    """The floor's station with a dock, forty things on their way, and a policy that may trust the sender."""

    def told(self, *transfers: Transfer, trusted: bool = False, pos: int = 100) -> None:
        source = resources.policy_source()
        version = resources.policy().version
        if trusted:
            source = source.replace("trusted = []", 'trusted = ["WH2"]').replace(version, "trusting-1", 1)
            version = "trusting-1"
        dock = Location("DOCK-1", LocationKind.DOCK, "Dock 1", "WH1")
        items = enumerate((*FORTY, KETTLE))
        changes = [Change(pos + n, "item", item.sku, item.to_json()) for n, item in items]
        changes.append(Change(pos + 60, "location", dock.code, dock.to_json()))
        changes.append(Change(pos + 61, "policy", version, {"version": version, "source": source}))
        changes += [Change(pos + 70 + n, "transfer", t.code, t.to_json()) for n, t in enumerate(transfers)]
        self.thread.ask(lambda: mirror.apply_page(self.ledger, Page(1, pos + 90, tuple(changes))))

    def at_dock(self) -> dict[str, int]:
        held = self.thread.ask(lambda: site_stock.at(self.ledger.connection, "DOCK-1"))
        return {f"{account.item} {account.status}": qty for account, qty in held.items()}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Dock]:
    made = Dock(tmp_path)
    made.told(coming(DOC, FORTY), coming(SMALL, FORTY[:2]), coming(FAR, FORTY[:1], target="WH3"))
    made.go(Word.GO_RECEIVE)
    made.traces.clear()
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def lines(world: Dock) -> dict[int, dict[str, Any]]:
    told: Any = world.event().body["lines"]
    return {entry["line"]: entry for entry in told}


def test_forty_lines_one_short_one_over_are_forty_eight_scans(world: Dock) -> None:
    codes: list[str | Word] = [DOC]
    for n, item in enumerate(FORTY):
        codes.append(item.sku)
        if n == 3:
            codes.append(Word.DIGIT_5)
        if n == 7:
            codes += [Word.DIGIT_8, item.sku]
    codes += [Word.DONE, Word.ANSWER_1, Word.ANSWER_5, Word.OK]
    screen = world.go(*codes)
    assert len(world.traces) == 48
    assert world.event().kind == "transfer.received"
    assert lines(world)[4] == {
        "line": 4, "sku": "T-03", "received": 5, "short": 1, "reason": "fewer_sent",
    }  # fmt: skip
    assert lines(world)[8] == {"line": 8, "sku": "T-07", "received": 6, "over": 2, "reason": "more_sent"}
    assert sum(entry.get("received", 0) for entry in lines(world).values()) == 239
    assert screen.bench.band.headline == "TR-0881: 241 units received"
    assert world.at_dock()["T-07 sellable"] == 8, "the station's own view says so at once"


def test_with_number_keys_forty_four_scans_and_four_keys(world: Dock) -> None:
    keys = {"DIGIT_5": "DV", "DIGIT_8": "DVIII"}
    world.go(DOC)
    for n, item in enumerate(FORTY):
        world.go(item.sku)
        if n == 3:
            world.say(keys["DIGIT_5"])
        if n == 7:
            world.say(keys["DIGIT_8"])
            world.go(item.sku)
    world.go(Word.DONE)
    world.say("NI", "NV")
    world.go(Word.OK)
    sources = [trace.source for trace in world.traces]
    assert (sources.count("scanner"), sources.count("screen")) == (44, 4)


def test_a_trusted_sender_is_ten_scans(world: Dock) -> None:
    world.told(trusted=True, pos=300)
    world.go(DOC, "T-03", Word.DIGIT_5, "T-07", Word.DIGIT_8, "T-07", Word.REST)
    world.go(Word.ANSWER_1, Word.ANSWER_5, Word.OK)
    assert len(world.traces) == 10
    assert len(lines(world)) == 40
    assert sum(entry.get("received", 0) for entry in lines(world).values()) == 239


def test_rest_is_refused_for_a_sender_that_is_not_trusted(world: Dock) -> None:
    assert world.go(DOC, Word.REST).bench.band.headline == "WH2 is not taken as expected"


def test_a_whole_document_without_differences_is_saved_by_done(world: Dock) -> None:
    screen = world.go(SMALL, "T-00", "T-01", Word.DONE)
    assert len(world.traces) == 4
    assert screen.bench.band.state is BandState.OK
    assert world.at_dock() == {"T-00 sellable": 6, "T-01 sellable": 6}


def test_what_nobody_touched_stays_to_do_and_a_second_receipt_goes_on(world: Dock) -> None:
    screen = world.go(SMALL, "T-00", Word.DONE)
    assert "1 line is still to do" in screen.bench.band.hint
    world.go(SMALL)
    assert [(row.title, row.word) for row in world.tally().sheet.rows] == [
        ("Toaster white", "done before"),
        ("Mug set white", "to do"),
    ]
    world.go("T-01", Word.DONE)
    assert [set(lines(world))] == [{2}]
    assert world.go(SMALL).bench.band.headline == "Nothing of TR-2 is left"


def test_over_is_asked_and_another_item_does_not_answer_it(world: Dock) -> None:
    screen = world.go(DOC, "T-00", Word.DIGIT_8)
    band = screen.bench.band
    assert (band.state, band.headline) == (BandState.ATTENTION, "2 over on Toaster white")
    assert "accept 8" in band.hint
    assert world.go("T-01").bench.band.headline == "First: Toaster white is over"
    world.go(Word.UNDO)
    assert (world.tally().figure, world.tally().expected) == ("6", "6")


def test_an_item_that_is_on_no_line_is_kept_as_extra_after_a_second_scan(world: Dock) -> None:
    assert world.go(SMALL, LAMP.sku).bench.band.headline == "Desk lamp is not on TR-2"
    world.go(LAMP.sku, "T-00", Word.DONE)
    work = world.bench.screen().bench.work
    assert isinstance(work, AnswerWork)
    assert work.item.name == "Desk lamp"
    world.go(Word.ANSWER_6, Word.OK)
    assert world.event().body["strange"] == {"LAMP-1": 1}
    assert world.at_dock() == {"T-00 sellable": 6, "LAMP-1 sellable": 1}


def test_damaged_units_are_told_apart(world: Dock) -> None:
    world.go(SMALL, "T-00", Word.QUARANTINE, Word.DIGIT_2, "T-00")
    world.go("T-00", "T-00", "T-01", Word.DONE)
    assert isinstance(world.bench.screen().bench.work, WaitWork), "damaged is looked at before it is saved"
    world.go(Word.OK)
    assert lines(world)[1] == {"line": 1, "sku": "T-00", "received": 4, "damaged": 2}
    assert world.at_dock() == {"T-00 sellable": 4, "T-00 damaged": 2, "T-01 sellable": 6}


def test_serials_say_which_unit_is_missing(world: Dock) -> None:
    units = tuple(
        Coming(Account("acme", "K-9", LANE, Status.IN_TRANSIT, serial=f"SN-{n}"), 1) for n in range(3)
    )
    line = ComingLine(1, "K-9", 3, 3)
    world.told(Transfer("TR-9", "acme", "WH2", "WH1", "arrived", (line,), units), pos=300)
    assert world.go("TR-9", "K-9", Word.DIGIT_2).bench.band.headline == "Scan the serials that are here"
    world.go("SN-0", "SN-2", Word.DONE, Word.ANSWER_2, Word.OK)
    moves = [(move.source.serial, move.target.location) for move in world.event().moves]
    assert moves == [("SN-0", "DOCK-1"), ("SN-2", "DOCK-1"), ("SN-1", "@count")]


def test_a_document_of_another_site_and_unknown_codes_are_refused_in_words(world: Dock) -> None:
    assert world.go(FAR).bench.band.headline == "TR-3 goes to WH3"
    assert world.go("T-00").bench.band.headline == "Where is Toaster white from?"
    assert world.go("5901234123457").bench.band.headline == "No transfer with this code"
    assert world.go(BIN).bench.band.headline == "That belongs to another job"
    assert world.go(DOC, SMALL).bench.band.headline == "TR-0881 is still open"


def test_undo_takes_back_line_by_line_and_then_leaves_the_document(world: Dock) -> None:
    world.go(SMALL, "T-00", "T-01", Word.UNDO, Word.UNDO)
    assert world.tally().item is not None
    world.go(Word.DIGIT_4, "T-01", Word.UNDO, Word.UNDO, Word.UNDO)
    assert world.go(Word.UNDO).bench.band.headline == "TR-2 is left as it was"


def test_reasons_are_taken_back_before_the_document_opens_again(world: Dock) -> None:
    world.go(SMALL, "T-00", Word.DIGIT_5, "T-01", Word.DIGIT_4, Word.DONE, Word.ANSWER_1)
    assert world.go(Word.UNDO).bench.band.headline == "Why is Toaster white SHORT 1?"
    assert world.go(Word.UNDO).bench.band.headline == "TR-2 is open again"
    world.go("T-00", Word.DONE, Word.ANSWER_2, Word.OK)
    assert lines(world)[1].get("short") is None


def test_a_saved_receipt_is_taken_back_and_may_be_received_again(world: Dock) -> None:
    world.go(SMALL, "T-00", "T-01", Word.DONE)
    received = world.event()
    screen = world.go(Word.UNDO)
    assert (world.event().kind, world.event().corrects) == ("transfer.undone", received.event_id)
    assert screen.bench.band.headline == "Taken back: the receipt of TR-2"
    assert world.at_dock() == {}
    assert isinstance(screen.bench.work, IdleWork)
    world.go(SMALL, "T-00", "T-01", Word.DONE)
    assert world.at_dock() == {"T-00 sellable": 6, "T-01 sellable": 6}


def test_a_power_cut_between_any_two_scans_loses_nothing(world: Dock) -> None:
    codes: list[str | Word] = [SMALL, "T-00", Word.DIGIT_8, "T-00", "T-01", Word.DIGIT_4]
    codes += [Word.DONE, Word.ANSWER_5]
    for code in codes:
        world.go(code)
        before = world.bench.screen()
        world.restart()
        after = world.bench.screen()
        assert (after.front, after.bench.band, after.bench.work, after.bench.job) == (
            "receiving",
            before.bench.band,
            before.bench.work,
            before.bench.job,
        )
    world.go(Word.ANSWER_1, Word.OK)
    assert (lines(world)[1]["over"], lines(world)[2]["short"]) == (2, 2)


def test_hold_parks_and_the_document_resumes(world: Dock) -> None:
    world.go(DOC, "T-00", "T-01", Word.HOLD)
    work = world.bench.screen().bench.work
    assert isinstance(work, IdleWork)
    assert [held.code for held in work.held] == [DOC]
    assert {job.code for job in work.recent} == {DOC, SMALL}
    world.go(SMALL, "T-00", Word.HOLD, DOC)
    assert world.tally().sheet.figures[0].value in {"38", "39"}


@pytest.mark.parametrize(("code", "word"), [(DOC, "RECEIVE"), (BIN, "COUNTS")])
def test_a_document_or_bin_at_the_bench_is_told_where_to_go(world: Dock, code: str, word: str) -> None:
    for before in ((), (RMA.code,), (RMA.code, "K-17-ST")):
        band = world.go(Word.GO_BENCH, *before, code).bench.band
        assert (band.headline, f"**{word}**" in band.hint) == ("That belongs to another job", True)


def test_a_receipt_that_waited_goes_on_over_what_came_back(world: Dock) -> None:
    world.go(SMALL, "T-00", Word.DONE, SMALL, "T-01", Word.HOLD, Word.UNDO)
    world.go(SMALL, "T-00")
    assert (world.tally().figure, world.tally().expected) == ("6", "6")
    world.go(Word.DONE)
    assert world.at_dock() == {"T-00 sellable": 6, "T-01 sellable": 6}


def test_a_receipt_that_waited_says_that_its_document_was_closed(world: Dock) -> None:
    world.go(SMALL, "T-01", Word.HOLD)
    world.told(replace(coming(SMALL, FORTY[:2]), state="closed"), pos=500)
    assert world.go(SMALL).bench.band.headline == "TR-2 was closed at the centre"
    assert world.go("T-00", Word.DONE).bench.band.state is BandState.OK, "what is here is kept all the same"
