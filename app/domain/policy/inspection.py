"""The guided inspection: which question comes next, and the grade that the answers and the inspector give.

What was said about a unit is a list of words in their order: answers (`seal.no`), a grade that was scanned
(`grade.D`), and asides such as its photo. Everything else follows from it, so that taking the last word back
is taking the step back. The functions here but `in_force` are given words in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.domain.policy.asides import Aside, is_aside, told
from app.domain.policy.shapes import ANY, Answer, Grade, Policy, Question

GRADE = "grade"
"""The name of the question that every inspection ends with; no other may have it."""

MOST_QUESTIONS = 3
"""More of them about one unit cost more than a wrong grade."""

Said = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an inspection stands: the question that waits, and the grade so far.

    With neither the grade itself is asked for; with a grade alone the inspection is over.
    """

    question: Question | None
    grade: str | None

    @property
    def over(self) -> bool:
        """True when the rules can decide."""
        return self.question is None and self.grade is not None


def standing(policy: Policy, category: str, said: Sequence[str]) -> Standing:
    """Where the inspection of a unit stands after these words.

    A grade that was scanned counts, unless an answer allows less; without one the worst that answers allow
    counts, once no more of them are asked for.
    """
    scanned, most = scanned_grade(said), best(policy, said)
    if scanned is None:
        question = _next(policy, category, said, None)
        if question is not None or most is None:
            return Standing(question, None)
    grade = _worse(policy, scanned, most)
    return Standing(_next(policy, category, said, grade), grade)


def grade_word(grade: str) -> str:
    """The word that a scanned grade is."""
    return f"{GRADE}.{grade}"


def in_force(policy: Policy, said: Sequence[str]) -> Said:
    """The words that count: a grade replaces one before, and what was asked because of that one."""
    because = {answer.id for question in policy.questions if question.grades for answer in question.answers}
    kept = list[str]()
    for word in said:
        if _is_grade(word):
            kept = [earlier for earlier in kept if not _is_grade(earlier) and earlier not in because]
        kept.append(word)
    return tuple(kept)


def answers(said: Sequence[str]) -> Said:
    """The words that answer a question of the policy."""
    return tuple(word for word in said if not _is_grade(word) and not is_aside(word))


def scanned_grade(said: Sequence[str]) -> str | None:
    """The grade the inspector gave."""
    return next((word.partition(".")[2] for word in said if _is_grade(word)), None)


def limiting(policy: Policy, said: Sequence[str]) -> Answer | None:
    """The answer that allows least; None when none of them says anything of the grade."""
    given = [
        answer
        for question in policy.questions
        for answer in question.answers
        if answer.id in said and answer.best
    ]
    return max(given, key=lambda answer: policy.grade(answer.best or "").number, default=None)


def best(policy: Policy, said: Sequence[str]) -> str | None:
    """The best grade the unit can still have; None for any."""
    answer = limiting(policy, said)
    return answer.best if answer else None


def photo_asked(policy: Policy, said: Sequence[str], grade: str) -> bool:
    """True when the grade or an answer wants a photo of the unit, taken or not."""
    asking = (answer for question in policy.questions for answer in question.answers if answer.photo)
    return policy.grade(grade).photo or any(answer.id in said for answer in asking)


def photo_open(policy: Policy, said: Sequence[str], grade: str) -> bool:
    """True while a photo is wanted, and neither taken nor said to be impossible."""
    return not photo_settled(said) and photo_asked(policy, said, grade)


def photo_settled(said: Sequence[str]) -> bool:
    """True when a photo was taken, or said to be impossible."""
    return bool(told(Aside.PHOTO, said) or told(Aside.NO_PHOTO, said))


def missing_answer(policy: Policy, category: str) -> Answer | None:
    """The answer that a kit of that category lacks parts; None where nobody asks for them."""
    known = policy.known(category)
    asking = (question for question in policy.questions if {known, ANY} & set(question.categories))
    return next((answer for question in asking for answer in question.answers if answer.missing), None)


def open_grades(policy: Policy, said: Sequence[str]) -> list[Grade]:
    """The grades that can still be given."""
    most = best(policy, said)
    least = policy.grade(most).number if most else 0
    return [grade for grade in policy.grades if grade.number >= least]


def ways(policy: Policy, category: str) -> Iterator[tuple[Said, str | None]]:
    """Every way an inspection of that category can go: what was said, and the grade it ends with.

    The grade is None, and the way not followed further, where more than `MOST_QUESTIONS` were answered.
    """
    found = [Said()]
    for said in found:
        now = standing(policy, category, said)
        if len(answers(said)) > MOST_QUESTIONS:
            yield said, None
        elif now.over:
            yield said, now.grade
        else:
            further = [answer.id for answer in now.question.answers] if now.question else []
            found += [(*said, answer) for answer in further]
            if scanned_grade(said) is None:
                found += [(*said, grade_word(grade.code)) for grade in open_grades(policy, said)]


def shortest(policy: Policy, category: str, grade: str, *, guided: bool = False) -> Said:
    """The fewest words that end with that grade: scanned, or when `guided` by answers alone if they can."""
    ends = [said for said, end in ways(policy, category) if end == grade]
    by_answers = [said for said in ends if scanned_grade(said) is None] if guided else []
    return min(by_answers or ends, key=lambda said: (len(said), said))


def _is_grade(word: str) -> bool:
    return word.startswith(f"{GRADE}.")


def _next(policy: Policy, category: str, said: Sequence[str], grade: str | None) -> Question | None:
    known = policy.known(category)
    given = frozenset(said)
    # Every way of every policy is walked through here when it is read: what is cheap to ask comes first.
    for question in policy.questions:
        if not (grade in question.grades if question.grades else grade is None or question.insist):
            continue
        if known not in question.categories and ANY not in question.categories:
            continue
        if question.after and given.isdisjoint(question.after):
            continue
        if given.isdisjoint([answer.id for answer in question.answers]):
            return question
    return None


def _worse(policy: Policy, one: str | None, other: str | None) -> str:
    found = [policy.grade(code) for code in (one, other) if code]
    return max(found, key=lambda grade: grade.number).code
