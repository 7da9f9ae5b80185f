"""Counts through the whole station on a real file: scans counted, recounts, undo, power cuts, other jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.feed import Change, Page
from app.ledger import mirror, outbox
from app.ledger.audit import audit
from app.scanning.commands import Word
from app.workflows.view import BandState, IdleWork, Marker, SavedWork
from tests.app.station.bench_world import GOOD_KETTLE, RMA
from tests.app.station.floor_world import (
    BIN,
    FAR_BIN,
    KETTLE,
    LAMP,
    OTHER_BIN,
    SITE,
    SIX,
    SPREAD,
    FloorWorld,
    sellable,
)

ITEMS = [item.sku for item in SIX]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FloorWorld]:
    made = FloorWorld(tmp_path)
    made.go(Word.GO_COUNTS)
    made.traces.clear()
    yield made
    assert made.thread.ask(lambda: audit(made.ledger)).violations == ()
    made.close()


def lines(world: FloorWorld) -> dict[str, tuple[Any, Any]]:
    told: Any = world.event().body["lines"]
    return {entry["sku"]: (entry["counted"], entry["expected"]) for entry in told}


def test_six_items_by_digits_are_fourteen_scans(world: FloorWorld) -> None:
    screen = world.go(BIN, *(code for sku in ITEMS for code in (sku, Word.DIGIT_3)), Word.DONE)
    assert len(world.traces) == 14
    assert world.event().kind == "bin.counted"
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))
    assert screen.bench.band.state is BandState.OK
    assert screen.bench.band.headline == "A-04-2: 6 items, 18 units saved"


def test_six_items_piece_by_piece_are_twenty_scans(world: FloorWorld) -> None:
    world.go(BIN, *(sku for sku in ITEMS for _ in range(3)), Word.DONE)
    assert len(world.traces) == 20
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))


def test_with_number_keys_eight_scans_and_six_keys(world: FloorWorld) -> None:
    world.go(BIN)
    for sku in ITEMS:
        world.go(sku)
        world.say("DIII")
    world.go(Word.DONE)
    sources = [trace.source for trace in world.traces]
    assert (sources.count("scanner"), sources.count("screen")) == (8, 6)
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))


def test_an_empty_bin_is_two_scans(world: FloorWorld) -> None:
    screen = world.go(OTHER_BIN, Word.EMPTY)
    assert len(world.traces) == 2
    assert (world.event().body["empty"], world.event().body["lines"]) == (True, [])
    assert screen.bench.band.headline == "A-04-3 saved as empty"


def test_empty_is_asked_twice_where_the_books_hold_something(world: FloorWorld) -> None:
    screen = world.go(BIN, Word.EMPTY)
    assert screen.bench.band.headline == "Look again: is A-04-2 empty?"
    world.go(Word.EMPTY)
    assert lines(world) == dict.fromkeys(ITEMS, (0, 3))


def test_a_digit_replaces_and_a_new_visit_adds(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_2, "P-0", Word.DIGIT_2)
    assert world.tally().figure == "4"
    world.go(Word.DIGIT_1)
    assert world.tally().figure == "3", "a digit replaces the one before"


def test_a_longer_number_and_a_large_one(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.QUANTITY, Word.DIGIT_1, Word.DIGIT_2, Word.OK)
    assert world.tally().figure == "12"
    assert world.type("250").bench.band.headline == "250 units. Is that right?"
    assert world.go("P-1").bench.band.headline == "250 units. Is that right?", "nothing is taken silently"
    world.go(Word.OK)
    assert world.tally().figure == "250"
    world.go(Word.QUANTITY)
    assert world.type("40063813339").bench.band.headline == "That is a barcode, not a number"


def test_nothing_expected_is_shown_before_done_and_only_what_differs_is_recounted(
    world: FloorWorld,
) -> None:
    world.go(BIN, "P-0", Word.DIGIT_2)
    assert world.tally().expected == ""
    world.go(*(code for sku in ITEMS[1:] for code in (sku, Word.DIGIT_3)))
    screen = world.go(Word.DONE)
    assert screen.bench.band.headline == "Recount Glass jug 1.2 L"
    assert world.tally().expected == ""
    assert [row.title for row in world.tally().sheet.rows if row.marker is Marker.NOW] == ["Glass jug 1.2 L"]
    screen = world.go("P-0", "P-0", Word.OK)
    assert lines(world)["P-0"] == (2, 3)
    assert world.event().body["recounted"] == [["P-0", ""]]
    assert "the books say 3" in screen.bench.band.hint


def test_what_was_not_found_is_asked_for_and_kept_by_ok(world: FloorWorld) -> None:
    world.go(BIN, *(code for sku in ITEMS[1:] for code in (sku, Word.DIGIT_3)), Word.DONE)
    assert world.bench.screen().bench.band.headline == "Recount Glass jug 1.2 L"
    world.go(Word.OK)
    assert lines(world)["P-0"] == (0, 3)


def test_a_recount_may_find_that_all_is_well(world: FloorWorld) -> None:
    world.go(BIN, *(code for sku in ITEMS for code in (sku, Word.DIGIT_3)), Word.DIGIT_1, Word.DONE)
    world.go(Word.DIGIT_3, Word.OK)
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))


def test_another_item_waits_while_one_is_recounted_and_undo_opens_the_bin_again(world: FloorWorld) -> None:
    world.go(BIN, *(code for sku in ITEMS[1:] for code in (sku, Word.DIGIT_3)), Word.DONE)
    assert world.go("P-1").bench.band.headline == "First recount Glass jug 1.2 L"
    assert world.go(Word.UNDO).bench.band.headline == "A-04-2 is open again"
    world.go("P-0", Word.DIGIT_3, Word.DONE)
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))


def test_what_moved_meanwhile_is_flagged(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_3)
    world.stock((sellable("P-1"), 2))
    screen = world.go("P-1", Word.DIGIT_2)
    work = world.tally()
    assert any("1 unit moved" in note.text for note in work.sheet.notes), screen
    world.go(*(code for sku in ITEMS[2:] for code in (sku, Word.DIGIT_3)), Word.DONE)
    assert world.event().body["moved"] == [{"sku": "P-1", "qty": -1}]
    assert lines(world)["P-1"] == (2, 2)


def test_a_wrong_bin_a_far_bin_and_a_site_are_refused_in_words(world: FloorWorld) -> None:
    assert world.go(FAR_BIN).bench.band.headline == "That is bin B-01-1 of WH2"
    assert world.go(SITE).bench.band.headline == "WH1 is no bin"
    band = world.go(BIN, OTHER_BIN).bench.band
    assert (band.headline, band.hint) == (
        "That is bin A-04-3",
        "You are counting A-04-2. Scan an item here, or **DONE** to close A-04-2.",
    )
    assert world.go("P-0").bench.band.headline == "Scan the next item in A-04-2"


def test_what_nobody_knows_and_what_belongs_elsewhere_is_said(world: FloorWorld) -> None:
    assert world.go("P-0").bench.band.headline == "Which bin is Glass jug 1.2 L in?"
    assert world.go("5901234123457").bench.band.headline == "No bin with this code"
    world.go(BIN)
    assert "5901234123457" in world.go("5901234123457").bench.band.hint
    assert world.go(RMA.code).bench.band.headline == "That belongs to another job"
    assert world.go("]d20109506000134353").bench.band.headline == "Damaged code"
    assert "does nothing here" in world.go(Word.GRADE_A).bench.band.headline


def test_serials_are_units_and_none_counts_twice(world: FloorWorld) -> None:
    world.go(OTHER_BIN, KETTLE.sku, "SN-1", "SN-2")
    assert world.go("SN-1").bench.band.headline == "SN-1 is counted already"
    assert world.go(Word.DIGIT_4).bench.band.headline == "One serial is one unit"
    world.go(Word.DONE, Word.OK)
    told: Any = world.event().body["lines"]
    assert told == [{"sku": "K-9", "counted": 2, "expected": 0, "serials": ["SN-1", "SN-2"]}]


def test_serials_that_differ_are_counted_again_though_the_number_agrees(world: FloorWorld) -> None:
    world.stock((sellable("K-9", OTHER_BIN, serial="SN-1"), 1))
    assert world.go(OTHER_BIN, KETTLE.sku, "SN-2", Word.DONE).bench.band.headline == "Recount Kettle"


def test_lots_are_asked_for_and_counted_apart(world: FloorWorld) -> None:
    screen = world.go(OTHER_BIN, SPREAD.sku)
    assert screen.bench.band.headline == "Scan the lot of Hazelnut spread"
    world.go("LOT-A", SPREAD.sku, LAMP.sku, SPREAD.sku, "LOT-B", Word.DIGIT_4)
    assert [(row.title, row.here) for row in world.tally().sheet.rows] == [
        ("Hazelnut spread", "4"),
        ("Desk lamp", "1"),
        ("Hazelnut spread", "2"),
    ]
    world.go(Word.DONE, Word.OK, Word.OK, Word.OK)
    told: Any = world.event().body["lines"]
    assert {(entry["sku"], entry.get("lot"), entry["counted"]) for entry in told} == {
        ("HS-25", "LOT-A", 2),
        ("HS-25", "LOT-B", 4),
        ("LAMP-1", None, 1),
    }


def test_units_that_show_no_lot_are_counted_and_asked_about_once(world: FloorWorld) -> None:
    world.stock((sellable("HS-25", OTHER_BIN, lot="LOT-A"), 1), (sellable("HS-25", OTHER_BIN), 3))
    screen = world.go(OTHER_BIN, SPREAD.sku)
    assert "EMPTY" in screen.bench.band.hint
    assert [choice.command for choice in world.tally().choices] == ["NIL"]
    world.go(Word.EMPTY, SPREAD.sku, LAMP.sku, SPREAD.sku)
    assert [row.here for row in world.tally().sheet.rows] == ["3", "1"]
    # A lot that is read is a lot all the same; what is counted again goes on without asking.
    world.go(Word.DONE)
    world.go(LAMP.sku, Word.OK, "LOT-A", Word.DIGIT_1, Word.OK)
    told: Any = world.event().body["lines"]
    assert {(entry["sku"], entry.get("lot"), entry["counted"]) for entry in told} == {
        ("HS-25", None, 3),
        ("HS-25", "LOT-A", 1),
        ("LAMP-1", None, 1),
    }


def test_undo_takes_back_scan_by_scan_and_then_leaves_the_bin(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_2, "P-1")
    world.go(Word.UNDO)
    assert [(row.title, row.here) for row in world.tally().sheet.rows] == [("Glass jug 1.2 L", "2")]
    world.go(Word.UNDO)
    assert world.tally().figure == "1"
    world.go(Word.UNDO)
    assert world.go(Word.UNDO).bench.band.headline == "A-04-2 is left as it was"


def test_a_saved_count_is_taken_back_by_a_counter_event(world: FloorWorld) -> None:
    world.go(OTHER_BIN, Word.EMPTY)
    counted = world.event()
    screen = world.go(Word.UNDO)
    undone = world.event()
    assert (undone.kind, undone.corrects, undone.moves) == ("bin.undone", counted.event_id, ())
    assert screen.bench.band.headline == "Taken back: the count of A-04-3"
    assert isinstance(screen.bench.work, IdleWork)
    assert screen.bench.work.recent[0].outcome == "taken back"
    assert world.go(Word.UNDO).bench.band.headline == "Nothing to take back"
    assert world.thread.ask(lambda: outbox.waiting(world.ledger)).count == 2


def test_a_power_cut_between_any_two_scans_loses_nothing(world: FloorWorld) -> None:
    codes: list[str | Word] = [BIN, *(code for sku in ITEMS for code in (sku, Word.DIGIT_3))]
    for code in codes:
        world.go(code)
        before = world.bench.screen()
        world.restart()
        after = world.bench.screen()
        assert (after.front, after.bench.band, after.bench.work) == (
            "counting",
            before.bench.band,
            before.bench.work,
        )
    world.go(Word.DIGIT_1, Word.DONE)
    world.restart()
    assert world.bench.screen().bench.band.headline == "Recount Oven gloves"
    world.go(Word.DIGIT_3, Word.OK)
    assert lines(world) == dict.fromkeys(ITEMS, (3, 3))


def test_hold_parks_a_count_and_its_bin_resumes_it(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_3)
    screen = world.go(Word.HOLD)
    assert isinstance(screen.bench.work, IdleWork)
    assert [held.code for held in screen.bench.work.held] == [BIN]
    world.go(OTHER_BIN, Word.EMPTY, BIN, "P-1")
    assert world.tally().sheet.figures[1].value == "2"


def test_going_to_the_bench_and_back_keeps_both_jobs(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_3, Word.GO_BENCH, RMA.code, GOOD_KETTLE)
    assert world.bench.screen().front == "bench"
    assert world.bench.screen().bench.band.headline == "Is the seal intact?"
    world.go(Word.GO_COUNTS)
    assert world.tally().figure == "3"
    world.restart()
    assert (world.bench.screen().front, world.tally().figure) == ("counting", "3")
    screen = world.go(Word.GO_BENCH)
    assert screen.bench.band.headline == "Is the seal intact?"
    assert isinstance(world.go(Word.GRADE_A).bench.work, SavedWork)
    world.go(Word.GO_COUNTS, "P-1")
    assert world.tally().sheet.figures[1].value == "2"


def test_thirty_fast_scans_of_one_item_are_thirty_units(tmp_path: Path) -> None:
    world = FloorWorld(tmp_path)
    world.go(Word.GO_COUNTS, BIN, *["P-0"] * 30)
    assert world.tally().figure == "30"
    assert world.tally().sheet.figures[3].value == "30"
    world.close()


def test_touch_alone_counts_too(world: FloorWorld) -> None:
    world.go(BIN)
    world.type("P-0")
    for choice in (*world.tally().steps[1:], *world.tally().steps[1:]):
        world.bench.submit(choice.command, "screen")
    world.thread.ask(world.bench.screen)
    assert world.tally().figure == "3"
    world.bench.submit(world.tally().steps[0].command, "screen")
    world.thread.ask(world.bench.screen)
    assert world.tally().figure == "2"


def test_a_feed_that_begins_anew_meanwhile_is_no_movement(world: FloorWorld) -> None:
    world.go(BIN, "P-0", Word.DIGIT_3)
    items = tuple(Change(n, "item", item.sku, item.to_json()) for n, item in enumerate(SIX, 1))
    world.thread.ask(lambda: mirror.apply_page(world.ledger, Page(2, 60, items)))
    assert not any("moved" in note.text for note in world.tally().sheet.notes)
    world.restart()
    screen = world.go(Word.DONE)
    # Nothing is known of the bin: neither is it counted again, nor do the books say anything.
    assert screen.bench.band.hint == "The books are not here yet: the centre compares. Scan the next bin."
    body = world.event().body
    assert (body["moved"], body["compared"]) == ([], False)
    assert body["lines"] == [{"sku": "P-0", "counted": 3}]
    assert isinstance(screen.bench.work, IdleWork | SavedWork)
    assert "the centre compares" in str(screen.bench)
