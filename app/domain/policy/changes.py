"""What another version of a returns policy says otherwise, part by part, in words for the floor."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from app.domain.policy.routes import Recovery
from app.domain.policy.scope import Scope
from app.domain.policy.shapes import Policy

_WORDS = {"as_new": "as new", "outcomes": "dispositions", "cost_minor": "cost in minor units"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One kind of thing a policy declares: each by its name, and the fields that are told elsewhere."""

    kind: str
    of: Mapping[str, Any]
    apart: frozenset[str] = frozenset()


def changes(old: Policy, new: Policy) -> Iterator[str]:
    """A sentence for each thing that was added, removed, moved or changed; none for equal policies."""
    for before, after in zip(_parts(old), _parts(new), strict=True):
        yield from _changed(before, after)
    days = (old.send_back_days, new.send_back_days)
    if days[0] != days[1]:
        yield f"Days to send goods back: {_said(days[1])} instead of {_said(days[0])}."
    if old.travel_days != new.travel_days:
        yield f"Days for parcels to arrive: {new.travel_days} instead of {old.travel_days}."
    yield from _moved("Rule", [rule.id for rule in old.rules], [rule.id for rule in new.rules])
    asked = ([question.id for question in policy.questions] for policy in (old, new))
    yield from _moved("Question", *asked)
    works = [{work.id: [step.id for step in work.steps] for work in policy.works} for policy in (old, new)]
    yield from _moved("Work", list(works[0]), list(works[1]))
    for name in works[1]:
        if name in works[0]:
            yield from _moved(f"Step of work {name}:", works[0][name], works[1][name])


def _parts(policy: Policy) -> Iterator[_Part]:
    yield _Part("Category", {name: name for name in policy.categories})
    yield _Part("Grade", {grade.code: grade for grade in policy.grades}, frozenset({"code"}))
    yield _Part(
        "Question",
        {question.id: question for question in policy.questions},
        frozenset({"id", "answers"}),
    )
    given = (answer for question in policy.questions for answer in question.answers)
    yield _Part("Answer", {answer.id: answer for answer in given}, frozenset({"id"}))
    yield _Part(
        "Disposition",
        {outcome.disposition: outcome for outcome in policy.outcomes},
        frozenset({"disposition"}),
    )
    yield _Part("Reason", {reason.code: reason for reason in policy.reasons}, frozenset({"code"}))
    yield _Part("Recovery", _numbered(policy.routes.recoveries))
    yield _Part("Block", {block.name: block for block in policy.routes.blocks}, frozenset({"name"}))
    yield _Part("Leaving by", {route: ", ".join(states) for route, states in policy.leaving.states})
    yield _Part("Regulated", {entry.name: entry for entry in policy.regulated}, frozenset({"name"}))
    yield _Part("Refund", {refund.id: refund for refund in policy.refunds}, frozenset({"id"}))
    yield _Part("Replacement", {"terms": policy.exchange})
    yield _Part("Window", {str(number): window for number, window in enumerate(policy.windows, 1)})
    yield _Part("Work", {work.id: work for work in policy.works}, frozenset({"id", "steps"}))
    steps = {f"{work.id}.{step.id}": step for work in policy.works for step in work.steps}
    yield _Part("Step", steps, frozenset({"id"}))
    yield _Part("Floor", {"rules": policy.floor})
    yield _Part("Rule", {rule.id: rule for rule in policy.rules}, frozenset({"id"}))


def _numbered(recoveries: Sequence[Recovery]) -> dict[str, Recovery]:
    """Each by its route, and its place among those of that route."""
    found: dict[str, Recovery] = {}
    for recovery in recoveries:
        nth = sum(other.route == recovery.route for other in found.values()) + 1
        found[f"{recovery.route} {nth}"] = recovery
    return found


def _changed(before: _Part, after: _Part) -> Iterator[str]:
    for name, was in before.of.items():
        if name not in after.of:
            yield f"{after.kind} {_named(name, was)} is gone."
    for name, now in after.of.items():
        if name not in before.of:
            yield f"{after.kind} {_named(name, now)} is new{_told(now, after.apart)}."
            continue
        was = before.of[name]
        if isinstance(now, str):
            if now != was:
                yield f"{after.kind} {name}: {now!r} instead of {was!r}."
            continue
        for field in fields(now):
            one, other = getattr(was, field.name), getattr(now, field.name)
            if field.name not in after.apart and one != other:
                yield f"{after.kind} {name}: {_word(field.name)} {_said(other)} instead of {_said(one)}."


def _named(name: str, thing: Any) -> str:
    words = (getattr(thing, field, "") for field in ("name", "caption", "ask", "text"))
    said = thing if isinstance(thing, str) else next(filter(None, words), "")
    return f"{name} ({said})" if said not in {"", name} else name


def _told(thing: Any, apart: frozenset[str]) -> str:
    """What a new thing says, but for its name and what says nothing."""
    if isinstance(thing, str):
        return ""
    said = ((field.name, getattr(thing, field.name)) for field in fields(thing))
    hidden = apart | {"name", "caption", "ask", "text"}
    told = [f"{_word(name)} {_said(value)}" for name, value in said if name not in hidden and _says(value)]
    return f": {'; '.join(told)}" if told else ""


def _says(value: object) -> bool:
    return value not in (None, (), "", False)


def _word(name: str) -> str:
    return _WORDS.get(name, name.replace("_", " "))


def _said(value: object) -> str:
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Scope):
        hazard = {None: "", True: ", hazardous", False: ", not hazardous"}[value.hazardous]
        return f"grades {_said(value.grades)} of {_said(value.categories)}{hazard}"
    if isinstance(value, tuple):
        return ", ".join(_said(entry) for entry in value)
    return str(value)


def _moved(kind: str, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Those of both that stand elsewhere among them, as few as explain the new order."""
    kept = [name for name in before if name in after]
    now = [name for name in after if name in before]
    same = difflib.SequenceMatcher(None, kept, now, autojunk=False).get_matching_blocks()
    stayed = {name for block in same for name in now[block.b : block.b + block.size]}
    for place, name in enumerate(now):
        if name not in stayed:
            where = f"after {now[place - 1]}" if place else f"before {now[1]}"
            yield f"{kind} {name} stands {where} now."
