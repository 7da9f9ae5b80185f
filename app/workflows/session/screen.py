"""The screen of a closed session as a pure function of state and facts."""

from __future__ import annotations

from dataclasses import dataclass

from app.workflows.bands import asking, notice_band
from app.workflows.session.state import Phase, SessionState
from app.workflows.sign_in_view import SignInWork
from app.workflows.texts import Texts, shorten
from app.workflows.view import BenchView, Choice, JobPanel, Marker

_NAME = 24


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows beside the state; `name` is whose session it is, `job` what is open under it."""

    texts: Texts
    name: str
    job: JobPanel | None = None


def draw(state: SessionState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place."""
    texts, code = shown.texts, f"session.{state.phase}"
    parts = {"name": shorten(shown.name, _NAME)}
    band = (
        asking(texts, "lock", f"{code}.headline", f"{code}.hint", parts)
        if state.notice is None
        else notice_band(state.notice, texts, "")
    )
    return BenchView(
        band=band,
        work=_work(state, shown),
        job=None,
        last=None,
        actions=("help",),
        help=tuple(texts.say(f"help.session_{n}") for n in range(1, 6)),
    )


def _work(state: SessionState, shown: Shown) -> SignInWork:
    texts, code = shown.texts, f"session.{state.phase}"
    choices = [Choice("OK", texts.say(f"{code}.go_on"), icon="tick", proposed=True)]
    if state.phase is Phase.LOCKED:
        choices.append(Choice("OUT", texts.say("session.sign_out"), icon="user", key=texts.word("OUT")))
    return SignInWork(
        title=texts.say(f"{code}.title", name=shorten(shown.name, _NAME)),
        detail=texts.say("session.nobody_set_up"),
        icon="lock" if state.phase is Phase.LOCKED else "user",
        notes=(_kept(shown),),
        choices=tuple(choices),
        any_key=True,
    )


def _kept(shown: Shown) -> tuple[Marker, str]:
    texts, job = shown.texts, shown.job
    if job is None:
        return Marker.OK, texts.say("session.nothing_open")
    said = ", ".join(part for part in (job.code, job.progress) if part)
    return Marker.OPEN, texts.say("session.open_here", job=said)
