"""Units of a line in the hand: proposed by a scan of the item, corrected by digits, kept by the next scan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.domain.item import Item
from app.domain.transfer import ComingLine, Transfer
from app.workflows.notice import Notice
from app.workflows.receiving.state import Extra, Hand, Here, Job, Phase, ReceivingState, Taken
from app.workflows.scanned import FoundItem

# UNDO reaches this many scans back within a document.
UNDO_DEPTH = 20
MOST = 999_999


def item_scanned(state: ReceivingState, found: FoundItem) -> ReceivingState:
    """An item: proposes what remains of its line; the same item again takes what is proposed or asked."""
    job, hand = state.job, state.hand
    if job is None:
        return replace(state, notice=Notice("recv.item_idle", {"item": found.item.name}, ask=True))
    if state.phase in {Phase.REASON, Phase.CHECK}:
        return replace(state, notice=Notice("recv.reason_first", {"item": found.item.name}))
    same = hand is not None and hand.item.sku == found.item.sku and found.lot in {None, hand.lot or None}
    if found.same_pack and same:
        return state
    if hand is not None and found.serial and same:
        return _serial(state, job, hand, found)
    if state.phase is Phase.OVER and hand is not None:
        return keep(state, job, hand) if same else _over_first(state, hand, found)
    if hand is not None and same:
        return keep(state, job, hand)
    if hand is not None:
        state = keep(state, job, hand)
        if state.notice is not None or state.job is None:
            return state
        job = state.job
    return _propose(state, job, found)


def set_units(state: ReceivingState, qty: int) -> ReceivingState:
    """The number of the line in the hand; more than remains of it is asked for once more."""
    hand, job = state.hand, state.job
    if hand is None or job is None:
        return replace(state, notice=Notice("recv.digit_without_item", {}))
    if qty > MOST:
        return replace(state, notice=Notice("number_too_long", {"digits": qty}))
    if hand.item.has_serial and hand.line and qty < job.left(job.transfer.line(hand.line)):
        return replace(state, notice=Notice("recv.scan_serials", {"item": hand.item.name}))
    changed = replace(hand, qty=qty, entering=False, digits="", serials=())
    return _judged(replace(state, hand=changed), job)


def digit(state: ReceivingState, sign: str) -> ReceivingState:
    """A digit sets the number; after QUANTITY digits make one number."""
    hand = state.hand
    if hand is None or not hand.entering:
        return set_units(state, int(sign))
    digits = (hand.digits + sign).lstrip("0")
    if int(digits or "0") > MOST:
        return replace(
            state, hand=replace(hand, digits=""), notice=Notice("number_too_long", {"digits": digits})
        )
    return replace(state, hand=replace(hand, digits=digits))


def start_number(state: ReceivingState) -> ReceivingState:
    """QUANTITY: the digits that follow make one number."""
    if state.hand is None:
        return replace(state, notice=Notice("recv.digit_without_item", {}))
    return replace(state, phase=Phase.HAND, hand=replace(state.hand, entering=True, digits=""))


def damaged(state: ReceivingState) -> ReceivingState:
    """What is in the hand arrived damaged: one unit, until a digit says how many."""
    hand = state.hand
    if hand is None or not hand.line:
        return replace(state, notice=Notice("recv.damaged_without_item", {}))
    job = state.job
    if job is None:
        return state
    qty = len(hand.serials) or (1 if not hand.damaged else job.left(job.transfer.line(hand.line)) or 1)
    changed = replace(hand, damaged=not hand.damaged, qty=qty, entering=False, digits="")
    return _judged(replace(state, hand=changed), job)


def keep(state: ReceivingState, job: Job, hand: Hand) -> ReceivingState:
    """The line in the hand is kept as it says."""
    if hand.entering and not hand.digits:
        # QUANTITY without a number leaves what stood there.
        hand = replace(hand, entering=False)
    if hand.entering:
        numbered = set_units(state, int(hand.digits))
        if numbered.phase is Phase.OVER or numbered.notice is not None or numbered.hand is None:
            return numbered
        state, hand = numbered, numbered.hand
    if _unread(job, hand):
        return replace(state, hand=hand, notice=Notice("recv.scan_serials", {"item": hand.item.name}))
    taken = Taken(state.phase, hand, hand.line, job.here.get(hand.line), len(job.extras))
    if not hand.line:
        extras = (*job.extras, Extra(hand.item, hand.qty, hand.lot, hand.serials)) if hand.qty else job.extras
        kept = replace(job, extras=extras)
    else:
        was = job.here.get(hand.line, Here())
        now = replace(was, sound=was.sound + hand.qty, serials=(*was.serials, *hand.serials))
        if hand.damaged:
            now = replace(was, damaged=was.damaged + hand.qty, broken=(*was.broken, *hand.serials))
        kept = replace(job, here={**job.here, hand.line: now})
    kept = replace(kept, taken=(*job.taken, taken)[-UNDO_DEPTH:], last=_said(kept, hand))
    return replace(state, phase=Phase.LINES, job=kept, hand=None, notice=None)


def taken_back(state: ReceivingState) -> ReceivingState | None:
    """One scan taken back: what is in the hand is put down, or the last kept line comes back into it."""
    job = state.job
    if job is None:
        return None
    if state.phase is Phase.OVER and state.hand is not None and len(state.hand.serials) > 1:
        fewer = state.hand.serials[:-1]
        return _judged(replace(state, hand=replace(state.hand, serials=fewer, qty=len(fewer))), job)
    if state.phase is Phase.OVER and state.hand is not None and state.hand.line and not state.hand.serials:
        left = job.left(job.transfer.line(state.hand.line))
        if left:
            return replace(
                state, phase=Phase.HAND, hand=replace(state.hand, qty=left, entering=False), notice=None
            )
    if state.hand is not None:
        return replace(state, phase=Phase.LINES, hand=None, notice=None)
    if not job.taken:
        return None
    last = job.taken[-1]
    here = {line: found for line, found in job.here.items() if line != last.line}
    if last.line and last.here is not None:
        here[last.line] = last.here
    back = replace(job, here=here, extras=job.extras[: last.extras], taken=job.taken[:-1])
    return replace(state, phase=last.phase, job=back, hand=last.hand, notice=None)


def over_by(job: Job, hand: Hand) -> int:
    """By how many units the line in the hand is more than its document says."""
    if not hand.line:
        return hand.qty
    line = job.transfer.line(hand.line)
    strange = len(job.strange(line, hand.serials))
    return strange + max(0, hand.qty - strange - job.left(line))


def told_anew(state: ReceivingState, transfer: Transfer, items: Mapping[str, Item]) -> ReceivingState:
    """A receipt that waited, over its document as it is known now: lines may have come, gone or come back.

    What was found stays; reasons are asked for again where the document changed.
    """
    job, hand = state.job, state.hand
    if job is None or job.transfer == transfer:
        return state
    known = {line.line for line in transfer.lines}
    changed = replace(
        job,
        transfer=transfer,
        items={**job.items, **items},
        here={line: found for line, found in job.here.items() if line in known},
        asked=(),
        reasons={},
        taken=tuple(taken for taken in job.taken if taken.line in {0, *known}),
    )
    if hand is not None and hand.line in {0, *known}:
        return _judged(replace(state, job=changed), changed)
    return replace(state, phase=Phase.LINES, job=changed, hand=None)


def _unread(job: Job, hand: Hand) -> bool:
    """Some, not all, of units that have serials, and nobody read which."""
    if not hand.item.has_serial or not hand.line or hand.serials:
        return False
    line = job.transfer.line(hand.line)
    sent = any(unit.account.item == line.sku and unit.account.serial for unit in job.transfer.units)
    return sent and 0 < hand.qty < job.left(line)


def _propose(state: ReceivingState, job: Job, found: FoundItem) -> ReceivingState:
    if found.serial and _read_before(job, found.item.sku, found.serial):
        return _twice(state, found.item, found.serial)
    lines = [line for line in job.transfer.lines if line.sku == found.item.sku]
    if found.lot:
        exact = [line for line in lines if line.lot == found.lot]
        lines = exact or [line for line in lines if not line.lot]
    if not lines:
        hand = Hand(0, found.item, 1, found.lot or "", serials=(found.serial,) if found.serial else ())
        return replace(state, phase=Phase.OVER, hand=hand, notice=None)
    line = next((line for line in lines if job.left(line)), lines[0])
    left = job.left(line)
    qty, serials = (1, (found.serial,)) if found.serial else (left or 1, ())
    hand = Hand(line.line, found.item, qty, line.lot or found.lot or "", serials=serials)
    return _judged(replace(state, hand=hand), job)


def _serial(state: ReceivingState, job: Job, hand: Hand, found: FoundItem) -> ReceivingState:
    serial = found.serial or ""
    if state.phase is Phase.OVER and hand.serials[-1:] == (serial,):
        return keep(state, job, hand)
    if serial in hand.serials or _read_before(job, hand.item.sku, serial):
        return _twice(state, hand.item, serial)
    if state.phase is Phase.OVER and hand.line and hand.serials:
        return _over_first(state, hand, found)
    serials = (*hand.serials, serial)
    return _judged(replace(state, hand=replace(hand, serials=serials, qty=len(serials))), job)


def _read_before(job: Job, sku: str, serial: str) -> bool:
    """True when that unit is on a line, or among the extras, already."""
    lines = (found.read for line, found in job.here.items() if job.transfer.line(line).sku == sku)
    extras = (extra.serials for extra in job.extras if extra.item.sku == sku)
    return any(serial in read for read in (*lines, *extras))


def _twice(state: ReceivingState, item: Item, serial: str) -> ReceivingState:
    return replace(state, notice=Notice("count.serial_twice", {"item": item.name, "serial": serial}))


def _judged(state: ReceivingState, job: Job) -> ReceivingState:
    hand = state.hand
    over = hand is not None and over_by(job, hand) > 0
    return replace(state, phase=Phase.OVER if over else Phase.HAND, notice=None)


def _over_first(state: ReceivingState, hand: Hand, found: FoundItem) -> ReceivingState:
    parts = {"item": hand.item.name, "other": found.item.name}
    return replace(state, notice=Notice("recv.over_first", parts))


def _said(job: Job, hand: Hand) -> str:
    if not hand.line:
        return f"{hand.item.name}, {hand.qty}"
    line: ComingLine = job.transfer.line(hand.line)
    return f"{hand.item.name}, {job.found(line).total}"
