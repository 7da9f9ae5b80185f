"""Work that is over its time opens one case for each turn, with what the units are worth."""

from __future__ import annotations

from tests.sync.central.working import Workshop


def test_a_late_step_is_said_once_and_its_end_closes_the_case(workshop: Workshop) -> None:
    workshop.unit("L-1", qty=2)
    code = workshop.code()
    workshop.shop.clock.pass_by(hours=24)
    assert workshop.time_tells() == 0
    workshop.shop.clock.pass_by(hours=1)
    assert workshop.time_tells() == 1
    assert workshop.time_tells() == 0
    case = workshop.case("work.overdue")
    assert (case["money_minor"], case["owner_role"]) == (2000, "supervisor")
    assert f"Work order {code} waits for bench since" in case["fix"]
    workshop.step(code)
    assert "work.overdue" not in workshop.shop.cases()
    # The next step has a clock of its own.
    workshop.shop.clock.pass_by(hours=49)
    assert workshop.time_tells() == 1
    assert "waits for packing" in workshop.case("work.overdue")["fix"]
    workshop.give_up(code)
    assert "work.overdue" not in workshop.shop.cases()
    workshop.shop.clock.pass_by(hours=999)
    assert workshop.time_tells() == 0


def test_an_end_taken_back_may_be_late_at_once(workshop: Workshop) -> None:
    code = workshop.done()
    workshop.finish(code)
    workshop.shop.clock.pass_by(hours=999)
    assert workshop.time_tells() == 0
    workshop.undo(code)
    assert workshop.time_tells() == 1
