"""A supervisor at the operator's own screen: badge, choice, reason, PIN.

At a red stop the unit then goes on with its serial on the line; a unit that was saved goes where the
supervisor says. Only the PIN says anything: until it opened the supervisor's key every way back leaves the
screen as it was.
"""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench import events
from app.workflows.bench.allowed import Result, not_now
from app.workflows.bench.context import Moment
from app.workflows.bench.inputs import (
    DigitsScanned,
    Otherwise,
    OverrideSigned,
    Overriding,
    PinRefused,
    SupervisorRead,
)
from app.workflows.bench.mat import ANSWER_WORDS, DISPOSITION_WORDS
from app.workflows.bench.otherwise import Way, label_document, saved_otherwise, ways
from app.workflows.bench.override import Accepted, Override
from app.workflows.bench.state import BenchState, Notice, Phase
from app.workflows.effects import Drop, Print, Record, Undo

_STAYS = frozenset({"approval.pin", "approval.wait", "approval.closed", "pin.empty"})
# Refusals that mean the same whoever decides.
_PLAIN = frozenset({"pin.empty", "override.no_unit"})
# Refusals with words of their own; the others say what the station read and what it expected.
_WORDED = _STAYS | {"approval.locked", "approval.own_work"}


def override_step(state: BenchState, given: Overriding, moment: Moment) -> Result:
    """What a badge, or what came of a PIN, does to an override that begins or is under way."""
    match given:
        case Otherwise():
            return _begun(state, given), ()
        case SupervisorRead():
            return _badge(state, given), ()
        case DigitsScanned():
            return replace(state, notice=Notice("approvals.scan_is_no_pin")), ()
        case PinRefused():
            return _refused(state, given), ()
        case OverrideSigned() if state.override is not None and state.override.unit is not None:
            return _redecided(state, state.override, given, moment)
        case OverrideSigned():
            return _accepted(state, given, moment)


def override_said(state: BenchState, over: Override, word: str, moment: Moment) -> Result:
    """A word while a supervisor decides: a disposition, a reason, or the way back."""
    calm = replace(state, notice=None)
    if word == "UNDO":
        return stepped_back(calm), ()
    if state.phase is Phase.CHOICE and over.unit is not None and word in {*ANSWER_WORDS, *DISPOSITION_WORDS}:
        return _chosen(calm, over, ways(moment.policy, over.unit), word), ()
    if state.phase is Phase.WHY and word in ANSWER_WORDS:
        number, most = ANSWER_WORDS[word], len(over.reasons)
        if number > most:
            return _no_such(calm, number, most), ()
        said = replace(over, why=over.reasons[number - 1])
        return replace(calm, phase=Phase.PIN, override=said), ()
    return not_now(state, word, moment.policy)


def stepped_back(state: BenchState) -> BenchState:
    """The supervisor steps back: from the PIN to the reason, to the choice, and out."""
    over = state.override
    if over is not None and state.phase is Phase.PIN:
        return replace(state, phase=Phase.WHY, override=replace(over, why=""))
    if over is not None and state.phase is Phase.WHY and over.unit is not None:
        return replace(state, phase=Phase.CHOICE, override=replace(over, disposition=""))
    return left(state)


def left(state: BenchState) -> BenchState:
    """The screen as it was, without the supervisor."""
    if state.override is None:
        return state
    return replace(state, phase=Phase(state.override.came), override=None)


def word_undone(state: BenchState) -> Result:
    """UNDO right after a serial was accepted: a counter-event takes the word back, and the stop is there."""
    pick = state.pick
    if pick is None or pick.accepted is None:
        raise ValueError("no serial was accepted")
    stopped = replace(pick, accepted=None)
    after = replace(state, phase=Phase.STOP, pick=stopped, expected_serial=pick.accepted.instead_of)
    return after, (Undo(pick.accepted.event_id),)


def _begun(state: BenchState, given: Otherwise) -> BenchState:
    unit = given.unit
    if unit is None:
        return replace(state, notice=Notice("override.no_unit"))
    if unit.blind:
        return replace(state, notice=Notice("override.blind", {"item": unit.item.name}))
    over = Override(state.phase.value, unit=unit)
    return replace(state, phase=Phase.BADGE, override=over, notice=None)


def _badge(state: BenchState, given: SupervisorRead) -> BenchState:
    holder = given.holder
    if holder is None:
        return replace(state, notice=Notice("approvals.badge_unknown"))
    if given.refusal is not None:
        return replace(state, notice=_notice(given.refusal, holder.name))
    over = replace(state.override or Override(state.phase.value), holder=holder)
    phase = {Phase.STOP: Phase.WHY, Phase.BADGE: Phase.CHOICE}.get(state.phase, state.phase)
    sold = given.sold or state.expected_serial
    return replace(state, phase=phase, override=over, expected_serial=sold, notice=None)


def _chosen(state: BenchState, over: Override, offered: tuple[Way, ...], word: str) -> BenchState:
    number = ANSWER_WORDS.get(word, 0)
    if number > len(offered):
        return _no_such(state, number, len(offered))
    way = offered[number - 1] if number else next((one for one in offered if one.word == word), None)
    if way is None:
        return replace(state, notice=Notice("override.same", {"word": word}))
    if way.blocked:
        # A name of a limit is no sentence yet.
        parts = {"rule": way.blocked[:1].upper() + way.blocked[1:], "outcome": way.outcome.caption}
        return replace(state, notice=Notice("override.blocked", parts))
    chosen = replace(over, disposition=way.outcome.disposition)
    return replace(state, phase=Phase.WHY, override=chosen)


def _no_such(state: BenchState, number: int, most: int) -> BenchState:
    return replace(state, notice=Notice("approvals.no_such", {"number": number, "most": most}))


def _refused(state: BenchState, given: PinRefused) -> BenchState:
    name = state.override.name if state.override else ""
    after = state if given.code in _STAYS and not given.locked else left(state)
    return replace(after, notice=_notice(given, name))


def _notice(no: PinRefused, name: str) -> Notice:
    parts = {"name": name, "seconds": no.seconds, "left": no.left, "detail": no.detail}
    if no.code in _PLAIN:
        return Notice(no.code)
    code = "locked" if no.locked else no.code.removeprefix("approval.") if no.code in _WORDED else "refused"
    return Notice(f"override.{code}", parts)


def _accepted(state: BenchState, given: OverrideSigned, moment: Moment) -> Result:
    pick, over = state.pick, state.override
    if pick is None or over is None or over.holder is None:
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


def _redecided(state: BenchState, over: Override, given: OverrideSigned, moment: Moment) -> Result:
    unit = over.unit
    if unit is None:
        raise ValueError("no unit was decided about")
    saved = saved_otherwise(given.event, over, given.reason, moment)
    printed = Print(saved.label, label_document(saved, unit, moment))
    if state.job is not None and state.phase is not Phase.SAVED and state.pick is not None:
        # The unit was taken up by its label: nothing of a box is open behind it.
        return BenchState(Phase.SAVED, saved=saved), (Record(given.event), printed, Drop(state.job.key))
    after = replace(state, phase=Phase.SAVED, override=None, saved=saved, notice=None)
    return after, (Record(given.event), printed)
