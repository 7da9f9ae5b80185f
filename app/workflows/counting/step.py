"""One step of a count: state and input to the next state and its effects. Pure.

Every refused input leaves the count as it was and says, in a notice, what was read, what is wanted and what
to do.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.place import LocationKind
from app.workflows.counting import closing, lines
from app.workflows.counting.closing import Result
from app.workflows.counting.context import Moment
from app.workflows.counting.drafts import to_draft
from app.workflows.counting.inputs import FoundPlace, Input
from app.workflows.counting.state import Bin, CountState, Phase
from app.workflows.effects import Drop, Effect, Keep, Undo
from app.workflows.notice import Notice
from app.workflows.numbers import DIGIT_WORDS
from app.workflows.scanned import Entered, FoundItem, NotFound, Other, Said, Stepped, Unreadable
from app.workflows.step import Step

# Where stock lies; a site and a zone are made of such places.
_HOLDS_STOCK = frozenset({LocationKind.BIN, LocationKind.TOTE, LocationKind.BENCH, LocationKind.DOCK})


def advance(state: CountState, given: Input, moment: Moment) -> Step[CountState]:
    """The next step for any input in any phase."""
    calm = replace(state, notice=None)
    after, effects = _routed(calm, given, moment)
    if after.bin is not None and calm.bin is not None and after.bin.lines != calm.bin.lines:
        after = replace(after, bin=replace(after.bin, touched=moment.local))
    name = given.word if isinstance(given, Said) else type(given).__name__
    route = f"{name}>{after.notice.code if after.notice else after.phase}"
    return Step(after, (*effects, *_kept(state, after, effects)), route)


def allowed(state: CountState) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    match state.phase:
        case Phase.IDLE:
            return ("UNDO", "BENCH", "INBND")
        case Phase.RECOUNT:
            return ("OK", "COUNT", "HOLD", "UNDO")
        case Phase.COUNT | Phase.SERIAL:
            return ("DONE", "NIL", "COUNT", "HOLD", "UNDO")
        case Phase.LOT:
            return ("NIL", "UNDO", "HOLD")


def _routed(state: CountState, given: Input, moment: Moment) -> Result:
    match given:
        case FoundPlace():
            return _place(state, given, moment)
        case FoundItem():
            return lines.item_scanned(state, given), ()
        case Entered(number=number):
            return lines.entered(state, number), ()
        case Stepped(by=by):
            return lines.stepped(state, by), ()
        case Said(word=word):
            return _said(state, word, moment)
        case NotFound():
            return _unknown(state, given), ()
        case Other(raw=raw, word=word):
            return replace(state, notice=Notice("other_job", {"raw": raw, "word": word}, ask=True)), ()
        case Unreadable():
            notice = Notice("unreadable", {"raw": given.raw, "expected": given.expected, "do": given.do})
            return replace(state, notice=notice), ()


def _place(state: CountState, found: FoundPlace, moment: Moment) -> Result:
    place, own, bin_ = found.place, moment.here.site, state.bin
    if place.site != own:
        parts = {"bin": place.code, "site": place.site, "own": own}
        return replace(state, notice=Notice("count.other_site", parts)), ()
    if bin_ is not None and bin_.code == place.code:
        return replace(state, notice=Notice("count.already_open", {"bin": bin_.code}, ask=True)), ()
    if bin_ is not None:
        parts = {"bin": bin_.code, "other": place.code}
        return replace(state, notice=Notice("count.wrong_bin", parts)), ()
    if place.kind not in _HOLDS_STOCK:
        return replace(
            state, notice=Notice("count.no_bin", {"bin": place.code, "kind": place.kind.value})
        ), ()
    if found.draft is not None:
        resumed = Notice("count.resumed", {"bin": place.code}, ask=True)
        return replace(found.draft, notice=None if found.draft.visit else resumed), ()
    opened = {key: known.qty for key, known in moment.expected.items()}
    return CountState(
        Phase.COUNT, Bin(place.code, place.name, moment.now, opened=opened, whole=moment.whole)
    ), ()


def _said(state: CountState, word: str, moment: Moment) -> Result:
    if word in DIGIT_WORDS and state.bin is not None:
        return lines.digit(state, DIGIT_WORDS[word]), ()
    match word:
        case "DONE":
            return _done(state, moment)
        case "NIL" if state.phase is Phase.LOT:
            return lines.no_lot(state), ()
        case "NIL":
            return closing.empty(state, moment)
        case "OK":
            return _ok(state, moment)
        case "COUNT" if state.bin is not None:
            return lines.start_number(state), ()
        case "UNDO":
            return _undo(state, moment)
        case "HOLD" | "DROP":
            return closing.parked(state)
        case _:
            parts = {"word": word, "allowed": allowed(state)}
            return replace(state, notice=Notice("word_not_now", parts)), ()


def _ok(state: CountState, moment: Moment) -> Result:
    visit = state.visit
    if visit is not None and (visit.entering or visit.asked):
        return lines.entered(state, visit.asked or int(visit.digits or "0")), ()
    if state.phase is Phase.RECOUNT:
        return closing.kept(state, moment)
    parts = {"word": "OK", "allowed": allowed(state)}
    return replace(state, notice=Notice("word_not_now", parts)), ()


def _done(state: CountState, moment: Moment) -> Result:
    """A number that was begun is taken before the bin is closed; a large one is asked for first."""
    visit = state.visit
    if visit is not None and visit.asked:
        return lines.entered(replace(state, visit=replace(visit, asked=0)), visit.asked), ()
    if visit is not None and visit.entering and visit.digits:
        taken = lines.entered(state, int(visit.digits))
        if taken.notice is not None:
            return taken, ()
        state = taken
    return closing.done(state, moment)


def _undo(state: CountState, moment: Moment) -> Result:
    bin_, visit = state.bin, state.visit
    if visit is not None and (visit.entering or visit.asked):
        return replace(state, visit=replace(visit, entering=False, digits="", asked=0)), ()
    if bin_ is None:
        return _undo_saved(state, moment)
    back = lines.taken_back(state)
    if back is not None:
        return back, ()
    if state.phase is Phase.RECOUNT:
        open_again = replace(bin_, asked=(), again=(), lines=tuple(line for line in bin_.lines if line.qty))
        notice = Notice("count.open_again", {"bin": bin_.code}, ask=True)
        return replace(state, phase=Phase.COUNT, bin=open_again, visit=None, notice=notice), ()
    if not bin_.counted:
        return CountState(notice=Notice("count.dropped", {"bin": bin_.code}, ask=True)), (Drop(bin_.job),)
    return replace(state, notice=Notice("count.nothing_left", {"bin": bin_.code}, ask=True)), ()


def _undo_saved(state: CountState, moment: Moment) -> Result:
    last = moment.undoable
    if last is None:
        return replace(state, notice=Notice("count.nothing_to_undo", {}, ask=True)), ()
    notice = Notice("count.undone", {"bin": last.code}, ask=True)
    return CountState(notice=notice), (Undo(last.event_id),)


def _unknown(state: CountState, given: NotFound) -> CountState:
    told = lines.told_apart(state, given)
    if told is not None:
        return told
    if given.digits and state.visit is not None and state.visit.entering:
        return replace(state, notice=Notice("barcode_as_number", {"raw": given.raw}))
    code = "count.unknown" if state.bin else "count.unknown_idle"
    return replace(state, notice=Notice(code, {"raw": given.raw}))


def _kept(before: CountState, after: CountState, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The draft to save: with every scan that changed the open bin, unless the step drops it."""
    bin_ = after.bin
    if bin_ is None or replace(before, notice=None) == replace(after, notice=None):
        return ()
    if any(isinstance(effect, (Keep, Drop)) and effect.job == bin_.job for effect in effects):
        return ()
    return (Keep(bin_.job, to_draft(after)),)
