"""What an item or a serial does to the box on the bench."""

from __future__ import annotations

from dataclasses import replace

from app.domain.returns import RmaLine
from app.workflows.bench.inputs import FoundItem
from app.workflows.bench.state import BenchState, Job, Notice, Phase, Pick
from app.workflows.effects import Effect

Result = tuple[BenchState, tuple[Effect, ...]]

# What fits on a label; a larger batch is two.
COUNT_MOST = 999_999


def item_scanned(state: BenchState, found: FoundItem) -> Result:
    """An item in each phase: never written while idle, a new unit in an open job, one more in a visit."""
    job = state.job
    if job is None:
        return replace(state, notice=Notice("item_idle", {"item": found.item.name}, ask=True)), ()
    hand = in_hand(state)
    if found.same_pack and (hand is None or hand.again is None):
        return _more_known(state, found), ()
    if state.phase is Phase.SERIAL and hand is not None and found.item.sku == hand.item.sku:
        if found.serial:
            return _serial_offered(state, job, hand, found), ()
        return replace(state, notice=Notice("serial_wanted_again", {"item": found.item.name}, ask=True)), ()
    if state.phase is Phase.LOT and hand is not None and _same_unit(hand, found):
        if found.lot:
            return _lot_offered(state, job, hand, found), ()
        return replace(state, notice=Notice("lot_wanted_again", {"item": hand.item.name}, ask=True)), ()
    if hand is not None:
        return _while_in_hand(state, hand, found), ()
    return _into_hand(replace(state, pick=None), job, found), ()


def in_hand(state: BenchState) -> Pick | None:
    """The unit being worked on. One that was only offered as WRONG ITEM is not: the next scan replaces it."""
    return None if state.phase is Phase.ITEM else state.pick


def _serial_offered(state: BenchState, job: Job, pick: Pick, found: FoundItem) -> BenchState:
    line = job.rma.line(pick.line) if job.rma and pick.line is not None else None
    return _with_serial(state, line, replace(pick, serial=found.serial, lot=pick.lot or found.lot), found)


def _same_unit(pick: Pick, found: FoundItem) -> bool:
    return found.item.sku == pick.item.sku and found.serial in {None, pick.serial}


def _lot_offered(state: BenchState, job: Job, pick: Pick, found: FoundItem) -> BenchState:
    """The unit with its lot, which may belong to another line than was thought without it."""
    if pick.accepted:
        # Its line is what a supervisor said.
        return replace(state, phase=Phase.GRADE, pick=replace(pick, lot=found.lot))
    whole = replace(found, serial=pick.serial)
    return _into_hand(replace(state, pick=None, phase=Phase.ITEM), job, whole)


def _more_known(state: BenchState, found: FoundItem) -> BenchState:
    """The pack's other code adds its lot; a serial counts only where one is still wanted."""
    pick = in_hand(state)
    if pick is None or pick.item.sku != found.item.sku:
        return state
    if state.phase is Phase.SERIAL and found.serial and state.job is not None:
        return _serial_offered(state, state.job, pick, found)
    if state.phase is Phase.LOT and found.lot and state.job is not None and _same_unit(pick, found):
        return _lot_offered(state, state.job, pick, found)
    return replace(state, pick=replace(pick, lot=pick.lot or found.lot))


def _while_in_hand(state: BenchState, pick: Pick, found: FoundItem) -> BenchState:
    if pick.again is not None:
        return replace(
            state, notice=Notice("answer_first", {"item": pick.item.name, "other": found.item.name})
        )
    same = found.item.sku == pick.item.sku and (found.lot or pick.lot) == pick.lot
    if not same or pick.item.has_serial or state.phase not in {Phase.GRADE, Phase.COUNT}:
        code = "answer_first" if pick.said or pick.unknown else "grade_first"
        return replace(
            state, notice=Notice(code, {"item": pick.item.name, "other": found.item.name}, ask=True)
        )
    # One more of the same in this visit; a number already entered is what it adds to.
    so_far = int(state.digits) if state.phase is Phase.COUNT and state.digits else pick.qty
    return set_quantity(state, so_far + 1)


def _into_hand(state: BenchState, job: Job, found: FoundItem) -> BenchState:
    item = found.item
    pick = Pick(item, None, serial=found.serial, lot=found.lot, parts=found.parts)
    fresh = replace(state, saved=None, last_gone=None)
    if job.rma is None:
        if item.has_serial and not found.serial:
            return replace(fresh, phase=Phase.SERIAL, pick=pick, expected_serial="")
        return _with_serial(fresh, None, pick, found)
    lines = [line for line in job.rma.lines if line.sku == item.sku]
    if not lines:
        return _offer_wrong_item(fresh, pick, "not_on_rma", job)
    line = _line_for(job, lines, found)
    if line is None:
        return _offer_wrong_item(fresh, pick, "more_than_expected", job)
    # What was declared missing turned up after all.
    here = replace(fresh, job=replace(job, missing=job.missing - {line.line}))
    pick = replace(pick, line=line.line)
    if item.has_serial and not found.serial:
        return replace(here, phase=Phase.SERIAL, pick=pick, expected_serial=_only_serial(line))
    return _with_serial(here, line, pick, found)


def _line_for(job: Job, lines: list[RmaLine], found: FoundItem) -> RmaLine | None:
    wanting = [line for line in lines if job.wanting(line)]
    exact = [line for line in wanting if found.serial and found.serial in line.serials]
    lot = [line for line in wanting if found.lot and line.lot == found.lot]
    expected = [line for line in wanting if line.line not in job.missing]
    return next(iter([*exact, *lot, *expected, *wanting]), None)


def _with_serial(state: BenchState, line: RmaLine | None, pick: Pick, found: FoundItem) -> BenchState:
    """To the lot or the grade, or to a stop: a serial that was not sold, or one that is here already."""
    expected = line.serials if line is not None else ()
    if expected and pick.serial and pick.serial not in expected:
        return replace(state, phase=Phase.STOP, pick=pick, expected_serial=nearest(pick.serial, expected))
    job, seen = state.job, found.seen
    again = seen is not None and (not expected or (job is not None and seen.rma == job.key))
    if seen is not None and again and pick.serial:
        # Two units never carry one serial: the second can be kept only as an unexplained one, without it.
        parts = {"item": pick.item.name, "serial": pick.serial, "label": seen.label, "time": seen.time}
        kept = replace(pick, wrong_item=True, serial=None, line=None)
        return replace(state, phase=Phase.ITEM, pick=kept, notice=Notice("serial_seen", parts))
    phase = Phase.LOT if pick.item.has_lot and not pick.lot else Phase.GRADE
    return replace(state, phase=phase, pick=pick, expected_serial="")


def _offer_wrong_item(state: BenchState, pick: Pick, code: str, job: Job) -> BenchState:
    notice = Notice(code, {"item": pick.item.name, "rma": job.key})
    return replace(state, phase=Phase.ITEM, pick=replace(pick, wrong_item=True), notice=notice)


def set_quantity(state: BenchState, qty: int) -> BenchState:
    """The quantity in the hand, when the line has room for it; more is said, never cut."""
    pick, job = state.pick, state.job
    if pick is None:
        raise ValueError("a quantity needs a unit in the hand")
    calm = replace(state, phase=Phase.GRADE, digits="", asked_large=False)
    if qty > COUNT_MOST:
        return replace(calm, notice=Notice("number_too_long", {"digits": qty}))
    line = job.rma.line(pick.line) if job and job.rma and pick.line is not None else None
    if job is not None and line is not None and qty > job.wanting(line):
        parts = {"item": pick.item.name, "left": job.wanting(line), "qty": qty, "rma": job.key}
        return replace(calm, notice=Notice("over_line", parts))
    counted = replace(calm, pick=replace(pick, qty=qty))
    if pick.said and qty != pick.qty:
        # Nobody looked at the others yet, and what was said of the first would hold for them.
        return replace(
            counted, notice=Notice("answers_for_all", {"qty": qty, "item": pick.item.name}, ask=True)
        )
    return counted


def take_up(draft: BenchState, done: dict[int, int], found_on: str | None = None) -> BenchState:
    """A parked job as it is today: what was done elsewhere counts, a unit without room is put down."""
    if draft.job is None:
        return BenchState()
    job = replace(draft.job, done=done, found_on=found_on or draft.job.found_on)
    state = replace(draft, job=job)
    pick = draft.pick
    line = job.rma.line(pick.line) if job.rma and pick is not None and pick.line is not None else None
    if pick is not None and line is not None and pick.qty > job.wanting(line):
        return replace(state, phase=Phase.ITEM, pick=None, digits="", expected_serial="")
    return state


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
    return _with_serial(state, line, replace(pick, serial=found.serial), found), ()
