"""Examples of closed screens, drawn by the workflow itself."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.session.screen import Shown, draw
from app.workflows.session.state import Phase, SessionState
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
    return Screen(draw(SessionState(Phase.LOCKED), Shown(texts(), "Ana K.", _job())), ONLINE)


def locked_offline() -> Screen:
    """The same without the centre."""
    return Screen(draw(SessionState(Phase.LOCKED), Shown(texts(), "Ana K.", _job())), OFFLINE)


def signed_out() -> Screen:
    """Signed out, nothing open."""
    status = replace(ONLINE, person=texts().say("session.nobody"))
    return Screen(draw(SessionState(Phase.OUT), Shown(texts(), "Ana K.")), status)
