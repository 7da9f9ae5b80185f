"""The end of a count: what differs is counted again, then one fact says what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.workflows.counting import events
from app.workflows.counting.context import Moment
from app.workflows.counting.drafts import to_draft
from app.workflows.counting.state import Bin, Counted, CountState, Difference, Expected, Key, Line, Phase
from app.workflows.effects import Drop, Effect, Keep, Record
from app.workflows.notice import Notice

Result = tuple[CountState, tuple[Effect, ...]]


def done(state: CountState, moment: Moment) -> Result:
    """DONE: closes the bin, unless lines that differ from the station's view are to be counted again."""
    bin_ = state.bin
    if bin_ is None:
        return replace(state, notice=Notice("count.nothing_open", {}, ask=True)), ()
    if state.phase is Phase.RECOUNT:
        return kept(state, moment)
    if state.phase is Phase.LOT and state.visit is not None:
        line = bin_.line(state.visit.key)
        return replace(
            state, notice=Notice("count.lot_wanted", {"item": line.item.name if line else ""}, ask=True)
        ), ()
    if not bin_.counted:
        return replace(state, notice=Notice("count.nothing_counted", {"bin": bin_.code})), ()
    # Where the books are not here yet, or only a part of them, there is nothing to hold the count against.
    asked = differing(bin_, moment.expected) if moment.whole else ()
    return _recount(state, bin_, asked, moment) if asked else _record(bin_, moment)


def empty(state: CountState, moment: Moment) -> Result:
    """EMPTY: nothing is in the bin. Asked twice where the station's view holds something there."""
    bin_ = state.bin
    if bin_ is None:
        return replace(state, notice=Notice("count.nothing_open", {}, ask=True)), ()
    if bin_.units:
        return replace(state, notice=Notice("count.not_empty", {"bin": bin_.code, "n": bin_.units})), ()
    if moment.expected and not bin_.empty_asked:
        asked = replace(bin_, lines=(), empty_asked=True)
        return replace(
            state,
            phase=Phase.COUNT,
            visit=None,
            bin=asked,
            notice=Notice("count.empty_sure", {"bin": bin_.code}),
        ), ()
    return _record(replace(bin_, lines=()), moment, empty=True)


def kept(state: CountState, moment: Moment) -> Result:
    """OK: the line that was counted again is kept; the next one is asked for, or the bin is closed."""
    bin_ = state.bin
    if bin_ is None or not bin_.asked:
        raise ValueError("nothing is counted again")
    left = replace(bin_, asked=bin_.asked[1:], again=(*bin_.again, bin_.asked[0]), taken=())
    if left.asked:
        return replace(state, bin=left, visit=None), ()
    return _record(left, moment)


def parked(state: CountState) -> Result:
    """HOLD: the count waits until its bin is scanned again."""
    bin_ = state.bin
    if bin_ is None:
        return replace(state, notice=Notice("count.nothing_open", {}, ask=True)), ()
    if not bin_.counted:
        return CountState(notice=Notice("count.dropped", {"bin": bin_.code}, ask=True)), (Drop(bin_.job),)
    held = Notice("count.held", {"bin": bin_.code}, ask=True)
    return CountState(notice=held), (Keep(bin_.job, to_draft(state)),)


def differing(bin_: Bin, expected: Mapping[Key, Expected]) -> tuple[Key, ...]:
    """The lines that do not agree with the station's view: those counted first, then those not found."""
    lines = {line.key: line for line in bin_.counted}
    keys = dict.fromkeys([*lines, *expected])
    return tuple(key for key in keys if _differs(lines.get(key), expected.get(key)))


def _differs(line: Line | None, known: Expected | None) -> bool:
    qty = line.qty if line else 0
    if qty != (known.qty if known else 0):
        return True
    return bool(line and known and known.serials and set(line.serials) != known.serials)


def _recount(state: CountState, bin_: Bin, asked: tuple[Key, ...], moment: Moment) -> Result:
    missing = tuple(Line(moment.expected[key].item, key[1]) for key in asked if bin_.line(key) is None)
    again = replace(bin_, lines=(*bin_.lines, *missing), asked=asked, again=(), taken=())
    return replace(state, phase=Phase.RECOUNT, bin=again, visit=None, notice=None), ()


def _record(bin_: Bin, moment: Moment, *, empty: bool = False) -> Result:
    event = events.counted(bin_, moment, empty=empty)
    lines = {line.key: line for line in bin_.counted}
    differences = []
    for key in differing(bin_, moment.expected) if moment.whole else ():
        line, known = lines.get(key), moment.expected.get(key)
        item = line.item if line else moment.expected[key].item
        differences.append(Difference(item.name, line.qty if line else 0, known.qty if known else 0))
    saved = Counted(
        event_id=event.event_id,
        code=bin_.code,
        items=sum(1 for line in bin_.counted if line.qty),
        units=bin_.units,
        differences=tuple(differences),
        moved=moved(bin_, moment.expected, whole=moment.whole),
        unknown=not moment.whole,
    )
    return CountState(saved=saved), (Record(event), Drop(bin_.job))


def moved(bin_: Bin, expected: Mapping[Key, Expected], *, whole: bool) -> int:
    """Units by which the station's view of the bin has changed since the count began."""
    return sum(abs(qty) for qty in events.changes(bin_, expected, whole=whole).values())
