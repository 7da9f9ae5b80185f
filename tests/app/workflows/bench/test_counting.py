"""The number in the hand: digits, a typed number, what a line has room for."""

from __future__ import annotations

from app.domain.returns import Rma, RmaLine
from app.workflows.bench.inputs import Entered
from app.workflows.bench.state import Phase
from tests.app.workflows.bench.floor import MUGS, Floor


def test_quantity_digits_replace_and_a_new_scan_adds() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("COUNT", "DI", "DII", "OK")
    assert floor.state.pick is not None
    assert floor.state.pick.qty == 12
    floor.scans(MUGS)
    assert floor.state.pick.qty == 13
    floor.says("COUNT", "DII", "OK")
    assert floor.state.pick.qty == 2


def test_more_than_99_asks_once() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    asked = floor.says("COUNT", "DI", "DII", "DO", "OK")
    assert asked.phase is Phase.COUNT
    assert asked.notice is not None
    floor.says("OK", "GRI")
    assert floor.events[-1].body["qty"] == 120


def test_a_grade_confirms_an_open_number() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 20, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("DV", "GRI")
    assert floor.events[-1].body["qty"] == 5
    assert floor.state.job is not None
    assert floor.state.job.left(rma.lines[0]) == 15


def test_more_than_the_line_expects_is_said_and_never_cut() -> None:
    floor = Floor()
    floor.opens()
    floor.scans(MUGS)
    after = floor.says("COUNT", "DIX", "OK")
    assert after.notice is not None
    assert after.notice.code == "over_line"
    assert after.pick is not None
    assert after.pick.qty == 1


def test_a_grade_scanned_over_a_confirmed_large_number_counts() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 200, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    floor.says("COUNT", "DI", "DII", "DO", "OK", "GRI")
    assert floor.events[-1].body["qty"] == 120


def test_numbers_have_an_end() -> None:
    rma = Rma("R-9-X", "acme", "1", (RmaLine(1, "MUG-4", 2_000_000, "late"),))
    floor = Floor()
    floor.opens(rma)
    floor.scans(MUGS)
    after = floor.says("COUNT", *["DIX"] * 7)
    assert after.notice is not None
    assert after.notice.code == "number_too_long"
    entered = floor.give(Entered("1000000", 1_000_000))
    assert entered.notice is not None
    assert entered.notice.code == "number_too_long"
