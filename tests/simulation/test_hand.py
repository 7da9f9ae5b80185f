"""The hand after a kill, at every place of a box: it scans what is left, nothing twice, nothing not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.demo.business import BoxToScan, Business, UnitInBox, generate
from app.domain.item import Item
from app.workflows.bench.state import BenchState, Phase
from tests.app.station.bench_world import KETTLE, MUGS, RMA, BenchWorld
from tests.simulation import hand, laws
from tests.simulation.hand import Pull, Visit
from tests.simulation.rest import Rest, read
from tests.simulation.station_process import OutOfStep

ITEMS: dict[str, Item] = {item.sku: item for item in (KETTLE, MUGS)}
KETTLES = UnitInBox(KETTLE.sku, KETTLE.gtins[0][-13:], "SN-994471", None, 1, "A")
MANY_MUGS = UnitInBox(MUGS.sku, MUGS.gtins[0][-13:], None, None, 2, "B")
BOX = BoxToScan(RMA.code, RMA.tracking[0], (KETTLES, MANY_MUGS))
WHOLE = Visit(BOX, Counter(), parks=False)
PARKED = Visit(replace(BOX, units=(KETTLES,)), Counter(), parks=True)


def scan(world: BenchWorld, pulls: list[Pull]) -> Rest:
    world.scan(*(f"{pull.aim}{pull.code}" for pull in pulls))
    return world.thread.ask(lambda: read(world.ledger))


PLACES = [(visit, cut) for visit in (WHOLE, PARKED) for cut in range(len(hand.all_pulls(visit, ITEMS)) + 1)]


@pytest.mark.parametrize(("visit", "cut"), PLACES, ids=lambda part: part if isinstance(part, int) else "")
def test_a_box_cut_short_anywhere_is_finished_by_what_is_left(tmp_path: Path, visit: Visit, cut: int) -> None:
    world = BenchWorld(tmp_path)
    before, planned = scan(world, hand.all_pulls(visit, ITEMS)[:cut]), hand.all_pulls(visit, ITEMS)
    assert hand.is_done(visit, before) is (cut == len(planned))
    world.restart()
    left = [] if hand.is_done(visit, before) else hand.pulls(visit, before, ITEMS)
    assert left == planned[max(cut, 1) :]
    # The parcel first, as a hand that does not know whether the station still knows.
    after = scan(world, [hand.parcel(visit.box), *left] if left else [])
    assert hand.is_done(visit, after)
    assert laws.boxes_are_saved([visit.box], after).clean
    world.close()


def test_a_question_that_no_scan_led_to_is_not_played_along_with(tmp_path: Path) -> None:
    world = BenchWorld(tmp_path)
    rest = scan(world, hand.all_pulls(WHOLE, ITEMS)[:2])
    world.close()
    assert rest.question is not None
    other = replace(rest, question=replace(rest.question, phase=Phase.STOP))
    with pytest.raises(OutOfStep, match="asks stop"):
        hand.pulls(WHOLE, other, ITEMS)
    empty = replace(rest, question=BenchState(Phase.GRADE, rest.question.job))
    with pytest.raises(OutOfStep, match="None in the hand"):
        hand.pulls(WHOLE, empty, ITEMS)


def _business() -> Business:
    for seed in range(50):
        business = generate(seed, 40, datetime(2026, 11, 20, 8, tzinfo=UTC))
        if len(business.boxes) > len(business.returns):
            return business
    raise AssertionError("no return in two parcels")


def test_the_second_parcel_of_a_return_knows_what_the_first_brought() -> None:
    found = list(hand.visits(_business()))
    parked = [visit for visit in found if visit.parks]
    assert parked
    for visit in parked:
        second = next(other for other in found if other.box.rma == visit.box.rma and not other.parks)
        assert second.earlier == laws.units_of(visit.box)
        saved = Rest((), {visit.box.rma: laws.units_of(visit.box)}, (), None, 0, ())
        assert hand.is_done(visit, saved)
        assert not hand.is_done(second, saved)


def test_only_the_same_code_twice_in_a_row_is_a_repeat() -> None:
    one, other = Pull("1", "]C0", saves=False), Pull("2", "]C0", saves=False)
    assert hand.repeats([other, one], one)
    assert not hand.repeats([one, other], one)
    assert not hand.repeats([], one)
