"""Where the inspection of the unit in the hand stands, under the policy in force."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.policy import Decision, Policy, Standing, standing
from app.domain.policy.asides import lasting
from app.domain.policy.inspection import Said, in_force, open_grades, photo_open, photo_settled, scanned_grade
from app.domain.policy.routes import Worth
from app.workflows.bench.holds import held
from app.workflows.bench.mat import confirming
from app.workflows.bench.state import Job, Pick


@dataclass(frozen=True, slots=True)
class Inspection(Standing):
    """What was said of the unit and counts, and what follows.

    With neither a `question` nor a `grade` the grade is asked for. `judged` is the grade that stands, or the
    best still possible, and `decision` what the rules say of it; None while they need an answer first. It is
    done when the inspection is `over`, but for one that waits for a `photo` or for its own mat `word`.
    """

    said: Said
    judged: str
    decision: Decision | None
    held: bool
    photo: bool

    @property
    def word(self) -> str | None:
        """The mat word that the decision waits for."""
        settled = self.over and not self.photo
        return confirming(self.decision.outcome) if settled and self.decision else None


def inspection(job: Job, pick: Pick, policy: Policy) -> Inspection:
    """Where it stands; of a unit that no rule decides about only the grade is asked."""
    # What was said under another policy answers other questions.
    said = in_force(policy, pick.said) if pick.policy_ver == policy.version else lasting(pick.said)
    waits = held(job, pick, policy)
    if pick.unknown:
        # A grade says how an item is, and which item this is nobody knows.
        now = Standing(None, "")
    elif waits is not None:
        now = Standing(None, scanned_grade(said))
    else:
        now = standing(policy, pick.item.category, said)
    judged = now.grade or open_grades(policy, said)[0].code
    item = pick.item
    decision = waits or policy.would(
        item.category,
        judged,
        said,
        hazardous=item.hazardous,
        worth=Worth(item.value_minor, item.currency),
    )
    if pick.unknown:
        photo = not photo_settled(said)
    else:
        # One that waits for its match is looked at again; whoever does that wants the photo, if anybody.
        photo = waits is None and now.over and photo_open(policy, said, judged)
    return Inspection(now.question, now.grade, said, judged, decision, held=waits is not None, photo=photo)
