"""What a returns policy can come to: how inspections end, and the dispositions that they never lead to."""

from __future__ import annotations

from app.domain.policy.inspection import Said, answers, ways
from app.domain.policy.shapes import SAYABLE, Policy
from app.domain.policy.text import Text
from app.domain.refusal import Refused

# The bench itself gives these, before any rule.
_BENCH = "hold_"


def ends(policy: Policy, category: str) -> list[tuple[Said, str]]:
    """How the inspections of a category can end: the answers, in order, and the grade; each once."""
    found = ((answers(said), grade) for said, grade in ways(policy, category) if grade is not None)
    return list(dict.fromkeys(found))


def unreached(policy: Policy) -> tuple[str, ...]:
    """The dispositions that neither a rule nor the bench leads to."""
    reached = {route for rule in policy.rules for route in (rule.disposition, *rule.among)}
    names = (outcome.disposition for outcome in policy.outcomes)
    return tuple(name for name in names if name not in reached and not name.startswith(_BENCH))


def decidable(policy: Policy) -> tuple[str, ...]:
    """The dispositions that a person may choose in the place of a rule, in the policy's order."""
    led_to = {route for rule in policy.rules for route in (rule.disposition, *rule.among)} | set(SAYABLE)
    names = (outcome.disposition for outcome in policy.outcomes)
    return tuple(name for name in names if name in led_to)


def require_reached(policy: Policy, where: str) -> None:
    """Checks that every disposition can come out. Policies already published are read without this check.

    Raises:
        Refused: one cannot; `where` names the file.
    """
    for name in unreached(policy):
        place = Text(where, policy.source).line(f"disposition.{name}")
        raise Refused(
            "policy.dead_disposition",
            f"{place}: disposition {name} is one that no rule leads to.",
            "Expected a rule for each disposition.",
            "Add a rule that leads to it, or remove it.",
        )
