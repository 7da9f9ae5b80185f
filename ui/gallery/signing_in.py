"""Examples of closed screens, drawn by the workflow itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from app.workflows.notice import Notice
from app.workflows.session.screen import Shown, draw
from app.workflows.session.state import Holder, Phase, SessionState
from app.workflows.view import JobPanel, Screen
from ui.gallery.asking import question
from ui.gallery.content import OFFLINE, ONLINE
from ui.gallery.counting import texts


def _job() -> JobPanel:
    job = question().bench.job
    if job is None:
        raise LookupError("the example of a question lacks its return")
    return job


def locked() -> Screen:
    """Locked over a running return, where nobody is set up to sign in."""
    return Screen(draw(SessionState(Phase.LOCKED), Shown(texts(), "Noor H.", _job())), ONLINE)


def locked_offline() -> Screen:
    """The same without the centre."""
    return Screen(draw(SessionState(Phase.LOCKED), Shown(texts(), "Noor H.", _job())), OFFLINE)


def signed_out() -> Screen:
    """Signed out, nothing open."""
    status = replace(ONLINE, person=texts().say("session.nobody"))
    return Screen(draw(SessionState(Phase.OUT), Shown(texts(), "Noor H.")), status)


_DANA = Holder("dana", "Dana R.", pin=True)


def _guarded(state: SessionState, job: JobPanel | None = None) -> Screen:
    status = replace(ONLINE, person=texts().say("session.nobody")) if job is None else ONLINE
    return Screen(draw(state, Shown(texts(), "Noor H.", job, guarded=True)), status)


def locked_badge() -> Screen:
    """Locked where people sign in."""
    return _guarded(SessionState(Phase.LOCKED), _job())


def sign_in() -> Screen:
    """Nobody is signed in."""
    return _guarded(SessionState(Phase.OUT))


def unknown() -> Screen:
    """A badge that nobody here has."""
    return _guarded(SessionState(Phase.OUT, Notice("session.badge_unknown")))


def pin_wanted() -> Screen:
    """The badge was read: the PIN is asked for."""
    return _guarded(SessionState(Phase.PIN, None, _DANA, Phase.OUT))


def switching() -> Screen:
    """Somebody else's badge over an open return."""
    return _guarded(SessionState(Phase.SWITCH, None, _DANA, Phase.OPEN), _job())


def examples() -> Mapping[str, Screen]:
    """Every one by its name."""
    return {
        "locked": locked(),
        "locked-offline": locked_offline(),
        "signed-out": signed_out(),
        "locked-badge": locked_badge(),
        "sign-in": sign_in(),
        "sign-in-unknown": unknown(),
        "sign-in-pin": pin_wanted(),
        "sign-in-switch": switching(),
    }
