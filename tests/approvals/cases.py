"""The table of attacks and honest accidents, each with its verdict by hand from the rules of section 4.

A case is one function; its docstring says what was done, its decorator what the centre must say about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.approvals import Reason, Signed, Verdict
from tests.approvals.world import Trial


@dataclass(frozen=True, slots=True)
class Case:
    """What was done, and what it is, with exactly these reasons."""

    name: str
    made: Callable[[], Trial]
    verdict: Verdict
    reasons: frozenset[Reason]


CASES: list[Case] = []


def valid(made: Callable[[], Trial]) -> Callable[[], Trial]:
    """An approval that stands."""
    CASES.append(Case(made.__name__, made, Verdict.VALID, frozenset()))
    return made


def invalid(*reasons: Reason) -> Callable[[Callable[[], Trial]], Callable[[], Trial]]:
    """One that never authorizes anything."""
    return _with(Verdict.INVALID, reasons)


def review(*reasons: Reason) -> Callable[[Callable[[], Trial]], Callable[[], Trial]]:
    """One that a person has to look into."""
    return _with(Verdict.REVIEW, reasons)


def _with(
    verdict: Verdict, reasons: tuple[Reason, ...]
) -> Callable[[Callable[[], Trial]], Callable[[], Trial]]:
    def take(made: Callable[[], Trial]) -> Callable[[], Trial]:
        CASES.append(Case(made.__name__, made, verdict, frozenset(reasons)))
        return made

    return take


def rewritten(signed: Signed, **fields: object) -> dict[str, object]:
    """A signed document as JSON with fields changed and the old signature kept: an edit on disk."""
    document = json.loads(signed.document) | fields
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**signed.to_json(), "document": text}
