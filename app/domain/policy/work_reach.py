"""What the work of a returns policy comes to: which units need some, and what is decided after it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.account import Status
from app.domain.policy.inspection import Said, answers, ways
from app.domain.policy.routes import BEST
from app.domain.policy.scope import Case
from app.domain.policy.shapes import Policy, Rule
from app.domain.policy.work import Work


@dataclass(frozen=True, slots=True)
class Needing:
    """A kind of unit that a rule sends to refurbish stock, with its work; None where the policy has none."""

    rule: Rule
    case: Case
    answers: Said
    work: Work | None


@dataclass(frozen=True, slots=True)
class After:
    """A kind of unit as it may be after its work, and the rule that decides about it then, if one does."""

    work: Work
    case: Case
    rule: Rule | None


def refurbishing(policy: Policy) -> frozenset[str]:
    """The dispositions that lead to refurbish stock."""
    return frozenset(out.disposition for out in policy.outcomes if out.status is Status.REFURBISH)


def needing(policy: Policy) -> Iterator[Needing]:
    """Every kind of unit that is sent to refurbish stock, by going every way an inspection can go."""
    wanted, seen = refurbishing(policy), set[tuple[str, Case, Said]]()
    for category, hazardous in itertools.product(policy.categories, (False, True)):
        for said, grade in ways(policy, category):
            if grade is None:
                continue
            given, case = answers(said), Case(category, grade, hazardous)
            rule = policy.rule_for(category, grade, given, hazardous=hazardous)
            if rule is None or (rule.id, case, given) in seen:
                continue
            seen.add((rule.id, case, given))
            routes = policy.routes.open(rule.among, case) if rule.disposition == BEST else (rule.disposition,)
            if wanted.intersection(routes):
                yield Needing(rule, case, given, policy.work(category, grade, given, hazardous=hazardous))


def after_work(policy: Policy) -> Iterator[After]:
    """Every kind of unit that may come out of a work, each once.

    What was answered before the work holds no more, so that no rule asks for it.
    """
    if not policy.works:
        return
    known = [grade.code for grade in policy.grades]
    seen = set[tuple[str, Case]]()
    for found in needing(policy):
        if found.work is None or found.work.best not in known:
            continue
        for grade in policy.grades:
            case = Case(found.case.category, grade.code, found.case.hazardous)
            reached = grade.number >= policy.grade(found.work.best).number
            if reached and (found.work.id, case) not in seen:
                seen.add((found.work.id, case))
                rule = policy.rule_for(case.category, case.grade, hazardous=case.hazardous, refurbished=True)
                yield After(found.work, case, rule)


def cost_notes(policy: Policy) -> Iterator[str]:
    """A sentence for each recovery of refurbishing whose handling is another sum than the work costs."""
    needed = list(needing(policy))
    for number, recovery in enumerate(policy.routes.recoveries, 1):
        if recovery.route not in refurbishing(policy):
            continue
        met = {
            found.work.id: found.work
            for found in needed
            if found.work is not None and policy.routes.recovery(recovery.route, found.case) is recovery
        }
        for work in met.values():
            differing = [
                f"{amount} {currency} there, {cost} here"
                for currency, amount in recovery.cost_minor
                if (cost := work.cost(currency)) is not None and cost != amount
            ]
            if differing:
                grades = ", ".join(recovery.scope.grades)
                yield (
                    f"recovery {number} ({recovery.route} of grades {grades}) and the steps of work {work.id}"
                    f" say another cost, in minor units: {'; '.join(differing)}."
                )
