"""Counts from the shelf to the books: what agrees, what is booked, what a person is asked about, and undo."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.scenarios.floor import Floor
from tests.scenarios.office import OWNER, SHELF
from tests.scenarios.station_bench import StationBench


def received(floor: Floor, qty: int, sku: str = "MUG-4", place: str = SHELF, **more: Any) -> None:
    lines = [{"line": 1, "sku": sku, "qty": qty, **more}]
    document = f"PO-{floor.now()}"
    head = {"document": document, "owner": OWNER, "location": place, "at": floor.now()}
    floor.admin.post("/receipts", head | {"lines": lines})


def sold(floor: Floor, order: str, qty: int) -> None:
    lines = [{"line": 1, "sku": "MUG-4", "qty": qty, "unit_minor": 2000, "currency": "GBP"}]
    head = {"order": order, "owner": OWNER, "channel": "web", "at": floor.now(), "customer": "c-9"}
    floor.service.post("/orders", head | {"ship": "available", "lines": lines})


def counted(bench: StationBench, *codes: str) -> str:
    return bench.scans("GO_COUNTS", SHELF, *codes)


def test_a_count_that_agrees_changes_nothing(floor: Floor) -> None:
    received(floor, 3)
    bench = floor.bench()
    counted(bench, "MUG-4", "DIGIT_3", "DONE")
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 3}
    assert floor.cases() == []


def test_a_small_difference_is_booked_at_once_and_travels_to_every_station(floor: Floor) -> None:
    received(floor, 5)
    bench, other = floor.bench(), floor.bench()
    counted(bench, "MUG-4", "DIGIT_4", "DONE", "OK")
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 4}
    assert floor.cases() == []
    other.sync()
    assert counted(other, "MUG-4", "DIGIT_4", "DONE") == ""
    assert other.engine.counting.state.saved is not None
    assert other.engine.counting.state.saved.differences == ()


def test_a_large_difference_waits_for_a_person_with_its_worth(floor: Floor) -> None:
    received(floor, 9)
    bench = floor.bench()
    counted(bench, "MUG-4", "DIGIT_1", "DONE", "OK")
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 9}
    case = floor.one_case("count.differs", "planner")
    assert (case["subject"], case["money_minor"], case["currency"]) == (f"bin:{SHELF}", 8 * 1200, "GBP")
    assert "-8 MUG-4" in case["fix"]


def test_counting_again_settles_what_waited(floor: Floor) -> None:
    received(floor, 9)
    bench = floor.bench()
    counted(bench, "MUG-4", "DIGIT_1", "DONE", "OK")
    bench.scans(SHELF, "MUG-4", "DIGIT_9", "DONE")
    bench.sync()
    assert floor.cases() == []
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 9}


def test_what_was_sold_before_an_offline_count_is_not_booked_twice(floor: Floor) -> None:
    """The bench, long offline, believes in 5; 2 were sold since; it finds 3, which is right."""
    received(floor, 5)
    bench = floor.bench()
    floor.days_pass(1)
    sold(floor, "o-1", 2)
    floor.days_pass(1)
    counted(bench, "MUG-4", "DIGIT_3", "DONE", "OK")
    floor.days_pass(1)
    sold(floor, "o-2", 1)
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 2}
    assert floor.cases() == []


def test_the_later_count_wins_whichever_comes_first(floor: Floor) -> None:
    received(floor, 5)
    first, second = floor.bench(), floor.bench()
    counted(first, "MUG-4", "DIGIT_4", "DONE", "OK")
    floor.days_pass(1)
    counted(second, "MUG-4", "DIGIT_3", "DONE", "OK")
    second.sync()
    first.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 3}
    assert floor.cases() == []


@pytest.mark.parametrize(("qty", "digit"), [(5, "DIGIT_4"), (9, "DIGIT_1")])
def test_undo_takes_the_count_back_wherever_it_is(floor: Floor, qty: int, digit: str) -> None:
    received(floor, qty)
    bench = floor.bench()
    counted(bench, "MUG-4", digit, "DONE", "OK")
    bench.sync()
    bench.scans("UNDO")
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": qty}
    assert floor.cases() == []


def test_a_missing_serial_is_booked_as_that_serial(floor: Floor) -> None:
    received(floor, 2, "K-17", serials=["SN-1", "SN-2"])
    bench = floor.bench()
    counted(bench, "K-17", "SN-2", "DONE", "OK")
    bench.sync()
    held = floor.admin.get("/balances", sku="K-17", site="WH1")["balances"]
    assert [(entry["account"]["serial"], entry["qty"]) for entry in held] == [("SN-2", 1)]
    assert floor.cases() == []


def test_an_empty_bin_is_two_scans_and_books_what_was_there(floor: Floor) -> None:
    received(floor, 2)
    bench = floor.bench()
    bench.scans("GO_COUNTS", SHELF, "EMPTY", "EMPTY")
    bench.sync()
    assert floor.stock("MUG-4") == {}


def test_the_station_sees_its_own_events_once_before_and_after_sending_them(floor: Floor) -> None:
    floor.sells("o-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    bench.scans(rma, "MUG-4", "GRADE_A")
    for _ in range(2):
        assert bench.scans("GO_COUNTS", "R-03", "MUG-4", "DONE") == "", "one unit is expected there"
        assert bench.engine.counting.state.saved is not None
        bench.sync()


def test_days_offline_lose_no_count(floor: Floor) -> None:
    received(floor, 3)
    bench = floor.bench()
    floor.days_pass(3)
    for _ in range(3):
        counted(bench, "MUG-4", "DIGIT_3", "DONE")
        floor._centre.clock.forward(timedelta(minutes=1))
    bench.sync()
    assert floor.cases() == []


def test_a_count_under_a_wrong_clock_is_asked_about_where_others_put_units_meanwhile(floor: Floor) -> None:
    received(floor, 5)
    bench = floor.bench()
    received(floor, 2)
    bench.clock_is_off(days=-2)
    counted(bench, "MUG-4", "DIGIT_7", "DONE", "OK")
    bench.sync()
    # Nobody knows whether the two were there when it counted; they are there once.
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 7}
    case = floor.one_case("count.differs", "planner")
    assert "clock was wrong" in case["fix"]
    bench.clock_is_off()
    counted(bench, "MUG-4", "DIGIT_7", "DONE")
    bench.sync()
    assert (floor.stock("MUG-4"), floor.cases()) == ({f"{SHELF} sellable": 7}, [])


def test_a_count_under_a_wrong_clock_is_booked_where_nothing_else_moved(floor: Floor) -> None:
    received(floor, 5)
    bench = floor.bench()
    bench.clock_is_off(days=-2)
    counted(bench, "MUG-4", "DIGIT_4", "DONE", "OK")
    bench.sync()
    assert floor.stock("MUG-4") == {f"{SHELF} sellable": 4}
    assert [case["type"] for case in floor.cases()] in ([], ["clock.skew"])


def test_what_was_taken_back_under_a_wrong_clock_came_before(floor: Floor) -> None:
    floor.sells("O-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    first, second = floor.bench(), floor.bench()
    first.scans(rma, "MUG-4", "GRADE_A")
    for bench in (first, second):
        bench.clock_is_off(days=-3)
    first.scans("UNDO")
    first.sync()
    second.scans("GO_COUNTS", "R-03", "EMPTY", "EMPTY")
    second.sync()
    assert floor.stock("MUG-4") == {}


@pytest.mark.parametrize("others", [False, True])
def test_two_counts_of_one_bin_that_come_late_book_the_difference_once(floor: Floor, others: bool) -> None:
    received(floor, 5)
    first = floor.bench()
    second = floor.bench() if others else first
    counted(first, "MUG-4", "DIGIT_4", "DONE", "OK")
    floor.days_pass(1)
    counted(second, "MUG-4", "DIGIT_4", "DONE", "OK")
    floor.days_pass(1)
    first.sync()
    second.sync()
    assert (floor.stock("MUG-4"), floor.cases()) == ({f"{SHELF} sellable": 4}, [])


def test_goods_that_are_entered_late_were_there_when_they_came(floor: Floor) -> None:
    received(floor, 5)
    bench, morning = floor.bench(), floor.now()
    floor.days_pass(1)
    counted(bench, "MUG-4", "DIGIT_7", "DONE", "OK")
    floor.days_pass(1)
    lines = [{"line": 1, "sku": "MUG-4", "qty": 2}]
    head = {"document": "PO-late", "owner": OWNER, "location": SHELF, "at": morning}
    floor.admin.post("/receipts", head | {"lines": lines})
    bench.sync()
    assert (floor.stock("MUG-4"), floor.cases()) == ({f"{SHELF} sellable": 7}, [])


@pytest.mark.parametrize("off", [{}, {"minutes": 2}, {"days": 2}, {"days": -2}])
def test_what_a_bench_puts_away_after_its_count_stays_whatever_its_clock_says(
    floor: Floor, off: dict[str, float]
) -> None:
    floor.sells("O-1", {"MUG-4": 1})
    rma = floor.authorizes({"MUG-4": 1})
    bench = floor.bench()
    counted(bench, "EMPTY", "EMPTY")
    bench.clock_is_off(**off)
    bench.scans("GO_COUNTS", "R-03", "EMPTY", "EMPTY")
    bench.scans("GO_BENCH", rma, "MUG-4", "GRADE_A")
    bench.sync()
    assert floor.stock("MUG-4")["R-03 sellable"] == 1
