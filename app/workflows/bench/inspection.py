"""Where the inspection of the unit in the hand stands, under the policy in force."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.policy import Decision, Policy, Question, standing
from app.domain.policy.inspection import Said, in_force, open_grades, scanned_grade
from app.workflows.bench.holds import held
from app.workflows.bench.mat import confirming
from app.workflows.bench.state import Job, Pick


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was said of the unit and counts, and what follows.

    With a `question` that is asked next; with neither it nor a `grade` the grade. `decision` is what the
    rules say of the grade that stands, or of the best still possible; None while they need an answer first.
    It is done when the inspection is `over`, but for one that waits for its own mat `word`.
    """

    said: Said
    question: Question | None
    grade: str | None
    decision: Decision | None
    held: bool

    @property
    def over(self) -> bool:
        """True when nothing more is asked."""
        return self.question is None and self.grade is not None

    @property
    def word(self) -> str | None:
        """The mat word that the decision waits for."""
        return confirming(self.decision.outcome) if self.over and self.decision else None


def inspection(job: Job, pick: Pick, policy: Policy) -> Inspection:
    """Where it stands; of a unit that no rule decides about only the grade is asked."""
    # What was said under another policy answers other questions.
    said = in_force(policy, pick.said) if pick.policy_ver == policy.version else ()
    waits = held(job, pick, policy)
    if waits is not None:
        return Inspection(said, None, scanned_grade(said), waits, held=True)
    now = standing(policy, pick.item.category, said)
    grade = now.grade or (open_grades(policy, said) or policy.grades)[0].code
    decision = policy.would(pick.item.category, grade, said, hazardous=pick.item.hazardous)
    return Inspection(said, now.question, now.grade, decision, held=False)
