"""Signing in by badge and PIN where people are set up: who comes in, over whose job, and what becomes of it.

Pure. A turn names the deeds that the station records, each as an event of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from app.workflows.notice import Notice
from app.workflows.session.state import Holder, Phase, SessionState
from app.workflows.session.step import LOCK, SIGN_OUT

PARK, TAKE_OVER = "HOLD", "SHIFT"
_BACK = frozenset({"UNDO", "DROP"})
_PARKS = frozenset({PARK, "NI"})
_TAKES_OVER = frozenset({TAKE_OVER, "NII"})


class Deed(StrEnum):
    """What happens to the session besides the state."""

    LOCK = "lock"
    END = "end"
    UNLOCK = "unlock"
    START = "start"
    PARK_AND_START = "park_and_start"
    TAKE_OVER = "take_over"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a step needs to know: whose session it is or was last, and whether a job is open under it."""

    person: str
    job: bool


@dataclass(frozen=True, slots=True)
class Came:
    """A badge; nobody's, or one that may not come in, for the reason in `refused`."""

    holder: Holder | None
    refused: Notice | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What follows an input: state, deed, what is said over the open job, and who came in from where."""

    state: SessionState
    deed: Deed | None = None
    over: Notice | None = None
    who: Holder | None = None
    came: Phase = Phase.OPEN


def badge(state: SessionState, came: Came, facts: Facts) -> Move:
    """A badge under the scanner, in any phase."""
    holder, start = came.holder, state.came if state.phase in {Phase.PIN, Phase.SWITCH} else state.phase
    if holder is None or came.refused is not None:
        notice = came.refused or Notice("session.badge_unknown")
        return Move(state, over=notice) if start is Phase.OPEN and not state.closed else _say(state, notice)
    if start is Phase.OPEN and holder.code == facts.person:
        return Move(SessionState(), over=Notice("session.already", {"name": holder.name}, ask=True))
    if holder.pin:
        return Move(SessionState(Phase.PIN, None, holder, start))
    return proved(SessionState(start, None, holder, start), facts)


def proved(state: SessionState, facts: Facts) -> Move:
    """It is who the badge says; whose job is open here is asked about, unless it is their own."""
    if state.who is None:
        raise AssertionError("nobody came in")
    if state.who.code == facts.person:
        deed = Deed.UNLOCK if state.came is Phase.LOCKED else Deed.START
        return Move(SessionState(), deed, None, state.who, state.came)
    if facts.job:
        return Move(SessionState(Phase.SWITCH, None, state.who, state.came))
    return Move(SessionState(), Deed.START, None, state.who, state.came)


def word(state: SessionState, said: str) -> Move | None:
    """A word of the mat, a key or a touch; None for one that is for the job in front."""
    if said == LOCK and state.phase is Phase.OPEN:
        return Move(SessionState(Phase.LOCKED), Deed.LOCK)
    if said == SIGN_OUT and state.phase in {Phase.OPEN, Phase.LOCKED}:
        return Move(SessionState(Phase.OUT), Deed.END)
    if not state.closed:
        return None
    if state.phase in {Phase.PIN, Phase.SWITCH} and said in _BACK:
        return Move(SessionState(state.came))
    if state.phase is Phase.SWITCH and said in _PARKS:
        return Move(SessionState(), Deed.PARK_AND_START, None, state.who, state.came)
    if state.phase is Phase.SWITCH and said in _TAKES_OVER:
        return Move(SessionState(), Deed.TAKE_OVER, None, state.who, state.came)
    if said in {LOCK, SIGN_OUT}:
        return Move(replace(state, notice=None))
    return _say(
        state, Notice("session.switch_first" if state.phase is Phase.SWITCH else "session.badge_first")
    )


def _say(state: SessionState, notice: Notice) -> Move:
    return Move(replace(state, notice=notice))
