"""Reading the work of a returns policy, and its checks with the rules.

A policy that has work has some for every unit that a rule sends to refurbish stock, a way onward for every
grade that a unit can come out with, and no entry without effect.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.domain.fields import Fields
from app.domain.policy.routes import BEST
from app.domain.policy.scope import ANY, Case, Scope
from app.domain.policy.shapes import Policy
from app.domain.policy.text import Text
from app.domain.policy.work import Work, WorkKind, WorkStep
from app.domain.policy.work_reach import After, after_work, needing, refurbishing
from app.domain.refusal import Refused

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
_WORK = ("id", "name", "grades", "categories", "answers", "hazardous", "best", "otherwise", "step")
_STEP = ("id", "kind", "caption", "owner", "hours", "cost_minor", "skipped")
# What stands on a label, and a year: longer is no clock.
_ID, _CAPTION, _STEPS, _HOURS = 12, 40, 20, 8_760


def read_works(document: Mapping[str, object], text: Text) -> tuple[Work, ...]:
    """The tables `[[work]]` with their `[[work.step]]`; a policy may have none."""
    return tuple(_work(f) for f in text.lists(document, "work"))


def _work(f: Fields) -> Work:
    _only(f, _WORK)
    hazardous = f.flag("hazardous", default=False) if "hazardous" in f.names() else None
    return Work(
        id=f.text("id"),
        name=f.text("name"),
        scope=Scope(f.texts("grades") or (ANY,), f.texts("categories") or (ANY,), hazardous),
        answers=f.texts("answers"),
        best=f.text("best"),
        otherwise=f.text("otherwise"),
        steps=tuple(_step(inner) for inner in f.objects("step")),
    )


def _step(f: Fields) -> WorkStep:
    _only(f, _STEP)
    kind = f.text("kind")
    if kind not in set(WorkKind):
        raise f.wrong("kind", f"one of {', '.join(WorkKind)}")
    costs = f.inner("cost_minor")
    for currency in costs.names():
        if not _CURRENCY.fullmatch(currency):
            raise costs.wrong(currency, "a currency as three capitals, such as GBP")
    return WorkStep(
        id=f.text("id"),
        kind=WorkKind(kind),
        caption=f.text("caption"),
        owner=f.text("owner"),
        hours=f.whole("hours", least=1, most=_HOURS),
        cost_minor=tuple((currency, costs.whole(currency)) for currency in costs.names()),
        skipped=f.maybe_text("skipped"),
    )


def _only(f: Fields, known: Sequence[str]) -> None:
    for name in f.names():
        if name not in known:
            raise f.wrong(name, f"no such key, but one of {', '.join(known)}")


def check_works(policy: Policy, text: Text) -> None:
    """Checks the work of a policy; one that has none is an older one, and is read all the same.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    for number, work in enumerate(policy.works, 1):
        _check_words(policy, text, work, number)
    if policy.works:
        _check_whole(policy, text)
        for after in after_work(policy):
            _check_after(policy, text, after)


def require_works(policy: Policy, where: str) -> None:
    """Checks that every rule that leads to refurbish stock has work, whether or not the policy has any.

    Policies already published are read without this check; `where` names the file.

    Raises:
        Refused: a rule has none.
    """
    _require_work(policy, Text(where, policy.source))


def _check_words(policy: Policy, text: Text, work: Work, number: int) -> None:
    place = f"{text.line('work', number)}, work {work.id}"
    grades = [grade.code for grade in policy.grades]
    given = [answer.id for question in policy.questions for answer in question.answers]
    _declared("grade", f"{place}: grades", work.scope.grades, [ANY, *grades])
    _declared("category", f"{place}: categories", work.scope.categories, [ANY, *policy.categories])
    _declared("answer", f"{place}: answers", work.answers, given)
    _declared("grade", f"{place}: best", (work.best,), grades)
    _declared(
        "disposition", f"{place}: otherwise", (work.otherwise,), [o.disposition for o in policy.outcomes]
    )
    if policy.outcome(work.otherwise).status in {"sellable", "refurbish"}:
        raise _mistake(
            "policy.work_otherwise",
            f"{place}: otherwise is {work.otherwise}, which leads to "
            f"{policy.outcome(work.otherwise).status} stock",
            "a disposition for units that could not be made fit",
            "Name another one.",
        )
    if len(work.id) > _ID or any(work.id == other.id for other in policy.works[: number - 1]):
        raise _mistake(
            "policy.work_id",
            f"{place}: its id is long, or that of another work",
            f"an id of its own of up to {_ID} signs",
            "Give it another id.",
        )
    if not 0 < len(work.steps) <= _STEPS or len({step.id for step in work.steps}) < len(work.steps):
        raise _mistake(
            "policy.work_steps",
            f"{place}: it has {len(work.steps)} steps, or two of one id",
            f"1 to {_STEPS} tables [[work.step]], each with an id of its own",
            "Correct its steps.",
        )
    for step in work.steps:
        _check_step(policy, f"{place}, step {step.id}", work, step)


def _check_step(policy: Policy, place: str, work: Work, step: WorkStep) -> None:
    for what, name in (("id", step.id), ("owner", step.owner)):
        if not _NAME.fullmatch(name):
            raise _mistake(
                "policy.step_name",
                f"{place}: its {what} is {name!r}",
                "small letters, digits and underscores",
                "Give it another one.",
            )
    if len(step.caption) > _CAPTION:
        raise _mistake(
            "policy.long",
            f"{place}: {step.caption!r} is long",
            f"a caption of up to {_CAPTION} signs",
            "Say it shorter.",
        )
    spoken = {currency for currency, _ in step.cost_minor}
    wanted = {currency for currency, _ in policy.works[0].steps[0].cost_minor}
    if not spoken or spoken != wanted:
        raise _mistake(
            "policy.currencies",
            f"{place}: its cost is said in {', '.join(sorted(spoken)) or 'no currency'}",
            f"the same currencies for every step ({', '.join(sorted(wanted)) or 'one or more'})",
            "Correct cost_minor.",
        )
    if step.skipped is not None:
        _declared("grade", f"{place}: skipped", (step.skipped,), [grade.code for grade in policy.grades])
        if policy.grade(step.skipped).number < policy.grade(work.best).number:
            raise _mistake(
                "policy.step_skipped",
                f"{place}: without it a unit can have grade {step.skipped}, with all steps {work.best}",
                "no better a grade than all steps together allow",
                "Correct skipped, or best.",
            )


def _check_whole(policy: Policy, text: Text) -> None:
    used = _require_work(policy, text)
    for number, work in enumerate(policy.works, 1):
        if work.id not in used:
            raise _mistake(
                "policy.dead_work",
                f"{text.line('work', number)}, work {work.id}: it never comes up, "
                "earlier works take every unit of its, or no rule sends one",
                "works from the special to the general, for units that rules refurbish",
                "Move it up, correct it or remove it.",
            )


def _require_work(policy: Policy, text: Text) -> set[str]:
    """The works that come up; refused when some unit has none, or a fallback that it cannot take."""
    used = set[str]()
    for found in needing(policy):
        place = f"{text.line('rule', policy.rules.index(found.rule) + 1)}, rule {found.rule.id}"
        if found.work is None:
            after = f", after {', '.join(found.answers)}" if found.answers else ""
            raise _mistake(
                "policy.no_work",
                f"{place}: it leads to refurbish stock, and no work is for {_told(found.case)}{after}",
                "a table [[work]] for every unit that is refurbished",
                "Add one.",
            )
        blocked = policy.routes.blocked(found.work.otherwise, found.case)
        if blocked is not None:
            number = policy.works.index(found.work) + 1
            raise _mistake(
                "policy.blocked_route",
                f"{text.line('work', number)}, work {found.work.id}: otherwise is "
                f"{found.work.otherwise}, which is blocked for {_told(found.case)} ({blocked.name})",
                "a disposition that these units can take",
                "Name another one, or add a work for these units above this one.",
            )
        used.add(found.work.id)
    return used


def _check_after(policy: Policy, text: Text, after: After) -> None:
    place = f"{text.line('work', policy.works.index(after.work) + 1)}, work {after.work.id}"
    rule, case = after.rule, after.case
    if rule is None:
        raise _mistake(
            "policy.work_gap",
            f"{place}: no rule decides about {_told(case)}, once refurbished",
            "a rule for every grade that a unit can come out with",
            "Add a rule with refurbished = true.",
        )
    routes = policy.onward(rule) if rule.disposition == BEST else (rule.disposition,)
    onward = policy.routes.open(routes, case)
    if not onward or refurbishing(policy).intersection(onward):
        raise _mistake(
            "policy.work_loop",
            f"{place}: rule {rule.id} leads {_told(case)}, once refurbished, back to refurbishing or nowhere",
            "a way onward for every grade that a unit can come out with",
            "Add a rule with refurbished = true above it.",
        )
    lacking = [
        route for route in onward if rule.disposition == BEST and not policy.routes.recovery(route, case)
    ]
    if lacking:
        raise _mistake(
            "policy.no_recovery",
            f"{place}: what {lacking[0]} brings is not said for {_told(case)}, which rule {rule.id} weighs",
            "a table [[recovery]] for each route a rule chooses among",
            "Add it.",
        )


def _told(case: Case) -> str:
    return f"{case.category}, grade {case.grade}, {'hazardous' if case.hazardous else 'not hazardous'}"


def _declared(kind: str, place: str, words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        if word not in known:
            raise _mistake(
                f"policy.unknown_{kind}",
                f"{place} holds {word!r}",
                f"one of {', '.join(known)}" if known else "none, as none is declared",
                "Use one of these.",
            )


def _mistake(code: str, read: str, expected: str, do: str) -> Refused:
    return Refused(code, f"{read}.", f"Expected {expected}.", do)
