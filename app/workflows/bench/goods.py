"""What an item or a serial does to the box on the bench."""

from __future__ import annotations

from dataclasses import replace

from app.domain.returns import RmaLine
from app.workflows.bench.effects import Effect
from app.workflows.bench.inputs import FoundItem
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick

Result = tuple[BenchState, tuple[Effect, ...]]

COUNT_MOST = 1_000_000


def item_scanned(state: BenchState, found: FoundItem) -> Result:
    """An item in each phase: never written while idle, a new unit in an open job, one more in a visit."""
    job = state.job
    if job is None:
        notice = Notice("item_idle", {"item": found.item.name, "sku": found.item.sku}, ask=True)
        return BenchState(notice=notice), ()
    if state.phase is Phase.SERIAL and state.pick is not None and found.item.sku == state.pick.item.sku:
        if found.serial:
            return serial_offered(state, found.serial)
        return replace(state, notice=Notice("serial_wanted_again", {"item": found.item.name}, ask=True)), ()
    hand = in_hand(state)
    if hand is not None:
        return _while_in_hand(state, hand, found), ()
    return _into_hand(replace(state, pick=None), job, found), ()


def in_hand(state: BenchState) -> Pick | None:
    """The unit being worked on. One that was only offered as WRONG ITEM is not: the next scan replaces it."""
    return None if state.phase is Phase.ITEM else state.pick


def serial_offered(state: BenchState, serial: str) -> Result:
    """A serial for the unit in the hand: as sold, or a stop that shows both."""
    job, pick = state.job, state.pick
    if job is None or pick is None:
        raise ValueError("a serial is offered only for a unit in the hand")
    line = job.rma.line(pick.line) if job.rma and pick.line is not None else None
    return _with_serial(state, line, replace(pick, serial=serial)), ()


def _while_in_hand(state: BenchState, pick: Pick, found: FoundItem) -> BenchState:
    same = found.item.sku == pick.item.sku
    if not same or pick.item.has_serial or state.phase not in {Phase.GRADE, Phase.COUNT}:
        return replace(
            state, notice=Notice("grade_first", {"item": pick.item.name, "other": found.item.name}, ask=True)
        )
    # One more of the same in this visit; a number already entered is what it adds to.
    so_far = int(state.digits) if state.phase is Phase.COUNT and state.digits else pick.qty
    more = replace(pick, qty=so_far + 1)
    return _graded_if_it_fits(replace(state, digits="", asked_large=False), more)


def _into_hand(state: BenchState, job: Job, found: FoundItem) -> BenchState:
    item = found.item
    pick = Pick(item, None, serial=found.serial, lot=found.lot)
    if job.rma is None:
        if item.has_serial and not found.serial:
            return replace(state, phase=Phase.SERIAL, pick=pick, expected_serial="", saved=None)
        return replace(state, phase=Phase.GRADE, pick=pick, saved=None)
    lines = [line for line in job.rma.lines if line.sku == item.sku]
    if not lines:
        return _offer_wrong_item(state, pick, "not_on_rma", job)
    line = _line_for(job, lines, found)
    if line is None:
        return _offer_wrong_item(state, pick, "more_than_expected", job)
    pick = replace(pick, line=line.line, lot=found.lot or line.lot)
    if item.has_serial and not found.serial:
        return replace(state, phase=Phase.SERIAL, pick=pick, expected_serial=_only_serial(line), saved=None)
    return _with_serial(replace(state, saved=None), line, pick)


def _line_for(job: Job, lines: list[RmaLine], found: FoundItem) -> RmaLine | None:
    open_lines = [line for line in lines if job.left(line)]
    exact = [line for line in open_lines if found.serial and found.serial in line.serials]
    lot = [line for line in open_lines if found.lot and line.lot == found.lot]
    return next(iter([*exact, *lot, *open_lines]), None)


def _with_serial(state: BenchState, line: RmaLine | None, pick: Pick) -> BenchState:
    """To the grade, or to a latched stop when the serial is not one that was sold."""
    if line is not None and line.serials and pick.serial and pick.serial not in line.serials:
        expected = nearest(pick.serial, line.serials)
        return replace(state, phase=Phase.STOP, pick=pick, expected_serial=expected)
    return replace(state, phase=Phase.GRADE, pick=pick, expected_serial="")


def _offer_wrong_item(state: BenchState, pick: Pick, code: str, job: Job) -> BenchState:
    rma = job.rma.code if job.rma else ""
    notice = Notice(code, {"item": pick.item.name, "rma": rma})
    return replace(state, phase=Phase.ITEM, pick=replace(pick, wrong_item=True), notice=notice, saved=None)


def _graded_if_it_fits(state: BenchState, pick: Pick) -> BenchState:
    """A new quantity in the hand; more than the line expects is said, never cut."""
    job = state.job
    line = job.rma.line(pick.line) if job and job.rma and pick.line is not None else None
    if job is not None and line is not None and pick.qty > job.left(line):
        parts = {"item": pick.item.name, "left": job.left(line), "qty": pick.qty, "rma": job.key}
        return replace(state, phase=Phase.GRADE, notice=Notice("over_line", parts))
    return replace(state, phase=Phase.GRADE, pick=pick)


def set_quantity(state: BenchState, qty: int) -> BenchState:
    """The number the person confirmed becomes the quantity in the hand, when the line has room for it."""
    if state.pick is None:
        raise ValueError("a quantity needs a unit in the hand")
    calm = replace(state, digits="", asked_large=False)
    return _graded_if_it_fits(calm, replace(state.pick, qty=qty))


def nearest(serial: str, candidates: tuple[str, ...]) -> str:
    """The candidate with the fewest differing signs, so that a misread shows as one."""
    return min(candidates, key=lambda c: (differing(serial, c), c))


def differing(read: str, expected: str) -> int:
    """How many signs differ, place by place; missing ones count."""
    return sum(a != b for a, b in zip(read, expected, strict=False)) + abs(len(read) - len(expected))


def _only_serial(line: RmaLine) -> str:
    return line.serials[0] if len(line.serials) == 1 else ""


def stop_fixed(state: BenchState, found: FoundItem) -> Result:
    """A latched stop is also released by the fix itself: the very unit that was expected."""
    job, pick = state.job, state.pick
    if job is None or job.rma is None or pick is None or pick.line is None or not found.serial:
        return state, ()
    line = job.rma.line(pick.line)
    if found.item.sku != line.sku or found.serial not in line.serials:
        return state, ()
    return _with_serial(state, line, replace(pick, serial=found.serial)), ()
