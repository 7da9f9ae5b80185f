"""For which units another version of a returns policy decides otherwise, found by going every way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.money import amount_text
from app.domain.policy.inspection import Said
from app.domain.policy.reach import ends
from app.domain.policy.routes import BEST
from app.domain.policy.scope import Case
from app.domain.policy.shapes import Policy

UNDECIDED = "no decision yet"
"""What the old version says where its rules would have needed an answer that is not asked for any more."""


@dataclass(frozen=True, slots=True)
class Redecided:
    """Units of these categories and this grade that another disposition comes out for.

    `hazardous` is None for both. `answers` are the ways to answer that lead to it, each a list of answers
    that were all given; none for however it was answered. `was` and `now` name disposition and rule.
    """

    categories: tuple[str, ...]
    grade: str
    hazardous: bool | None
    answers: tuple[Said, ...]
    was: str
    now: str

    def to_json(self) -> dict[str, object]:
        """The change as data."""
        return {
            "categories": list(self.categories),
            "grade": self.grade,
            "hazardous": self.hazardous,
            "answers": [list(said) for said in self.answers],
            "was": self.was,
            "now": self.now,
        }

    def sentence(self, new: Policy) -> str:
        """The change in words, the questions as the new version asks them."""
        hazard = {True: ", hazardous", False: ", not hazardous", None: ""}[self.hazardous]
        asked = {
            answer.id: f"{question.ask} {answer.caption}"
            for question in new.questions
            for answer in question.answers
        }
        ways = " or ".join("; ".join(asked[answer] for answer in said) or "unasked" for said in self.answers)
        when = f", answered {ways}" if ways else ""
        return (
            f"Grade {self.grade} of {', '.join(self.categories)}{hazard}{when}: "
            f"{self.now} instead of {self.was}."
        )


_Where = tuple[str, str, bool]
_Change = tuple[str, str]


def redecided(old: Policy, new: Policy) -> tuple[Redecided, ...]:
    """Every combination of category, grade, hazard and answers that ends in another disposition.

    Answers that the old version does not know are left out when it is asked; grades it does not know are not
    compared.
    """
    grades = {grade.code for grade in old.grades}
    known = {answer.id for question in old.questions for answer in question.answers}
    seen: defaultdict[_Where, dict[Said, _Change | None]] = defaultdict(dict)
    for category in dict.fromkeys((*old.categories, *new.categories)):
        for said, grade in ends(new, category):
            if grade not in grades:
                continue
            then = tuple(answer for answer in said if answer in known)
            for hazardous in (False, True):
                was = _leads(old, category, grade, then, hazardous=hazardous)
                now = _leads(new, category, grade, said, hazardous=hazardous)
                change = None if was.route == now.route else (was.words, now.words)
                seen[category, grade, hazardous][said] = change
    return _joined(_grouped(new, where, found) for where, found in seen.items())


@dataclass(frozen=True, slots=True)
class _Lead:
    """Where a rule leads: one disposition, or which from which value on; and the rule, for people."""

    route: str
    rule: str = ""

    @property
    def words(self) -> str:
        return f"{self.route} ({self.rule})" if self.rule else self.route


def _leads(policy: Policy, category: str, grade: str, said: Said, *, hazardous: bool) -> _Lead:
    rule = policy.rule_for(category, grade, said, hazardous=hazardous)
    if rule is None:
        return _Lead(UNDECIDED)
    named = f"rule {rule.id}: {rule.name}"
    if rule.disposition != BEST:
        return _Lead(rule.disposition, named)
    return _Lead(_by_value(policy, rule.among, Case(policy.known(category), grade, hazardous)), named)


def _by_value(policy: Policy, among: Sequence[str], case: Case) -> str:
    """Such as `liquidate, from 18.58 GBP or 21.58 EUR on refurbish`."""
    found = {
        currency: policy.routes.brackets(among, case, currency)
        for currency, _ in policy.routes.recoveries[0].cost_minor
    }
    if len({tuple(route for _, route in brackets) for brackets in found.values()}) > 1:
        return "; ".join(_steps([brackets], [currency]) for currency, brackets in found.items())
    return _steps(list(found.values()), list(found))


def _steps(brackets: Sequence[Sequence[tuple[int, str]]], currencies: Sequence[str]) -> str:
    said = [brackets[0][0][1]]
    for steps in list(zip(*brackets, strict=True))[1:]:
        values = zip(steps, currencies, strict=True)
        amounts = " or ".join(amount_text(value, currency) for (value, _), currency in values)
        said.append(f"from {amounts} on {steps[0][1]}")
    return ", ".join(said)


def _grouped(new: Policy, where: _Where, found: Mapping[Said, _Change | None]) -> list[Redecided]:
    category, grade, hazardous = where
    by_change: defaultdict[_Change, list[Said]] = defaultdict(list)
    for said, change in found.items():
        if change is not None:
            by_change[change].append(said)
    return [
        Redecided((category,), grade, hazardous, _telling(new, changed, list(found)), was, now)
        for (was, now), changed in by_change.items()
    ]


def _telling(new: Policy, changed: Sequence[Said], every: Sequence[Said]) -> tuple[Said, ...]:
    """The fewest words for these ways among all: nothing, answers of one question, or the ways themselves."""
    if len(changed) == len(every):
        return ()
    for question in new.questions:
        ids = [answer.id for answer in question.answers]
        always = [
            one
            for one in ids
            if any(one in w for w in every) and all(w in changed for w in every if one in w)
        ]
        if always and all(any(one in way for one in always) for way in changed):
            return tuple((one,) for one in always)
    return tuple(changed)


def _joined(groups: Iterable[list[Redecided]]) -> tuple[Redecided, ...]:
    """Those that differ in hazard alone as one, and then those that differ in category alone."""
    either: dict[Redecided, Redecided] = {}
    for one in (found for group in groups for found in group):
        same = replace(one, hazardous=None)
        either[same] = same if same in either else one
    alike: defaultdict[Redecided, list[str]] = defaultdict(list)
    for one in either.values():
        alike[replace(one, categories=())].extend(one.categories)
    return tuple(replace(one, categories=tuple(names)) for one, names in alike.items())
