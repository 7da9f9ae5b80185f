"""One step of a session: what a word or a scan does to it, and which events that is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.event import EventKind
from app.workflows.notice import Notice
from app.workflows.session.state import Phase, SessionState

LOCK, SIGN_OUT = "LOCK", "OUT"
_GOES_ON = "OK"
_BACK = {Phase.LOCKED: EventKind.SESSION_UNLOCKED, Phase.OUT: EventKind.SESSION_STARTED}


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows: the state, the event to record with it, and what is then said over the open job."""

    state: SessionState
    event: EventKind | None = None
    over: Notice | None = None


def leaves(state: SessionState, word: str) -> Turn | None:
    """What LOCK and SIGN OUT do; None for a word that is none of the session's, or changes nothing."""
    if word == LOCK and state.phase is Phase.OPEN:
        return Turn(SessionState(Phase.LOCKED), EventKind.SESSION_LOCKED)
    if word == SIGN_OUT and state.phase is not Phase.OUT:
        return Turn(SessionState(Phase.OUT), EventKind.SESSION_ENDED)
    return None


def comes_back(state: SessionState, word: str) -> Turn:
    """What a key, a touch or a scan does to a closed session where nobody is set up to sign in.

    Anything opens it, since nobody could be told apart. What was scanned meanwhile is not counted, and that
    is said: whoever scanned did not see the job.
    """
    turn = leaves(state, word)
    if turn is not None:
        return turn
    if word in {LOCK, SIGN_OUT}:
        return Turn(replace(state, notice=None))
    over = None if word == _GOES_ON else Notice("session.only_opened")
    return Turn(SessionState(), _BACK[state.phase], over)
