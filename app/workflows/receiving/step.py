"""One step of a receipt: state and input to the next state and its effects. Pure."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.effects import Drop, Effect, Keep, Record, Undo
from app.workflows.notice import Notice
from app.workflows.numbers import ANSWER_WORDS, DIGIT_WORDS
from app.workflows.receiving import events, lines
from app.workflows.receiving.context import FoundDocument, Input, Moment
from app.workflows.receiving.state import Here, Job, Phase, Received, ReceivingState, to_draft
from app.workflows.scanned import Entered, FoundItem, NotFound, Other, Said, Stepped, Unreadable
from app.workflows.step import Step

Result = tuple[ReceivingState, tuple[Effect, ...]]


def advance(state: ReceivingState, given: Input, moment: Moment) -> Step[ReceivingState]:
    """The next step for any input in any phase."""
    after, effects = _routed(replace(state, notice=None), given, moment)
    if after.job is not None and state.job is not None and after.job.taken != state.job.taken:
        after = replace(after, job=replace(after.job, touched=moment.local))
    name = given.word if isinstance(given, Said) else type(given).__name__
    route = f"{name}>{after.notice.code if after.notice else after.phase}"
    return Step(after, (*effects, *_kept(state, after, effects)), route)


def allowed(state: ReceivingState) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    match state.phase:
        case Phase.IDLE:
            return ("UNDO", "BENCH", "BINCNT")
        case Phase.LINES:
            return ("DONE", "REST", "HOLD", "UNDO")
        case Phase.HAND:
            return ("DONE", "COUNT", "BLOCK", "UNDO")
        case Phase.OVER:
            return ("OK", "OVER", "UNDO")
        case Phase.REASON:
            return ("NI", "UNDO", "HOLD")
        case Phase.CHECK:
            return ("OK", "UNDO", "HOLD")


def _routed(state: ReceivingState, given: Input, moment: Moment) -> Result:
    match given:
        case FoundDocument():
            return _document(state, given, moment)
        case FoundItem():
            return lines.item_scanned(state, given), ()
        case Entered(number=number):
            return lines.set_units(state, number), ()
        case Stepped(by=by):
            so_far = state.hand.qty if state.hand else 0
            return lines.set_units(state, max(0, so_far + by)), ()
        case Said(word=word):
            return _said(state, word, moment)
        case Other(raw=raw, word=word):
            return replace(state, notice=Notice("other_job", {"raw": raw, "word": word}, ask=True)), ()
        case NotFound(digits=True) if state.hand is not None and state.hand.entering:
            return replace(state, notice=Notice("barcode_as_number", {"raw": given.raw})), ()
        case NotFound():
            return _unknown(state, given), ()
        case Unreadable():
            notice = Notice("unreadable", {"raw": given.raw, "expected": given.expected, "do": given.do})
            return replace(state, notice=notice), ()


def _unknown(state: ReceivingState, given: NotFound) -> ReceivingState:
    job, hand = state.job, state.hand
    if hand is not None and hand.item.has_serial and given.apart:
        return lines.item_scanned(
            state, FoundItem(given.raw, hand.item, serial=given.text, lot=hand.lot or None)
        )
    return replace(state, notice=Notice("recv.unknown" if job else "recv.unknown_idle", {"raw": given.raw}))


def _document(state: ReceivingState, found: FoundDocument, moment: Moment) -> Result:
    transfer, job = found.transfer, state.job
    if job is not None and job.transfer.code == transfer.code:
        return replace(state, notice=Notice("recv.already_open", {"doc": transfer.code}, ask=True)), ()
    if job is not None:
        parts = {"doc": job.transfer.code, "other": transfer.code}
        return replace(state, notice=Notice("recv.other_open", parts)), ()
    if transfer.target != moment.here.site:
        parts = {"doc": transfer.code, "site": transfer.target, "own": moment.here.site}
        return replace(state, notice=Notice("recv.other_site", parts)), ()
    if found.draft is not None:
        again = lines.told_anew(found.draft, transfer, found.items)
        resumed = Notice("recv.resumed", {"doc": transfer.code}, ask=True)
        if not transfer.open:
            return replace(again, notice=Notice("recv.closed", {"doc": transfer.code})), ()
        return replace(again, notice=resumed if again.phase is Phase.LINES else None), ()
    if not transfer.open or not any(line.left or not line.here for line in transfer.lines):
        return ReceivingState(notice=Notice("recv.nothing_left", {"doc": transfer.code})), ()
    return ReceivingState(Phase.LINES, Job(transfer, dict(found.items))), ()


def _said(state: ReceivingState, word: str, moment: Moment) -> Result:
    job = state.job
    if state.phase is Phase.REASON and word in {*ANSWER_WORDS, *DIGIT_WORDS}:
        return _reason(state, ANSWER_WORDS.get(word) or int(DIGIT_WORDS[word]), moment), ()
    if word == "UNDO":
        return _undo(state, moment)
    if job is None or (state.phase is Phase.CHECK and word in DIGIT_WORDS):
        return _not_now(state, word)
    if word in DIGIT_WORDS:
        return lines.digit(state, DIGIT_WORDS[word]), ()
    return _about(state, job, word, moment)


def _about(state: ReceivingState, job: Job, word: str, moment: Moment) -> Result:
    """A word about the open document, or about what is in the hand."""
    hand, counting = state.hand, state.phase in {Phase.LINES, Phase.HAND, Phase.OVER}
    match word:
        case "OK" | "OVER" if hand is not None:
            return lines.keep(state, job, hand), ()
        case "OK" | "DONE" if state.phase is Phase.CHECK:
            return _record(job, moment)
        case "SHORT" if hand is not None and state.phase is Phase.HAND:
            return lines.keep(state, job, replace(hand, qty=0)), ()
        case "COUNT" if counting:
            return lines.start_number(state), ()
        case "BLOCK" if counting:
            return lines.damaged(state), ()
        case "DONE" if counting:
            return _finish(state, job, moment)
        case "REST" if counting:
            return _rest(state, job, moment)
        case "HOLD" | "DROP":
            return _parked(state, job)
    return _not_now(state, word)


def _not_now(state: ReceivingState, word: str) -> Result:
    return replace(state, notice=Notice("word_not_now", {"word": word, "allowed": allowed(state)})), ()


def _put_down(state: ReceivingState, job: Job) -> ReceivingState:
    """What is in the hand is kept, unless it is more than expected: that is asked for first."""
    hand = state.hand
    if hand is None:
        return state
    if state.phase is Phase.OVER:
        return replace(state, notice=Notice("recv.over_first", {"item": hand.item.name, "other": "DONE"}))
    return lines.keep(state, job, hand)


def _finish(state: ReceivingState, job: Job, moment: Moment) -> Result:
    """DONE: lines that differ get a reason each; nobody's lines stay to do."""
    kept = _put_down(state, job)
    if kept.notice is not None or kept.job is None or kept.hand is not None:
        return kept, ()
    return _summed(kept, kept.job, moment)


def _rest(state: ReceivingState, job: Job, moment: Moment) -> Result:
    """REST: what nobody touched came as the document says, where policy trusts the sender."""
    if job.transfer.source not in moment.rules.trusted:
        return replace(state, notice=Notice("recv.not_trusted", {"site": job.transfer.source})), ()
    kept = _put_down(state, job)
    if kept.notice is not None or kept.job is None or kept.hand is not None:
        return kept, ()
    job = kept.job
    whole = {line.line: Here(job.left(line)) for line in job.transfer.lines if line.line not in job.here}
    job = replace(job, here={**job.here, **{line: here for line, here in whole.items() if here.total}})
    return _summed(replace(kept, job=job), job, moment)


def _summed(state: ReceivingState, job: Job, moment: Moment) -> Result:
    if not job.here and not job.extras:
        return replace(state, notice=Notice("recv.nothing_here", {"doc": job.transfer.code})), ()
    differing = job.differing
    if not differing and not job.any_damaged:
        return _record(job, moment)
    asked = differing if moment.rules.reasons else ()
    phase = Phase.REASON if asked else Phase.CHECK
    return replace(state, phase=phase, job=replace(job, asked=asked, reasons={}), hand=None, notice=None), ()


def _reason(state: ReceivingState, number: int, moment: Moment) -> ReceivingState:
    job, known = state.job, moment.rules.reasons
    if job is None or not 1 <= number <= len(known):
        return replace(state, notice=Notice("recv.no_reason", {"most": len(known)}))
    line, *left = job.asked
    given = replace(job, asked=tuple(left), reasons={**job.reasons, line: known[number - 1][0]})
    return replace(state, phase=Phase.REASON if left else Phase.CHECK, job=given)


def _record(job: Job, moment: Moment) -> Result:
    event = events.received(job, moment)
    todo = sum(1 for line in job.transfer.lines if line.line not in job.here and job.left(line))
    saved = Received(
        event_id=event.event_id,
        code=job.transfer.code,
        units=sum(here.total for here in job.here.values()) + sum(extra.qty for extra in job.extras),
        lines=len(job.here) + len(job.extras),
        open_lines=todo,
        differing=len(job.differing),
    )
    return ReceivingState(saved=saved), (Record(event), Drop(job.job))


def _undo(state: ReceivingState, moment: Moment) -> Result:
    job = state.job
    if job is None:
        last = moment.undoable
        if last is None:
            return replace(state, notice=Notice("recv.nothing_to_undo", {}, ask=True)), ()
        undone = Notice("recv.undone", {"doc": last.code}, ask=True)
        return ReceivingState(notice=undone), (Undo(last.event_id),)
    if state.hand is not None and state.hand.entering:
        return replace(state, hand=replace(state.hand, entering=False, digits="")), ()
    if state.phase in {Phase.REASON, Phase.CHECK}:
        return _unreasoned(state, job), ()
    back = lines.taken_back(state)
    if back is not None:
        return back, ()
    if not job.here and not job.extras:
        dropped = Notice("recv.dropped", {"doc": job.transfer.code}, ask=True)
        return ReceivingState(notice=dropped), (Drop(job.job),)
    return replace(state, notice=Notice("recv.nothing_more", {"doc": job.transfer.code}, ask=True)), ()


def _unreasoned(state: ReceivingState, job: Job) -> ReceivingState:
    """The last reason is asked for again; before the first one, the document is open again."""
    if job.reasons:
        line = list(job.reasons)[-1]
        left = {key: reason for key, reason in job.reasons.items() if key != line}
        return replace(state, phase=Phase.REASON, job=replace(job, reasons=left, asked=(line, *job.asked)))
    notice = Notice("recv.open_again", {"doc": job.transfer.code}, ask=True)
    return replace(state, phase=Phase.LINES, job=replace(job, asked=()), notice=notice)


def _parked(state: ReceivingState, job: Job) -> Result:
    if not job.here and not job.extras and state.hand is None:
        dropped = Notice("recv.dropped", {"doc": job.transfer.code}, ask=True)
        return ReceivingState(notice=dropped), (Drop(job.job),)
    held = Notice("recv.held", {"doc": job.transfer.code}, ask=True)
    return ReceivingState(notice=held), (Keep(job.job, to_draft(state)),)


def _kept(before: ReceivingState, after: ReceivingState, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The draft to save: with every scan that changed the open document, unless the step drops it."""
    job = after.job
    if job is None or replace(before, notice=None) == replace(after, notice=None):
        return ()
    if any(isinstance(effect, (Keep, Drop)) and effect.job == job.job for effect in effects):
        return ()
    return (Keep(job.job, to_draft(after)),)
