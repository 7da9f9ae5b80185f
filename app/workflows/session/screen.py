"""The screen of a closed session as a pure function of state and facts."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.bands import asking, notice_band
from app.workflows.session.state import Phase, SessionState
from app.workflows.sign_in_view import SignInWork
from app.workflows.texts import Texts, shorten
from app.workflows.view import BenchView, Choice, JobPanel, Marker, PinAsked

_NAME = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows beside the state; `name` is whose session it is, `job` what is open under it.

    `guarded` where people are set up to sign in.
    """

    texts: Texts
    name: str
    job: JobPanel | None = None
    guarded: bool = False


def draw(state: SessionState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place."""
    texts, code, parts = shown.texts, _code(state, shown), _parts(state, shown)
    icon = "badge" if shown.guarded and state.phase is Phase.OUT else "lock"
    band = (
        asking(texts, icon, f"{code}.headline", f"{code}.hint", parts)
        if state.notice is None
        else notice_band(state.notice, texts, "")
    )
    about = "sign_in" if shown.guarded else "session"
    return BenchView(
        band=band,
        work=_work(state, shown),
        job=None,
        last=None,
        actions=("help",),
        help=tuple(texts.say(f"help.{about}_{n}") for n in range(1, 6)),
    )


def _code(state: SessionState, shown: Shown) -> str:
    guarded = shown.guarded and state.phase in {Phase.LOCKED, Phase.OUT}
    return f"session.{state.phase}{'_badge' if guarded else ''}"


def _parts(state: SessionState, shown: Shown) -> dict[str, object]:
    who = shorten(state.who.name, _NAME) if state.who else ""
    job = shown.job.code if shown.job else shown.texts.say("session.a_job")
    return {"name": shorten(shown.name, _NAME), "who": who, "job": shorten(job, _NAME)}


def _work(state: SessionState, shown: Shown) -> SignInWork:
    texts, code, parts = shown.texts, _code(state, shown), _parts(state, shown)
    icons = {Phase.OUT: "badge" if shown.guarded else "user", Phase.SWITCH: "user"}
    return SignInWork(
        title=texts.say(f"{code}.title", **parts),
        detail=texts.say(f"{code}.detail" if shown.guarded else "session.nobody_set_up", **parts),
        icon=icons.get(state.phase, "lock"),
        notes=(_kept(shown),),
        choices=_choices(state, shown),
        any_key=not shown.guarded,
        pin=_pin(state, shown),
    )


def _choices(state: SessionState, shown: Shown) -> tuple[Choice, ...]:
    texts = shown.texts
    back = Choice("UNDO", texts.say("session.back"), icon="undo")
    out = Choice("OUT", texts.say("session.sign_out"), icon="user", key=texts.word("OUT"))
    match state.phase:
        case Phase.SWITCH:
            return (
                Choice("HOLD", texts.say("session.park"), icon="hold", key="1"),
                Choice("SHIFT", texts.say("session.take_over"), icon="user", key="2"),
                back,
            )
        case Phase.PIN:
            return (back,)
        case _ if shown.guarded:
            return (out,) if state.phase is Phase.LOCKED else ()
        case _:
            go_on = texts.say(f"session.{state.phase}.go_on")
            others = (out,) if state.phase is Phase.LOCKED else ()
            return (Choice("OK", go_on, icon="tick", proposed=True), *others)


def _pin(state: SessionState, shown: Shown) -> PinAsked | None:
    if not state.wants_pin or state.who is None:
        return None
    texts = shown.texts
    return PinAsked(
        title=texts.say("session.pin.ask"),
        detail=shorten(state.who.name, _NAME),
        confirm=texts.say("session.pin.confirm"),
        note=texts.say("approvals.pin.note"),
    )


def _kept(shown: Shown) -> tuple[Marker, str]:
    texts, job = shown.texts, shown.job
    if job is None:
        return Marker.OK, texts.say("session.nothing_open")
    said = ", ".join(part for part in (job.code, job.progress) if part)
    return Marker.OPEN, texts.say("session.open_here", job=said)
