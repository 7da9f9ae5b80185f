"""Bugs around supervisors' words at benches, late decisions, and promises that the floor takes away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.event import Event, EventKind
from app.workflows.bench import otherwise
from sync.central.store import approving, backorders, outdated, serial_words, whose_work
from tests.simulator.mutants.patching import Mutant, everywhere, swap

_judge, _redecided = approving.judge_approvals, otherwise.redecided


def _words_unjudged(conn: Any, facts: Any, at: Any) -> frozenset[str]:
    kinds = {EventKind.UNIT_REDECIDED, EventKind.RETURN_SERIAL_ACCEPTED}
    return _judge(conn, [fact for fact in facts if fact.event.kind not in kinds], at)


def _no_others(conn: Any, bodies: Any) -> Mapping[str, tuple[str, ...]]:
    del conn, bodies
    return {}


def _holds_never(self: Any, word: str, unit: Any) -> bool:
    del self, word, unit
    return False


def _words_of_nobody(conn: Any, units: Any) -> Any:
    """Words count whatever the verdict on them was."""
    named = {word for unit in units if (word := unit.accepted)}
    rows = serial_words._said.rows(conn, ids=sorted(named)) if named else ()
    by = {unit.accepted: unit.origin for unit in units}
    return {row.event_id: (by[row.event_id], json.loads(row.body)) for row in rows}


def _nobodys_work(conn: Any, happened: Any, others: Any = ()) -> tuple[str, ...]:
    del conn, happened, others
    return ()


def _stays(over: Any, words: str, moment: Any) -> Event:
    made = _redecided(over, words, moment)
    here = (replace(move, target=replace(move.source, label=move.target.label)) for move in made.moves)
    return replace(made, moves=tuple(here))


def _nothing_late(conn: Any, late: Any) -> Any:
    del conn, late
    return iter(())


def _goes_nowhere(outcome: Any) -> object:
    """No outcome is like another."""
    del outcome
    return object()


def _same_disposition(outcome: Any) -> object:
    del outcome
    return "the same"


def _replaces_nothing(kind: str, body: Any) -> None:
    del kind, body


def _stays_closed(conn: Any, undone: Any) -> Any:
    del conn, undone
    return iter(())


def _keeps_promising(act: Any, owner: str, sku: str, seen: Any) -> set[str]:
    del act, owner, sku, seen
    return set()


SUPERVISORS = (
    Mutant(
        "word_not_judged", "supervisors' words at benches are not judged", everywhere(_judge, _words_unjudged)
    ),
    Mutant(
        "any_serial", "a serial that nobody sold is nobody's case", swap(serial_words, "others", _no_others)
    ),
    Mutant(
        "no_word_holds",
        "a serial that was accepted is a case all the same",
        swap(serial_words._Told, "_holds", _holds_never),
    ),
    Mutant(
        "any_word_holds",
        "a word of a revoked supervisor accepts a serial",
        swap(serial_words, "_words_of", _words_of_nobody),
    ),
    Mutant(
        "own_decision",
        "who decided otherwise writes the unit off alone",
        swap(whose_work, "workers", _nobodys_work),
    ),
    Mutant("word_moves_nothing", "a unit stays where the rule put it", everywhere(_redecided, _stays)),
    Mutant("late_unsurfaced", "late decisions are nobody's case", swap(outdated, "_found", _nothing_late)),
    Mutant("late_always", "every late decision is a case", swap(outdated, "_goes", _goes_nowhere)),
    Mutant("late_never", "no policy ever decides otherwise", swap(outdated, "_goes", _same_disposition)),
    Mutant(
        "late_for_ever",
        "a late decision stays a case although somebody decided anew",
        swap(outdated, "_replaces", _replaces_nothing),
    ),
    Mutant(
        "late_forgotten",
        "a late decision that stands again is nobody's case",
        swap(outdated, "_again", _stays_closed),
    ),
    Mutant(
        "promised_twice",
        "orders keep the promise of stock that is gone",
        swap(backorders, "_take_back", _keeps_promising),
    ),
    Mutant(
        "loss_unsurfaced",
        "orders lose what they were promised in silence",
        swap(backorders, "open_case", lambda *_: None),
    ),
)
