"""One step of a review: state and input to the next state and its effects. Pure.

Marks say what is meant; only a badge and its PIN say it. Whatever is refused leaves the marks as they were.
"""

from __future__ import annotations

from dataclasses import replace

from app.domain.approvals.people import same_person
from app.workflows.approvals.context import (
    BadgeRead,
    DigitsScanned,
    Input,
    Moment,
    Picked,
    PinRefused,
    Signed,
    Unlocked,
)
from app.workflows.approvals.drafts import to_draft
from app.workflows.approvals.halves import fits
from app.workflows.approvals.state import (
    MOST,
    WORK,
    Decided,
    Half,
    Mark,
    Marked,
    Pending,
    Phase,
    ReviewState,
)
from app.workflows.effects import Drop, Effect, Keep
from app.workflows.notice import Notice
from app.workflows.numbers import ANSWER_WORDS
from app.workflows.scanned import NotFound, Other, Said, Unreadable
from app.workflows.step import Step

REASONS = ("repair", "grade", "other_item", "vendor", "photo")
"""Why a write-off is not granted, in the order of their numbers; worded in the catalogue."""
QUESTIONS = ("photo", "grade", "serial", "talk")
"""What is asked again about a request, in the order of their numbers."""
_CHANGED = Notice("approvals.half_changed")


def advance(state: ReviewState, given: Input, moment: Moment) -> Step[ReviewState]:
    """The next step for any input in any phase."""
    calm = replace(settled(state, moment), notice=None)
    after = _routed(calm, given, moment)
    if after.notice is None and outgrown(state, moment):
        after = replace(after, notice=_CHANGED)
    name = given.word if isinstance(given, Said) else type(given).__name__
    route = f"{name}>{after.notice.code if after.notice else after.phase}"
    return Step(after, _kept(state, after), route)


def settled(state: ReviewState, moment: Moment) -> ReviewState:
    """Without marks on requests that wait no more; with a request in the hand while any waits.

    A first signature on other units or another value than wait now is dropped, with the mark that would sign
    it a second time, and the screen says so.
    """
    here = {pending.cause for pending in moment.waiting}
    changed = {half.cause for half in outgrown(state, moment)}
    marks = tuple(mark for mark in state.marks if mark.cause in here - changed)
    halves = tuple(half for half in state.halves if half.cause in here - changed)
    at = state.at if state.at in here else _next(moment, marks, halves)
    calm = replace(state, at=at, marks=marks, halves=halves)
    if not changed:
        return calm
    if state.phase is Phase.SIGN:
        calm = replace(calm, phase=Phase.LIST, holder=None)
    return replace(calm, notice=state.notice or _CHANGED)


def outgrown(state: ReviewState, moment: Moment) -> tuple[Half, ...]:
    """First signatures on requests that are not any more what was signed."""
    waiting = {pending.cause: pending for pending in moment.waiting}
    return tuple(
        half for half in state.halves if half.cause in waiting and not fits(half, waiting[half.cause])
    )


def allowed(state: ReviewState) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    if state.phase in {Phase.REASON, Phase.QUESTION}:
        return ("NI", "UNDO")
    if state.phase is not Phase.LIST or not state.at:
        return ("UNDO", "BENCH")
    return ("OK", "REJECT", "NOTE", "UNDO")


def _routed(state: ReviewState, given: Input, moment: Moment) -> ReviewState:
    match given:
        case Picked(cause=cause):
            if moment.of(cause) is None:
                return replace(state, notice=Notice("approvals.gone", {}, ask=True))
            return replace(state, phase=Phase.LIST, at=cause, holder=None, decided=None)
        case BadgeRead():
            return _badge(state, given, moment)
        case DigitsScanned():
            return replace(state, notice=Notice("approvals.scan_is_no_pin"))
        case PinRefused():
            return _refused(state, given)
        case Signed(decided=decided, halves=halves):
            done = replace(state, phase=Phase.LIST, marks=(), halves=halves, holder=None, decided=decided)
            return replace(done, at=_next(moment, (), halves))
        case Unlocked(holder=holder):
            notice = Notice("approvals.unlocked", {"name": holder.name}, ask=True)
            return replace(state, phase=Phase.LIST, holder=None, locked=None, notice=notice)
        case Said(word=word):
            return _said(state, word, moment)
        case NotFound(raw=raw):
            return replace(state, notice=Notice("approvals.unknown", {"raw": raw}))
        case Other(raw=raw, word=word):
            return replace(state, notice=Notice("other_job", {"raw": raw, "word": word}, ask=True))
        case Unreadable():
            notice = Notice("unreadable", {"raw": given.raw, "expected": given.expected, "do": given.do})
            return replace(state, notice=notice)


def _said(state: ReviewState, word: str, moment: Moment) -> ReviewState:
    if word == "UNDO":
        return _undo(state, moment)
    if state.phase in {Phase.REASON, Phase.QUESTION} and word in ANSWER_WORDS:
        return _answered(state, ANSWER_WORDS[word], moment)
    if state.phase in {Phase.LIST, Phase.REASON, Phase.QUESTION}:
        pending = moment.of(state.at)
        if word in {"OK", "REJECT", "NOTE"} and pending is not None:
            return _decide(replace(state, decided=None), word, pending, moment)
        if word == "DONE" and state.marks:
            return replace(state, notice=Notice("approvals.badge_wanted", {"n": len(state.marks)}, ask=True))
    if word in {"HOLD", "DROP"}:
        return replace(state, phase=Phase.LIST, holder=None, locked=None)
    return replace(state, notice=Notice("word_not_now", {"word": word, "allowed": allowed(state)}))


def _decide(state: ReviewState, word: str, pending: Pending, moment: Moment) -> ReviewState:
    if len(state.marks) >= MOST and state.mark_of(pending.cause) is None:
        return replace(state, notice=Notice("approvals.full", {"most": MOST}))
    half = next((half for half in state.halves if half.cause == pending.cause), None)
    if half is not None and word != "OK":
        return replace(state, notice=Notice("approvals.half_signed", {"name": half.by}))
    if word == "REJECT":
        return replace(state, phase=Phase.REASON)
    if word == "NOTE":
        return replace(state, phase=Phase.QUESTION)
    return _marked(state, Marked(pending.cause, Mark.APPROVE), moment)


def _answered(state: ReviewState, number: int, moment: Moment) -> ReviewState:
    rejects = state.phase is Phase.REASON
    offered = REASONS if rejects else QUESTIONS
    if number > len(offered):
        return replace(state, notice=Notice("approvals.no_such", {"number": number, "most": len(offered)}))
    mark = Mark.REJECT if rejects else Mark.ASK
    return _marked(state, Marked(state.at, mark, offered[number - 1]), moment)


def _marked(state: ReviewState, mark: Marked, moment: Moment) -> ReviewState:
    marks = (*(old for old in state.marks if old.cause != mark.cause), mark)
    at = _next(moment, marks, (), after=mark.cause) or mark.cause
    return replace(state, phase=Phase.LIST, marks=marks, at=at)


def _undo(state: ReviewState, moment: Moment) -> ReviewState:
    """One step back: out of a question or the PIN, or the mark in the hand, or the newest one."""
    if state.phase is not Phase.LIST:
        return replace(state, phase=Phase.LIST, holder=None, locked=None)
    last = state.mark_of(state.at) or (state.marks[-1] if state.marks else None)
    if last is not None:
        marks = tuple(mark for mark in state.marks if mark != last)
        return replace(state, marks=marks, at=last.cause)
    if any(half.cause == state.at for half in state.halves):
        halves = tuple(half for half in state.halves if half.cause != state.at)
        return replace(state, halves=halves, notice=Notice("approvals.half_dropped"))
    code = "approvals.signed_stays" if moment.waiting or state.decided else "approvals.nothing_to_undo"
    return replace(state, notice=Notice(code, {}, ask=True))


def _badge(state: ReviewState, given: BadgeRead, moment: Moment) -> ReviewState:
    holder = given.holder
    if holder is None:
        return replace(state, notice=Notice("approvals.badge_unknown"))
    if state.phase in {Phase.LOCKED, Phase.UNLOCK} and state.locked is not None:
        if same_person(holder.code, state.locked.code):
            notice = Notice("approvals.locked_other", {"name": holder.name}, ask=True)
            return replace(state, phase=Phase.LOCKED, holder=None, notice=notice)
        return replace(state, phase=Phase.UNLOCK, holder=holder)
    if given.locked:
        return replace(state, phase=Phase.LOCKED, locked=holder, holder=None)
    if not state.marks:
        return replace(state, notice=Notice("approvals.mark_first", {"name": holder.name}, ask=True))
    if own := own_requests(state, holder.code, moment):
        notice = Notice("approvals.own", {"name": holder.name, "n": len(own)})
        return replace(state, phase=Phase.LIST, at=own[0].cause, holder=None, notice=notice)
    if any(same_person(half.by, holder.code) for half in state.halves):
        again = any(state.mark_of(half.cause) for half in state.halves if same_person(half.by, holder.code))
        code = "approvals.same_person" if again else "approvals.second_first"
        return replace(state, phase=Phase.LIST, holder=None, notice=Notice(code, {"name": holder.name}))
    return replace(state, phase=Phase.SIGN, holder=holder)


def _refused(state: ReviewState, given: PinRefused) -> ReviewState:
    holder = state.holder
    parts = {
        "name": holder.name if holder else "",
        "seconds": given.seconds,
        "left": given.left,
        "detail": given.detail,
    }
    notice = Notice(given.code, parts)
    if given.locked and holder is not None:
        notice = Notice("approval.locked", parts)
        return replace(state, phase=Phase.LOCKED, locked=holder, holder=None, notice=notice)
    if given.code in {"approval.pin", "approval.wait", "approval.closed", "pin.empty"}:
        return replace(state, notice=notice)
    return replace(state, phase=Phase.LIST, holder=None, notice=notice)


def own_requests(state: ReviewState, code: str, moment: Moment) -> tuple[Pending, ...]:
    """Requests of the list whose work an approver did: nobody decides on their own."""
    found = (moment.of(mark.cause) for mark in state.marks)
    return tuple(pending for pending in found if pending is not None and same_person(code, pending.by))


def signed_summary(state: ReviewState, name: str, at: str, half: int) -> Decided:
    """What a list comes to once it is signed."""
    kinds = [mark.mark for mark in state.marks]
    return Decided(
        name,
        approved=kinds.count(Mark.APPROVE) - half,
        rejected=kinds.count(Mark.REJECT),
        asked=kinds.count(Mark.ASK),
        half=half,
        at=at,
    )


def _next(moment: Moment, marks: tuple[Marked, ...], halves: tuple[Half, ...], after: str = "") -> str:
    """The request to look at next: the first without a mark behind `after`, then from the top."""
    done = {mark.cause for mark in marks} | {half.cause for half in halves}
    causes = [pending.cause for pending in moment.waiting]
    start = causes.index(after) + 1 if after in causes else 0
    turned = (*causes[start:], *causes[:start])
    return next((cause for cause in turned if cause not in done), causes[0] if causes and not after else "")


def _kept(before: ReviewState, after: ReviewState) -> tuple[Effect, ...]:
    """The draft to save whenever marks or first signatures changed; nothing of a badge or a PIN is in it."""
    if (before.marks, before.halves) == (after.marks, after.halves):
        return ()
    if not after.marks and not after.halves:
        return (Drop(WORK),)
    return (Keep(WORK, to_draft(after)),)
