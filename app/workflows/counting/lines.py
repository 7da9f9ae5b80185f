"""Units of a line: by scans of the item, by digits, by serials; each scan can be taken back."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.counting.state import Bin, CountState, Key, Line, Phase, Taken, Visit
from app.workflows.notice import Notice
from app.workflows.scanned import FoundItem, NotFound

# UNDO reaches this many scans back within a bin.
UNDO_DEPTH = 20
MOST = 999_999
LARGE = 99
# The longest lot of GS1's application identifier 10.
LOT_SIGNS = 20


def item_scanned(state: CountState, found: FoundItem) -> CountState:
    """One more unit of an item; asks for its serial or lot where it is counted by them."""
    bin_ = state.bin
    if bin_ is None:
        return replace(state, notice=Notice("count.item_idle", {"item": found.item.name}, ask=True))
    if state.visit is not None and state.visit.asked:
        return _large(state, state.visit.asked)
    if state.visit is not None and state.visit.entering and state.visit.digits:
        # The next item saves the number that was being made.
        state = entered(state, int(state.visit.digits))
        bin_ = state.bin
        if state.notice is not None or bin_ is None:
            return state
    if state.phase is Phase.RECOUNT and not _asked_now(bin_, found):
        return _other_while_recounting(state, bin_, found)
    if found.same_pack and not (found.serial and found.item.has_serial):
        return _relotted(state, bin_, found)
    if found.item.has_serial:
        return _with_serial(state, bin_, found)
    if found.item.has_lot and not found.lot:
        return _with_lot_in_hand(state, bin_, found)
    return _one_more(state, bin_, found, (found.item.sku, found.lot or ""))


def no_lot(state: CountState) -> CountState:
    """The pack in the hand shows no lot: it is one unit of none, and so are the next ones of its item."""
    bin_, key = state.bin, hand(state)
    line = bin_.line(key) if bin_ is not None and key is not None else None
    if bin_ is None or key is None or line is None:
        return state
    return _one_more(state, bin_, FoundItem(line.item.sku, line.item), (key[0], ""))


def set_units(state: CountState, qty: int) -> CountState:
    """The visit's count as a digit says it; a number replaces what the visit had, never what was before."""
    bin_, key = state.bin, hand(state)
    if bin_ is None or key is None:
        return replace(state, notice=Notice("count.digit_without_item", {}))
    line = bin_.line(key)
    if line is None or line.item.has_serial or state.phase is Phase.LOT:
        name = line.item.name if line else ""
        if state.phase is Phase.LOT:
            return replace(state, notice=Notice("count.lot_wanted", {"item": name}, ask=True))
        return replace(state, notice=Notice("one_serial_one_unit", {"item": name}))
    if qty > MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": qty}))
    visit = state.visit or Visit(key, 0, 0)
    changed = replace(visit, qty=qty, entering=False, digits="", asked=0)
    return _put(state, bin_, replace(line, qty=visit.before + qty), changed)


def entered(state: CountState, number: int) -> CountState:
    """A whole number, typed or made of digits; one over 99 is asked for twice."""
    visit = state.visit
    if number > LARGE and number <= MOST and (visit is None or visit.asked != number):
        key = hand(state)
        if key is None:
            return set_units(state, number)
        held = visit or Visit(key, 0, 0)
        return _large(replace(state, visit=replace(held, asked=number, entering=False, digits="")), number)
    return set_units(state, number)


def digit(state: CountState, sign: str) -> CountState:
    """A digit sets the visit's count; after QUANTITY digits make one number."""
    visit = state.visit
    if visit is None or not visit.entering:
        return set_units(state, int(sign))
    digits = (visit.digits + sign).lstrip("0")
    if int(digits or "0") > MOST:
        return replace(
            state, visit=replace(visit, digits=""), notice=Notice("number_too_long", {"digits": digits})
        )
    return replace(state, visit=replace(visit, digits=digits))


def start_number(state: CountState) -> CountState:
    """QUANTITY: the digits that follow make one number."""
    key = hand(state)
    if key is None:
        return replace(state, notice=Notice("count.digit_without_item", {}))
    line = state.bin.line(key) if state.bin else None
    if line is not None and line.item.has_serial:
        return replace(state, notice=Notice("one_serial_one_unit", {"item": line.item.name}))
    visit = state.visit or Visit(key, 0, 0)
    return replace(state, visit=replace(visit, entering=True, digits="", asked=0))


def stepped(state: CountState, by: int) -> CountState:
    """One more or one less of the line in the hand, by touch."""
    visit = state.visit
    so_far = visit.qty if visit else 0
    return set_units(state, max(0, so_far + by) if visit or by > 0 else 0)


def told_apart(state: CountState, given: NotFound) -> CountState | None:
    """A text nobody knows, taken as the serial or lot that is asked for; None when neither is."""
    bin_, key = state.bin, hand(state)
    line = bin_.line(key) if bin_ is not None and key is not None else None
    if line is None or not given.apart:
        return None
    if state.phase is Phase.SERIAL or (state.phase is Phase.RECOUNT and line.item.has_serial):
        return item_scanned(state, FoundItem(given.raw, line.item, serial=given.text))
    if state.phase is not Phase.LOT or len(given.text) > LOT_SIGNS:
        return None
    return item_scanned(state, FoundItem(given.raw, line.item, lot=given.text))


def taken_back(state: CountState) -> CountState | None:
    """The last scan in this bin undone; None when there is none."""
    bin_ = state.bin
    if bin_ is None or not bin_.taken:
        return None
    last = bin_.taken[-1]
    if last.line is None:
        lines = tuple(line for line in bin_.lines if line.key != last.key)
    else:
        lines = _with(bin_.lines, last.line)
    back = replace(bin_, lines=lines, taken=bin_.taken[:-1], asked=last.asked)
    return replace(state, phase=last.phase, bin=back, visit=last.visit, notice=None)


def hand(state: CountState) -> Key | None:
    """The line that a digit is for."""
    if state.visit is not None:
        return state.visit.key
    if state.phase is Phase.RECOUNT and state.bin and state.bin.asked:
        return state.bin.asked[0]
    return None


def _one_more(state: CountState, bin_: Bin, found: FoundItem, key: Key) -> CountState:
    fresh = state.phase is Phase.RECOUNT and state.visit is None
    line = bin_.line(key) or Line(found.item, found.lot or "")
    before = 0 if fresh else line.qty
    phase = Phase.RECOUNT if state.phase is Phase.RECOUNT else Phase.COUNT
    visit = Visit(key, before, 1)
    return replace(_put(state, bin_, replace(line, qty=before + 1), visit), phase=phase)


def _with_serial(state: CountState, bin_: Bin, found: FoundItem) -> CountState:
    key = (found.item.sku, found.lot or "" if found.item.has_lot else "")
    line = bin_.line(key) or Line(found.item, key[1])
    if state.phase is Phase.RECOUNT and state.visit is None:
        # Counted again from the start, so that a serial that is not here goes.
        line = replace(line, qty=0, serials=())
    phase = Phase.RECOUNT if state.phase is Phase.RECOUNT else Phase.SERIAL
    if found.serial is None:
        visit = Visit(key, line.qty, 0)
        return replace(_put(state, bin_, line, visit), phase=phase)
    if found.serial in line.serials:
        parts = {"item": found.item.name, "serial": found.serial}
        return replace(state, notice=Notice("count.serial_twice", parts))
    more = replace(line, qty=line.qty + 1, serials=(*line.serials, found.serial))
    return replace(_put(state, bin_, more, Visit(key, line.qty, 1)), phase=phase)


def _with_lot_in_hand(state: CountState, bin_: Bin, found: FoundItem) -> CountState:
    """An item counted by lots, scanned without one: the lot in the hand goes on, else it is asked for once.

    Where somebody said before that packs of it show none, this is one more of those.
    """
    held, none = hand(state), (found.item.sku, "")
    if held is not None and held[0] == found.item.sku and held[1]:
        return _one_more(state, bin_, replace(found, lot=held[1]), held)
    if state.phase is Phase.LOT and held is not None and held[0] == found.item.sku:
        return replace(state, notice=Notice("count.lot_wanted", {"item": found.item.name}, ask=True))
    line = bin_.line(none)
    if state.phase is Phase.RECOUNT or (line is not None and line.qty):
        return _one_more(state, bin_, found, none)
    asked = _put(state, bin_, line or Line(found.item), Visit(none, 0, 0))
    return replace(asked, phase=Phase.LOT)


def _relotted(state: CountState, bin_: Bin, found: FoundItem) -> CountState:
    """The other code of the pack in the hand: it counts nothing, and may name the pack's lot.

    The unit that its first code counted, under the lot in the hand or under none, is one of this lot.
    """
    held = hand(state)
    if not found.lot or not found.item.has_lot or held is None or held[0] != found.item.sku:
        return state
    key = (found.item.sku, found.lot)
    if state.phase is Phase.LOT and held[1] == "":
        return _one_more(state, bin_, found, key)
    last = bin_.taken[-1] if bin_.taken else None
    line = bin_.line(held)
    if last is None or line is None or held == key or last.key != held or state.phase is Phase.RECOUNT:
        return state
    before = last.line.serials if last.line is not None else ()
    serial = next((one for one in line.serials if one not in before), None)
    if found.item.has_serial and serial is None:
        return _with_serial(state, bin_, found)
    back = taken_back(state)
    if line.qty != (last.line.qty if last.line is not None else 0) + 1 or back is None or back.bin is None:
        return state
    if found.item.has_serial:
        return _with_serial(back, back.bin, replace(found, serial=serial))
    return _one_more(back, back.bin, found, key)


def _asked_now(bin_: Bin, found: FoundItem) -> bool:
    sku, lot = bin_.asked[0]
    return found.item.sku == sku and (not found.lot or not lot or found.lot == lot)


def _other_while_recounting(state: CountState, bin_: Bin, found: FoundItem) -> CountState:
    line = bin_.line(bin_.asked[0])
    parts = {"item": line.item.name if line else bin_.asked[0][0], "other": found.item.name}
    return replace(state, notice=Notice("count.recount_first", parts))


def _put(state: CountState, bin_: Bin, line: Line, visit: Visit) -> CountState:
    """The line as it is now, the way back kept."""
    taken = Taken(line.key, bin_.line(line.key), state.visit, state.phase, bin_.asked)
    changed = replace(
        bin_,
        lines=_with(bin_.lines, line),
        scans=bin_.scans + 1,
        taken=(*bin_.taken, taken)[-UNDO_DEPTH:],
        empty_asked=False,
    )
    return replace(state, bin=changed, visit=visit)


def _with(lines: tuple[Line, ...], line: Line) -> tuple[Line, ...]:
    if any(other.key == line.key for other in lines):
        return tuple(line if other.key == line.key else other for other in lines)
    return (*lines, line)


def _large(state: CountState, number: int) -> CountState:
    return replace(state, notice=Notice("number_large", {"qty": number}))
