"""What is shown while a supervisor decides at the operator's own screen: badge, choice, why, the PIN."""

from __future__ import annotations

from collections.abc import Mapping

from app.workflows.bands import asking
from app.workflows.bench.otherwise import Way, ways
from app.workflows.bench.override import Override
from app.workflows.bench.shown import Shown
from app.workflows.bench.state import BenchState, Phase
from app.workflows.numbers import ANSWER_WORDS
from app.workflows.sign_in_view import SignInWork
from app.workflows.texts import Texts, shorten
from app.workflows.view import AnswerWork, Band, Choice, Fact, ItemCard, Marker, PinAsked, WaitWork

OVERRIDES = frozenset({Phase.BADGE, Phase.CHOICE, Phase.WHY, Phase.PIN})
"""The phases that belong to a supervisor."""
_NAME = 24
_ICONS: Mapping[Phase, str] = {Phase.BADGE: "badge", Phase.PIN: "lock"}


def override_band(state: BenchState, shown: Shown) -> Band:
    """Who decides, and what is asked of them."""
    over, texts = _over(state), shown.texts
    code = f"override.{state.phase}{'' if over.unit is None else '_unit'}"
    offered = ways(shown.policy, over.unit) if over.unit and state.phase is Phase.CHOICE else over.reasons
    parts = {
        "name": shorten(over.name, _NAME),
        "item": shorten(over.unit.item.name, _NAME) if over.unit else "",
        "most": len(offered),
    }
    return asking(texts, _ICONS.get(state.phase, "ask"), f"{code}.headline", f"{code}.hint", parts)


def override_work(state: BenchState, shown: Shown) -> WaitWork | AnswerWork | SignInWork:
    """The badge that is waited for, what may be chosen by number, or the PIN with what it will say."""
    over, texts = _over(state), shown.texts
    match state.phase:
        case Phase.BADGE:
            back = Choice("UNDO", texts.say("override.back"), icon="undo")
            detail = texts.say("override.badge_unit.detail")
            return WaitWork(texts.say("override.badge_unit.title"), detail, (back,), icon="badge")
        case Phase.CHOICE if over.unit is not None:
            return AnswerWork(
                item=_card(state, over, texts),
                answers=tuple(
                    _offered(word, number, way, texts)
                    for number, (word, way) in enumerate(
                        zip(ANSWER_WORDS, ways(shown.policy, over.unit), strict=False), 1
                    )
                ),
                answers_title=texts.say("override.choice_unit.title"),
                answers_hint=texts.say("override.choice_unit.note"),
            )
        case Phase.WHY:
            kind = "why" if over.unit is None else "why_unit"
            return AnswerWork(
                item=_card(state, over, texts),
                answers=tuple(
                    Choice(word, texts.say(over.reason_code(why)), key=str(number))
                    for number, (word, why) in enumerate(zip(ANSWER_WORDS, over.reasons, strict=False), 1)
                ),
                answers_title=texts.say(f"override.{kind}.title"),
                answers_hint=texts.say(f"override.{kind}.note"),
            )
    return _pin(state, over, shown)


def _over(state: BenchState) -> Override:
    if state.override is None:
        raise ValueError("nobody overrides anything")
    return state.override


def _offered(word: str, number: int, way: Way, texts: Texts) -> Choice:
    place = texts.say("override.goes", place=way.outcome.place)
    detail = texts.say("override.limit", rule=way.blocked) if way.blocked else place
    return Choice(word, way.outcome.caption, detail, key=str(number), enabled=not way.blocked)


def _card(state: BenchState, over: Override, texts: Texts) -> ItemCard:
    unit, pick = over.unit, state.pick
    facts: tuple[Fact, ...]
    if unit is not None:
        facts = (
            Fact(texts.say("approvals.fact.label"), unit.label),
            Fact(texts.say("card.now"), unit.account.location),
            Fact(texts.say("approvals.fact.grade"), unit.account.grade or "-"),
        )
        return ItemCard(unit.item.name, unit.item.sku, facts)
    if pick is None:
        raise ValueError("a supervisor decides about a unit in the hand")
    facts = (
        Fact(texts.say("stop.read"), pick.serial or "", Marker.STOP),
        Fact(texts.say("stop.expected"), state.expected_serial),
    )
    return ItemCard(pick.item.name, pick.item.sku, facts)


def _pin(state: BenchState, over: Override, shown: Shown) -> SignInWork:
    texts = shown.texts
    because = (Marker.OPEN, texts.say("override.because", why=texts.say(over.reason_code(over.why))))
    if over.unit is not None:
        known = (one for one in shown.policy.outcomes if one.disposition == over.disposition)
        # Another policy may have come meanwhile; the PIN is refused then.
        outcome = next(known, None)
        goes = outcome.place if outcome is not None else over.disposition
        kind, name = "pin_unit", over.unit.item.name
        notes = (
            (Marker.OPEN, texts.say("override.pin_unit.was", place=over.unit.account.location)),
            (Marker.NOW, texts.say("override.pin_unit.goes", place=goes)),
            because,
        )
        parts = {"outcome": outcome.caption if outcome is not None else over.disposition}
    else:
        kind, name = "pin", state.pick.item.name if state.pick else ""
        notes = (
            (
                Marker.STOP,
                texts.say("override.pin.read", read=(state.pick.serial if state.pick else "") or ""),
            ),
            (Marker.OPEN, texts.say("override.pin.sold", sold=state.expected_serial)),
            because,
        )
        parts = {"rma": state.job.key if state.job else ""}
    return SignInWork(
        title=texts.say(f"override.{kind}.title", item=shorten(name, _NAME), **parts),
        detail=texts.say(f"override.{kind}.detail", **parts),
        icon="badge",
        notes=notes,
        choices=(Choice("UNDO", texts.say("override.back"), icon="undo"),),
        pin=PinAsked(
            title=texts.say("approvals.pin.title"),
            detail=shorten(over.name, _NAME),
            confirm=texts.say(f"override.{kind}.confirm"),
            note=texts.say("approvals.pin.note"),
        ),
    )
