"""The returns policy: versioned data that says what is asked about a unit and what becomes of it.

Every event carries the version used.
"""

from __future__ import annotations

from app.domain.policy.checks import HELD_DISPOSITIONS
from app.domain.policy.inspection import Standing, standing
from app.domain.policy.reader import read_policy
from app.domain.policy.shapes import ANY, Answer, Decision, Grade, Outcome, Policy, Question, Rule

__all__ = [
    "ANY",
    "HELD_DISPOSITIONS",
    "Answer",
    "Decision",
    "Grade",
    "Outcome",
    "Policy",
    "Question",
    "Rule",
    "Standing",
    "read_policy",
    "standing",
]
