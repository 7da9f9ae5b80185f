"""What is shown while a supervisor decides at the operator's own screen: why, then the PIN."""

from __future__ import annotations

from app.workflows.bands import asking
from app.workflows.bench.override import ACCEPTS
from app.workflows.bench.state import BenchState, Phase
from app.workflows.numbers import ANSWER_WORDS
from app.workflows.sign_in_view import SignInWork
from app.workflows.texts import Texts, shorten
from app.workflows.view import AnswerWork, Band, Choice, Fact, ItemCard, Marker, PinAsked

_NAME = 24


def override_band(state: BenchState, texts: Texts) -> Band:
    """Who decides, and what is asked of them."""
    if state.override is None:
        raise ValueError("nobody overrides anything")
    about = "pin" if state.phase is Phase.PIN else "why"
    parts = {"name": shorten(state.override.holder.name, _NAME), "most": len(ACCEPTS)}
    icon = "lock" if state.phase is Phase.PIN else "ask"
    return asking(texts, icon, f"override.{about}.headline", f"override.{about}.hint", parts)


def override_work(state: BenchState, texts: Texts) -> AnswerWork | SignInWork:
    """The reasons by number, or the PIN with what it will say."""
    pick, over = state.pick, state.override
    if pick is None or over is None:
        raise ValueError("a supervisor decides about a unit in the hand")
    read, sold = pick.serial or "", state.expected_serial
    if state.phase is Phase.WHY:
        facts = (
            Fact(texts.say("stop.read"), read, Marker.STOP),
            Fact(texts.say("stop.expected"), sold),
        )
        return AnswerWork(
            item=ItemCard(pick.item.name, pick.item.sku, facts),
            answers=tuple(
                Choice(word, texts.say(f"override.accept_{why}"), key=str(number))
                for number, (word, why) in enumerate(zip(ANSWER_WORDS, ACCEPTS, strict=False), 1)
            ),
            answers_title=texts.say("override.why.title"),
            answers_hint=texts.say("override.why.note"),
        )
    return SignInWork(
        title=texts.say("override.pin.title", item=shorten(pick.item.name, _NAME)),
        detail=texts.say("override.pin.detail", rma=state.job.key if state.job else ""),
        icon="badge",
        notes=(
            (Marker.STOP, texts.say("override.pin.read", read=read)),
            (Marker.OPEN, texts.say("override.pin.sold", sold=sold)),
            (Marker.OPEN, texts.say("override.pin.because", why=texts.say(f"override.accept_{over.why}"))),
        ),
        choices=(Choice("UNDO", texts.say("override.back"), icon="undo"),),
        pin=PinAsked(
            title=texts.say("approvals.pin.title"),
            detail=shorten(over.holder.name, _NAME),
            confirm=texts.say("override.pin.confirm"),
            note=texts.say("approvals.pin.note"),
        ),
    )
