"""Units with serials in receipts and counts, on a real file: which unit is here, none taken for another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.account import Account, Status
from app.domain.transfer import Coming, ComingLine, Transfer
from app.ledger.audit import audit
from app.scanning.commands import Word
from app.workflows.view import AnswerWork
from tests.app.station.floor_world import LAMP, OTHER_BIN, sellable
from tests.app.station.test_receipts import FORTY, LANE, SMALL, Dock, coming

DOC = "TR-9"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Dock]:
    made = Dock(tmp_path)
    units = tuple(
        Coming(Account("acme", "K-9", LANE, Status.IN_TRANSIT, serial=f"SN-{n}"), 1) for n in range(3)
    )
    kettles = Transfer(DOC, "acme", "WH2", "WH1", "arrived", (ComingLine(1, "K-9", 3, 3),), units)
    made.told(kettles, coming(SMALL, FORTY[:2]))
    made.go(Word.GO_RECEIVE)
    made.traces.clear()
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def arrivals(world: Dock) -> set[tuple[str, str, str]]:
    """Serial, from where, and as what it stands at the dock."""
    moves = [move for move in world.event().moves if move.target.location == "DOCK-1"]
    return {(str(m.target.serial), m.source.location[:6], str(m.target.status)) for m in moves}


def test_the_unit_whose_serial_was_read_is_the_damaged_one(world: Dock) -> None:
    world.go(DOC, "K-9", "SN-0", "K-9", "K-9", "SN-2", Word.QUARANTINE, Word.DONE, Word.ANSWER_1, Word.OK)
    assert arrivals(world) == {("SN-0", "@trans", "sellable"), ("SN-2", "@trans", "damaged")}


def test_damaged_units_with_serials_are_not_kept_unread(world: Dock) -> None:
    screen = world.go(DOC, "K-9", Word.QUARANTINE, "T-00")
    assert screen.bench.band.headline == "Scan the serials that are here"
    world.go("SN-1", Word.DONE)
    assert isinstance(world.bench.screen().bench.work, AnswerWork), "two are short"


def test_a_serial_that_was_not_sent_is_asked_for_and_never_taken_for_another(world: Dock) -> None:
    screen = world.go(DOC, "K-9", "SN-0", "SN-1", "SN-99")
    assert screen.bench.band.headline == "SN-99 was not sent"
    world.restart()
    assert world.bench.screen().bench.band.headline == "SN-99 was not sent"
    assert world.go("SN-2").bench.band.headline == "First: Kettle is over"
    world.go("SN-99")
    assert world.tally().sheet.rows[0].word == "OTHER SERIAL"
    world.go(Word.DONE, Word.ANSWER_4, Word.OK)
    assert arrivals(world) == {
        ("SN-0", "@trans", "sellable"),
        ("SN-1", "@trans", "sellable"),
        ("SN-99", "@count", "sellable"),
    }
    told = world.event().body["lines"]
    assert told == [
        {"line": 1, "sku": "K-9", "received": 2, "over": 1, "short": 1, "reason": "wrong_item"},
    ]


def test_undo_drops_only_the_strange_serial(world: Dock) -> None:
    world.go(DOC, "K-9", "SN-0", "SN-99", Word.UNDO)
    assert (world.bench.screen().bench.band.headline, world.tally().figure) == ("Kettle: 1 here?", "1")
    world.go("SN-1", "SN-2", Word.DONE)
    assert {serial for serial, _, _ in arrivals(world)} == {"SN-0", "SN-1", "SN-2"}


def test_a_serial_that_was_kept_before_counts_once(world: Dock) -> None:
    world.go(DOC, "K-9", "SN-0", "K-9")
    assert world.go("K-9", "SN-0").bench.band.headline == "SN-0 is counted already"


@pytest.mark.parametrize("code", ["]E05901234123457", "5901234123457"])
def test_the_barcode_of_an_unknown_item_is_no_serial(world: Dock, code: str) -> None:
    assert world.go(DOC, "K-9", "SN-0", code).bench.band.headline == "Not in the catalogue"
    assert world.tally().figure == "1"
    world.go(Word.GO_COUNTS, OTHER_BIN, "K-9", code)
    assert (world.bench.screen().bench.band.headline, world.tally().figure) == ("Not in the catalogue", "0")


def test_an_extra_unit_keeps_its_serial(world: Dock) -> None:
    world.go(SMALL, "T-00", "T-01", "K-9", "SN-7", "SN-7", Word.DONE, Word.ANSWER_6, Word.OK)
    assert ("SN-7", "@count", "sellable") in arrivals(world)


def test_a_recount_reads_serials_from_the_start(world: Dock) -> None:
    world.stock(*((sellable("K-9", OTHER_BIN, serial=f"SN-{n}"), 1) for n in (1, 3)))
    screen = world.go(Word.GO_COUNTS, OTHER_BIN, "K-9", "SN-1", "SN-2", Word.DONE)
    assert screen.bench.band.headline == "Recount Kettle"
    assert "each serial" in screen.bench.band.hint
    world.go("SN-1")
    assert world.tally().figure == "1", "what is not read again is not there"
    world.go("SN-3", Word.OK)
    told = world.event().body["lines"]
    assert told == [{"sku": "K-9", "counted": 2, "expected": 2, "serials": ["SN-1", "SN-3"]}]


def test_other_serials_are_no_difference_in_number(world: Dock) -> None:
    world.stock((sellable("K-9", OTHER_BIN, serial="SN-1"), 1))
    screen = world.go(Word.GO_COUNTS, OTHER_BIN, "K-9", "SN-2", Word.DONE, Word.OK)
    assert screen.bench.band.hint.startswith("Kettle: other serials than the books")


def test_a_number_that_was_being_made_is_saved_by_the_next_item(world: Dock) -> None:
    world.go(Word.GO_COUNTS, OTHER_BIN, "P-0", Word.QUANTITY, Word.DIGIT_1, Word.DIGIT_2, "P-1")
    assert [(row.title, row.here) for row in world.tally().sheet.rows][1] == ("Glass jug 1.2 L", "12")
    world.go(Word.QUANTITY, Word.DIGIT_2, Word.DIGIT_5, Word.DIGIT_0)
    assert world.go(LAMP.sku).bench.band.headline == "250 units. Is that right?"


def test_quantity_without_a_number_changes_nothing(world: Dock) -> None:
    world.go(SMALL, "T-00", Word.QUANTITY, "T-01")
    first = world.tally().sheet.rows[0]
    assert (first.here, first.word) == ("6", "ok")


def test_not_damaged_after_all_proposes_the_line_again(world: Dock) -> None:
    world.go(SMALL, "T-00", Word.QUARANTINE)
    assert world.tally().figure == "1"
    world.go(Word.QUARANTINE)
    assert world.tally().figure == "6"


def test_a_digit_that_says_nothing_here_is_named_as_on_the_mat(world: Dock) -> None:
    assert world.go(Word.DIGIT_5).bench.band.headline == "DIGIT 5 does nothing here"
