"""Which words do something now, said to whoever scans one that does not."""

from __future__ import annotations

from dataclasses import replace

from app.domain.policy import Policy
from app.workflows.bench.inspection import inspection
from app.workflows.bench.state import BenchState, Notice, Phase
from app.workflows.effects import Effect

Result = tuple[BenchState, tuple[Effect, ...]]


def allowed(state: BenchState, policy: Policy | None = None) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    match state.phase:
        case Phase.IDLE:
            return ("BLIND", "UNDO", "REPRINT")
        case Phase.ITEM:
            return ("DONE", "GONE", "NOID", "HOLD", "UNDO")
        case Phase.SAVED:
            return ("DONE", "GONE", "HOLD", "REJECT", "UNDO")
        case Phase.SERIAL | Phase.LOT:
            return ("UNDO", "OTHER", "HOLD")
        case Phase.GRADE:
            return _inspecting(state, policy)
        case Phase.COUNT:
            return ("OK", "UNDO")
        case Phase.REASON:
            return ("NI", "REJECT", "UNDO", "HOLD")
        case Phase.PART:
            return ("OK", "NI", "GRI", "UNDO")
        case Phase.NOTE:
            return ("NI", "NOTE", "GRI", "UNDO")
        case Phase.STOP:
            return ("OTHER", "UNDO")
        case Phase.CHOICE | Phase.WHY:
            return ("NI", "UNDO")
        case Phase.BADGE | Phase.PIN:
            return ("UNDO",)


def _inspecting(state: BenchState, policy: Policy | None) -> tuple[str, ...]:
    if state.job is None or state.pick is None or policy is None:
        return ("GRI", "COUNT", "UNDO", "HOLD")
    now = inspection(state.job, state.pick, policy)
    if now.photo:
        return ("PHOTO", "OK", "GRI", "UNDO") if state.pick.no_photo else ("PHOTO", "GRI", "UNDO", "HOLD")
    if now.word is not None:
        return (now.word, "GRI", "UNDO", "HOLD")
    if state.pick.again is not None:
        return ("NI", "GRI", "UNDO", "HOLD") if now.question else ("GRI", "UNDO", "HOLD")
    return ("NI", "GRI", "UNDO", "HOLD") if now.question else ("GRI", "COUNT", "UNDO", "HOLD")


def not_now(state: BenchState, word: str, policy: Policy | None = None) -> Result:
    """Refuses a word that means nothing in this phase."""
    words = allowed(state, policy)
    return replace(state, notice=Notice("word_not_now", {"word": word, "allowed": words})), ()
