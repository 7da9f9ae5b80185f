"""Which words do something now, said to whoever scans one that does not."""

from __future__ import annotations

from dataclasses import replace

from app.workflows.bench.effects import Effect
from app.workflows.bench.state import BenchState, Notice, Phase

Result = tuple[BenchState, tuple[Effect, ...]]


def allowed(state: BenchState) -> tuple[str, ...]:
    """The words that do something now, for the hint of a code that does not."""
    match state.phase:
        case Phase.IDLE:
            return ("BLIND", "UNDO", "REPRINT")
        case Phase.ITEM | Phase.SAVED:
            return ("DONE", "GONE", "HOLD", "UNDO")
        case Phase.SERIAL | Phase.LOT:
            return ("UNDO", "OTHER", "HOLD")
        case Phase.GRADE:
            return ("GRI", "COUNT", "UNDO", "HOLD")
        case Phase.COUNT:
            return ("OK", "UNDO")
        case Phase.STOP:
            return ("OTHER", "UNDO")


def not_now(state: BenchState, word: str) -> Result:
    """Refuses a word that means nothing in this phase."""
    return replace(state, notice=Notice("word_not_now", {"word": word, "allowed": allowed(state)})), ()
