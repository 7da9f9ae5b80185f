"""The screen of a review as a pure function of state and facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.money import written
from app.workflows.approvals.state import Decided, Mark, Marked, Pending, Phase, ReviewState
from app.workflows.approvals.step import QUESTIONS, REASONS
from app.workflows.bands import asking, fitted, notice_band
from app.workflows.numbers import ANSWER_WORDS
from app.workflows.texts import Texts, shorten
from app.workflows.view import (
    AnswerWork,
    Band,
    BandState,
    BenchView,
    Choice,
    Fact,
    ItemCard,
    LastAction,
    Marker,
    PinAsked,
    RequestRow,
    ReviewWork,
    Tone,
)

_NAME = 24
_MARKERS: Mapping[Mark, Marker] = {
    Mark.APPROVE: Marker.OK,
    Mark.REJECT: Marker.STOP,
    Mark.ASK: Marker.ATTENTION,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows beside the state; all texts final.

    `ages` are those of `waiting`, in its order, each with whether it is too long. `offline` says that what
    is signed waits to be sent; `two_above` from which value (minor units) a second approver is needed, by
    currency.
    """

    texts: Texts
    waiting: tuple[Pending, ...]
    ages: tuple[tuple[str, bool], ...]
    letters: bool = True
    offline: bool = False
    two_above: Mapping[str, int] | None = None
    last: LastAction | None = None

    def of(self, cause: str) -> Pending | None:
        """The request of that name."""
        return next((pending for pending in self.waiting if pending.cause == cause), None)


def draw(state: ReviewState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place."""
    return BenchView(
        band=_band(state, shown),
        work=_work(state, shown),
        job=None,
        last=shown.last,
        actions=("help", "type_code", "undo"),
        help=_help(state, shown.texts),
    )


def amount(pending: Pending) -> str:
    """What a request is worth, as `EUR 42.10`."""
    return f"{pending.currency} {written(pending.value, pending.currency)}"


def _band(state: ReviewState, shown: Shown) -> Band:
    texts, pending = shown.texts, shown.of(state.at)
    place = [entry.cause for entry in shown.waiting].index(state.at) + 1 if pending else 0
    context = texts.say("approvals.context", n=place, of=len(shown.waiting)) if pending else ""
    if state.notice is not None:
        return notice_band(state.notice, texts, context)
    name = state.holder.name if state.holder else ""
    if state.phase is Phase.SIGN:
        parts: dict[str, object] = {"n": len(state.marks), "name": name}
        return asking(texts, "lock", "approvals.sign.headline", _sent("approvals.sign.hint", shown), parts)
    if state.phase in {Phase.LOCKED, Phase.UNLOCK} and state.locked is not None:
        code = f"approvals.{state.phase}"
        parts = {"name": state.locked.name, "other": name}
        if state.phase is Phase.UNLOCK:
            return asking(texts, "lock", f"{code}.headline", f"{code}.hint", parts)
        said = (texts.say(f"{code}.headline", **parts), texts.say(f"{code}.hint", **parts))
        return fitted(BandState.ATTENTION, "lock", *said, context="", tone=Tone.ATTENTION)
    if pending is None or state.phase is not Phase.LIST:
        return _other_band(state, pending, shown)
    if state.decided is not None:
        return _decided_band(state.decided, shown, context)
    parts = {"item": shorten(pending.item.name, _NAME), "value": amount(pending), "n": len(state.marks)}
    code = (
        "approvals.all_marked"
        if state.mark_of(pending.cause) and _all_marked(state, shown)
        else ("approvals.list")
    )
    band = asking(texts, "ask", f"{code}.headline", f"{code}.hint", parts)
    return Band(band.state, band.icon, band.headline, band.hint, context, tone=band.tone)


def _all_marked(state: ReviewState, shown: Shown) -> bool:
    halves = {half.cause for half in state.halves}
    return all(state.mark_of(entry.cause) or entry.cause in halves for entry in shown.waiting)


def _other_band(state: ReviewState, pending: Pending | None, shown: Shown) -> Band:
    texts = shown.texts
    if pending is None:
        if state.decided is not None:
            return _decided_band(state.decided, shown, "")
        said = (texts.say("approvals.empty.headline"), texts.say("approvals.empty.hint"))
        return fitted(BandState.REST, "tick", *said, context="", tone=Tone.NONE)
    code = f"approvals.{state.phase}"
    return asking(texts, "ask", f"{code}.headline", f"{code}.hint", {"item": pending.item.name[:_NAME]})


def _decided_band(decided: Decided, shown: Shown, context: str) -> Band:
    texts = shown.texts
    counts = (
        ("approved", decided.approved),
        ("rejected", decided.rejected),
        ("asked", decided.asked),
        ("half", decided.half),
    )
    said = ", ".join(texts.say(f"approvals.counted.{name}", n=n) for name, n in counts if n)
    hint = texts.say(
        "approvals.decided.hint_half" if decided.half else _sent("approvals.decided.hint", shown)
    )
    head = said[:1].upper() + said[1:]
    return fitted(BandState.OK, "tick", head, hint, context=context, tone=Tone.DONE)


def _sent(code: str, shown: Shown) -> str:
    return f"{code}_offline" if shown.offline else code


def _work(state: ReviewState, shown: Shown) -> AnswerWork | ReviewWork:
    pending, texts = shown.of(state.at), shown.texts
    if pending is not None and state.phase in {Phase.REASON, Phase.QUESTION}:
        names = REASONS if state.phase is Phase.REASON else QUESTIONS
        code = "why" if state.phase is Phase.REASON else "question"
        return AnswerWork(
            item=_card(pending, shown, story=False),
            answers=tuple(
                Choice(word, texts.say(f"approvals.{code}_{name}"), key=str(number))
                for number, (word, name) in enumerate(zip(ANSWER_WORDS, names, strict=False), 1)
            ),
            answers_title=texts.say(f"approvals.{code}.title"),
            answers_hint=texts.say(f"approvals.{code}.hint"),
        )
    return _review(state, pending, shown)


def _review(state: ReviewState, pending: Pending | None, shown: Shown) -> ReviewWork:
    texts, late = shown.texts, sum(is_late for _, is_late in shown.ages)
    pin = _pin(state, shown)
    deciding = pending is not None and pin is None
    totals = {entry.currency: 0 for entry in shown.waiting}
    for entry in shown.waiting:
        totals[entry.currency] += entry.value
    return ReviewWork(
        title=texts.say("approvals.to_decide", n=len(shown.waiting)),
        late=texts.say("approvals.late", n=late) if late else "",
        total=", ".join(f"{currency} {written(worth, currency)}" for currency, worth in totals.items()),
        rows=tuple(_row(state, entry, n, shown) for n, entry in enumerate(shown.waiting)),
        note=texts.say("approvals.note"),
        empty_title=texts.say("approvals.empty.title"),
        empty_note=texts.say("approvals.empty.note"),
        item=_card(pending, shown, story=True) if pending else None,
        value=amount(pending) if pending else "",
        story=tuple(Fact(when, what) for when, what in pending.story) if pending else (),
        panel_title=texts.say("approvals.panel"),
        marked=_marked_words(state, texts) if pending else "",
        choices=_choices(state, pending, shown) if deciding and pending else (),
        pin=pin,
    )


def _choices(state: ReviewState, pending: Pending, shown: Shown) -> tuple[Choice, ...]:
    texts = shown.texts
    mark = state.mark_of(pending.cause)
    if state.phase is Phase.LOCKED:
        return (Choice("UNDO", texts.say("approvals.back"), icon="undo"),)

    def choice(word: str, name: str, icon: str, kind: Mark) -> Choice:
        letter = texts.say(f"approvals.key_{name}") if shown.letters else ""
        chosen = mark is not None and mark.mark is kind
        return Choice(word, texts.say(f"approvals.do_{name}"), icon=icon, key=letter, chosen=chosen)

    return (
        choice("OK", "approve", "tick", Mark.APPROVE),
        choice("REJECT", "reject", "cross", Mark.REJECT),
        choice("NOTE", "ask", "help", Mark.ASK),
    )


def _pin(state: ReviewState, shown: Shown) -> PinAsked | None:
    texts, holder = shown.texts, state.holder
    if not state.wants_pin or holder is None:
        return None
    unlocks = state.phase is Phase.UNLOCK
    locked = state.locked.name if state.locked else ""
    return PinAsked(
        title=texts.say("approvals.pin.title"),
        detail=texts.say(
            "approvals.pin.unlocks" if unlocks else "approvals.pin.who", name=holder.name, locked=locked
        ),
        confirm=texts.say("approvals.pin.unlock" if unlocks else "approvals.pin.confirm", n=len(state.marks)),
        note=texts.say("approvals.pin.note"),
    )


def _row(state: ReviewState, entry: Pending, n: int, shown: Shown) -> RequestRow:
    texts, mark = shown.texts, state.mark_of(entry.cause)
    half = next((half for half in state.halves if half.cause == entry.cause), None)
    now = entry.cause == state.at
    marker, word = Marker.OPEN, ""
    if mark is not None:
        marker, word = _MARKERS[mark.mark], texts.say(f"approvals.marked_{mark.mark}")
    elif half is not None:
        marker, word = Marker.ATTENTION, texts.say("approvals.second_wanted")
    elif entry.asked_again:
        marker, word = Marker.ATTENTION, texts.say("approvals.asked")
    elif now:
        marker = Marker.NOW
    age, late = shown.ages[n]
    why = ", ".join(part for part in (entry.grade, entry.why, entry.by_name) if part)
    title = f"{entry.qty} x {entry.item.name}" if entry.qty > 1 else entry.item.name
    return RequestRow(
        command=entry.label,
        marker=marker,
        title=title,
        detail=why,
        value=written(entry.value, entry.currency),
        age=age,
        word=word,
        picture=entry.photo,
        late=late,
        now=now,
    )


def _card(pending: Pending, shown: Shown, *, story: bool) -> ItemCard:
    texts = shown.texts
    mine = [
        ("label", f"{pending.label}, {pending.account.location}"),
        ("rma", pending.rma),
        ("serial", pending.account.serial or ""),
        ("grade", ", ".join(part for part in (pending.grade, pending.why) if part)),
        ("rule", pending.rule),
        ("by", f"{pending.by_name}, {pending.at}" if pending.at else pending.by_name),
        ("asked", pending.asked_again),
        ("signed", pending.signed_by),
    ]
    above = (shown.two_above or {}).get(pending.currency)
    if above is not None and pending.value > above and not pending.signed_by:
        mine.append(
            (
                "two",
                texts.say("approvals.two", above=f"{pending.currency} {written(above, pending.currency)}"),
            )
        )
    wanted = mine if story else [part for part in mine if part[0] in {"label", "grade", "by"}]
    facts = tuple(Fact(texts.say(f"approvals.fact.{name}"), value) for name, value in wanted if value)
    return ItemCard(pending.item.name, pending.item.sku, facts, pending.photo)


def _marked_words(state: ReviewState, texts: Texts) -> str:
    if not state.marks:
        return texts.say("approvals.none_marked")
    return texts.say("approvals.some_marked", n=len(state.marks), said=_counts(state.marks, texts))


def _counts(marks: Sequence[Marked], texts: Texts) -> str:
    kinds = [mark.mark for mark in marks]
    counts = ((kind, kinds.count(kind)) for kind in Mark)
    return ", ".join(texts.say(f"approvals.count_{kind}", n=n) for kind, n in counts if n)


def _help(state: ReviewState, texts: Texts) -> tuple[str, ...]:
    about = "approve_pin" if state.phase not in {Phase.LIST, Phase.REASON, Phase.QUESTION} else "approve"
    return tuple(texts.say(f"help.{about}_{n}") for n in range(1, 6))
