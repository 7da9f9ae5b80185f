"""A failing history made short: steps are left out as long as the same law stays broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulator.run import Outcome
from tests.simulator.steps import Plan, Step

_MOST_RUNS = 400


def law_of(outcome: Outcome) -> str:
    """The first law that is broken: `I1` to `I7`, or `defect`; empty when all hold."""
    return outcome.broken[0].partition(":")[0].partition(" ")[0] if outcome.broken else ""


def shrunk(
    planned: Plan, happens: Callable[[Plan], Outcome], most_runs: int = _MOST_RUNS
) -> tuple[Plan, Outcome]:
    """The shortest plan that was found in so many runs, and what it comes to.

    Ever smaller pieces are tried to be left out, from the end to the beginning; since each step draws from
    noise of its own, those that stay do the same as before as far as they still can.
    """
    worst = happens(planned)
    law, steps, runs = law_of(worst), list(planned.steps), 1
    if not law:
        return planned, worst
    size = max(1, len(steps) // 2)
    while size and runs < most_runs:
        shorter = False
        for start in _starts(steps, size):
            fewer = steps[:start] + steps[start + size :]
            if runs >= most_runs:
                break
            tried = happens(replace(planned, steps=tuple(fewer)))
            runs += 1
            if law_of(tried) == law:
                steps, worst, shorter = fewer, tried, True
        if not shorter or size > len(steps):
            size //= 2
    return replace(planned, steps=tuple(steps)), worst


def _starts(steps: Sequence[Step], size: int) -> range:
    return range(max(0, len(steps) - size), -1, -size)


def story(planned: Plan, outcome: Outcome) -> str:
    """A history and what is wrong with it, for people."""
    head = f"seed {planned.seed}, {planned.stations} stations, {len(planned.steps)} steps:"
    return "\n".join([head, *outcome.told, "", *outcome.broken])
