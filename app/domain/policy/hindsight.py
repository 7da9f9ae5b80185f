"""What would have become of units already judged, had another policy been in force.

An inspector answered what was asked then. Where the candidate asks more, each answer it could have had is
tried: when they all lead to one disposition, that is the answer, and else nobody can say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from app.domain.policy.inspection import Said, answers, scanned_grade, ways
from app.domain.policy.routes import Worth
from app.domain.policy.shapes import Decision, Policy, Question


@dataclass(frozen=True, slots=True)
class Judged:
    """A unit as it was judged: its item's category, hazard and worth, the grade, the answers, the version."""

    category: str
    hazardous: bool
    grade: str
    answers: Said
    policy_ver: str | None
    worth: Worth | None = None


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What the candidate says of a unit; without a `decision`, the questions nobody asked then.

    Without either, the candidate does not know the grade.
    """

    decision: Decision | None
    unasked: tuple[str, ...] = ()


class Candidate:
    """A policy that is tried on units judged under others.

    Args:
        policy: the candidate.
        published: the policies that may have been in force, by version.
    """

    def __init__(self, policy: Policy, published: Iterable[Policy]) -> None:
        self.policy = policy
        self._published = {found.version: found for found in published}
        self._ways: dict[str, list[tuple[Said, str]]] = {}
        self._known = {answer.id for question in policy.questions for answer in question.answers}
        self._grades = {grade.code for grade in policy.grades}
        self._seen: dict[Judged, list[tuple[Said, str]]] = {}

    def of(self, unit: Judged) -> Hindsight:
        """What would have become of a unit."""
        if unit.grade not in self._grades:
            return Hindsight(None)
        # Only what the candidate knows of it counts, so that no more is remembered than policies can ask.
        category = self.policy.known(unit.category)
        said = tuple(answer for answer in unit.answers if answer in self._known)
        known_ver = unit.policy_ver if unit.policy_ver in self._published else None
        same = Judged(category, unit.hazardous, unit.grade, said, known_ver)
        if same not in self._seen:
            self._seen[same] = self._ends(same)
        decided = [
            self.policy.decide(category, grade, way, hazardous=unit.hazardous, worth=unit.worth)
            for way, grade in self._seen[same]
        ]
        if len({decision.outcome.disposition for decision in decided}) == 1:
            return Hindsight(decided[0])
        asked = {
            answer.partition(".")[0] for way, _ in self._seen[same] for answer in way if answer not in said
        }
        return Hindsight(None, tuple(q.id for q in self.policy.questions if q.id in asked))

    def _ends(self, unit: Judged) -> list[tuple[Said, str]]:
        """The ends of every inspection that agrees with what was said, and says as much of it as can be.

        A question whose answer the record lacks although it was asked counts as one that was not.
        """
        asked = (self._agreeing(unit, self._unasked(unit)), self._agreeing(unit, self._unanswered(unit)))
        _, found = max(asked, key=lambda one: (one[0], bool(one[1])))
        return found

    def _agreeing(self, unit: Judged, unasked: Collection[str]) -> tuple[int, list[tuple[Said, str]]]:
        """Those that say most of what was said, and how many answers that is."""
        said, found = set(unit.answers), list[tuple[Said, str]]()
        for words, grade in self._all_ways(unit.category):
            given = answers(words)
            guessed = [answer for answer in given if answer not in said]
            if any(answer.partition(".")[0] not in unasked for answer in guessed):
                continue
            scanned = scanned_grade(words)
            # An answer nobody gave may have led to another grade; without one the grade stands.
            if (scanned or grade) == unit.grade or (scanned is None and guessed):
                found.append((given, grade))
        most = max((len(said & set(given)) for given, _ in found), default=0)
        return most, [(given, grade) for given, grade in found if len(said & set(given)) == most]

    def _all_ways(self, category: str) -> list[tuple[Said, str]]:
        if category not in self._ways:
            gone = ways(self.policy, category)
            self._ways[category] = [(said, grade) for said, grade in gone if grade is not None]
        return self._ways[category]

    def _unanswered(self, unit: Judged) -> set[str]:
        answered = {answer.partition(".")[0] for answer in unit.answers}
        return {question.id for question in self.policy.questions} - answered

    def _unasked(self, unit: Judged) -> set[str]:
        """The candidate's questions that were not asked then, or not with these answers."""
        then = self._published.get(unit.policy_ver or "")
        before = {_asking(question) for question in then.questions} if then else set()
        now = (question for question in self.policy.questions if _asking(question) not in before)
        return {question.id for question in now} & self._unanswered(unit)


def _asking(question: Question) -> tuple[str, frozenset[str]]:
    return question.id, frozenset(answer.id for answer in question.answers)
