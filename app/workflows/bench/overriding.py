"""A supervisor at a red stop: badge, reason, PIN; then the unit goes on with its serial on the line.

Only the PIN says anything: until it opened the supervisor's key every way back leaves the stop as it was.
"""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench import events
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inputs import DigitsScanned, OverrideSigned, Overriding, PinRefused, SupervisorRead
from app.workflows.bench.mat import ANSWER_WORDS
from app.workflows.bench.override import ACCEPTS, Accepted, Override
from app.workflows.bench.state import BenchState, Notice, Phase
from app.workflows.effects import Record, Undo

_STAYS = frozenset({"approval.pin", "approval.wait", "approval.closed", "pin.empty"})
# Refusals with words of their own; the others say what the station read and what it expected.
_WORDED = _STAYS | {"approval.locked", "approval.own_work"}


def override_step(state: BenchState, given: Overriding, moment: Moment) -> Result:
    """What a badge, or what came of a PIN, does to a stop or to an override that is under way."""
    match given:
        case SupervisorRead():
            return _badge(state, given), ()
        case DigitsScanned():
            return replace(state, notice=Notice("approvals.scan_is_no_pin")), ()
        case PinRefused():
            return _refused(state, given), ()
        case OverrideSigned():
            return _accepted(state, given, moment)


def override_said(state: BenchState, word: str, moment: Moment) -> Result:
    """A word while a supervisor decides: a reason, or the way back."""
    if word == "UNDO":
        return stepped_back(replace(state, notice=None)), ()
    if state.phase is Phase.WHY and word in ANSWER_WORDS and state.override is not None:
        number = ANSWER_WORDS[word]
        if number > len(ACCEPTS):
            parts = {"number": number, "most": len(ACCEPTS)}
            return replace(state, notice=Notice("approvals.no_such", parts)), ()
        said = replace(state.override, why=ACCEPTS[number - 1])
        return replace(state, phase=Phase.PIN, override=said, notice=None), ()
    return not_now(state, word, moment.policy)


def stepped_back(state: BenchState) -> BenchState:
    """The supervisor steps back: from the PIN to the reason, from there to the stop as it was."""
    if state.phase is Phase.PIN and state.override is not None:
        return replace(state, phase=Phase.WHY, override=replace(state.override, why=""))
    return left(state)


def left(state: BenchState) -> BenchState:
    """The stop as it was, without the supervisor."""
    return replace(state, phase=Phase.STOP, override=None) if state.override is not None else state


def word_undone(state: BenchState) -> Result:
    """UNDO right after a serial was accepted: a counter-event takes the word back, and the stop is there."""
    pick = state.pick
    if pick is None or pick.accepted is None:
        raise ValueError("no serial was accepted")
    stopped = replace(pick, accepted=None)
    after = replace(state, phase=Phase.STOP, pick=stopped, expected_serial=pick.accepted.instead_of)
    return after, (Undo(pick.accepted.event_id),)


def _badge(state: BenchState, given: SupervisorRead) -> BenchState:
    holder = given.holder
    if holder is None:
        return replace(state, notice=Notice("approvals.badge_unknown"))
    if given.refusal is not None:
        return replace(state, notice=_notice(given.refusal, holder.name))
    over = state.override
    if over is None:
        return replace(state, phase=Phase.WHY, override=Override(holder), notice=None)
    return replace(state, override=replace(over, holder=holder), notice=None)


def _refused(state: BenchState, given: PinRefused) -> BenchState:
    name = state.override.holder.name if state.override else ""
    after = state if given.code in _STAYS and not given.locked else left(state)
    return replace(after, notice=_notice(given, name))


def _notice(no: PinRefused, name: str) -> Notice:
    parts = {"name": name, "seconds": no.seconds, "left": no.left, "detail": no.detail}
    if no.code == "pin.empty":
        return Notice("pin.empty")
    code = "locked" if no.locked else no.code.removeprefix("approval.") if no.code in _WORDED else "refused"
    return Notice(f"override.{code}", parts)


def _accepted(state: BenchState, given: OverrideSigned, moment: Moment) -> Result:
    pick, over = state.pick, state.override
    if pick is None or over is None:
        raise ValueError("nothing was signed about a unit in the hand")
    word = Accepted(
        event_id=given.event.event_id,
        by=over.holder.code,
        by_name=over.holder.name,
        reason=given.reason,
        instead_of=state.expected_serial,
        sold=events.expected_serials(state.job, pick),
    )
    phase = Phase.LOT if pick.item.has_lot and not pick.lot else Phase.GRADE
    unit = replace(pick, accepted=word, policy_ver=moment.policy.version)
    after = replace(state, phase=phase, pick=unit, expected_serial="", override=None, notice=None)
    return after, (Record(given.event),)
