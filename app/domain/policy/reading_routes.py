"""Reading the recoveries and blocked routes of a returns policy, and the checks of both with the rules.

A rule never leads to a blocked route, a rule that chooses always has a route left and a figure for it, and no
entry is without effect.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from app.domain.fields import Fields
from app.domain.policy.inspection import answers, ways
from app.domain.policy.leaving import ENDS
from app.domain.policy.routes import BEST, Blocked, Recovery, Routes
from app.domain.policy.scope import ANY, Case, Scope
from app.domain.policy.shapes import Policy, Rule
from app.domain.policy.text import Text
from app.domain.refusal import Refused

_CURRENCY = re.compile(r"[A-Z]{3}")
_ALL = 100
_HELD = "hold_"


def read_routes(document: Mapping[str, object], text: Text) -> Routes:
    """The tables `[[recovery]]` and `[[blocked]]`; a policy may have none."""
    return Routes(
        tuple(_recovery(f) for f in text.lists(document, "recovery")),
        tuple(_blocked(f) for f in text.lists(document, "blocked")),
    )


def _recovery(f: Fields) -> Recovery:
    _only(f, ("route", "grades", "categories", "percent", "cost_minor"))
    costs = f.inner("cost_minor")
    for currency in costs.names():
        if not _CURRENCY.fullmatch(currency):
            raise costs.wrong(currency, "a currency as three capitals, such as GBP")
    return Recovery(
        f.text("route"),
        _scope(f),
        f.whole("percent", most=_ALL),
        tuple((currency, costs.whole(currency)) for currency in costs.names()),
    )


def _blocked(f: Fields) -> Blocked:
    _only(f, ("name", "routes", "grades", "categories", "hazardous"))
    return Blocked(f.text("name"), f.texts("routes"), _scope(f))


def _scope(f: Fields) -> Scope:
    hazardous = f.flag("hazardous", default=False) if "hazardous" in f.names() else None
    return Scope(f.texts("grades") or (ANY,), f.texts("categories") or (ANY,), hazardous)


def _only(f: Fields, known: Sequence[str]) -> None:
    for name in f.names():
        if name not in known:
            raise f.wrong(name, f"no such key, but one of {', '.join(known)}")


def check_routes(policy: Policy, text: Text) -> None:
    """Checks recoveries, limits and rules that choose, by going every way an inspection can go.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    _check_words(policy, text)
    taken = set[tuple[str, str]]()
    for rule, case in _decided(policy):
        place = _place(policy, text, rule)
        if rule.disposition != BEST:
            _require_open(policy, place, rule, case)
            continue
        may = policy.routes.open(rule.among, case)
        if not may:
            why = policy.routes.blocked(rule.among[0], case)
            raise _mistake(
                "policy.no_route",
                f"{place}: every route is blocked for {_told(case)} ({why.name if why else ''})",
                "a route that each unit can take",
                "Add one to among, or a rule for these units above this one.",
            )
        for route in may:
            if policy.routes.recovery(route, case) is None:
                raise _mistake(
                    "policy.no_recovery",
                    f"{place}: what {route} brings is not said for {_told(case)}",
                    "a table [[recovery]] for each route a rule chooses among",
                    "Add it.",
                )
            taken.add((rule.id, route))
    _check_alive(policy, text, taken)


def _decided(policy: Policy) -> Iterator[tuple[Rule, Case]]:
    """Each rule with each kind of unit that it decides about, once."""
    seen = set[tuple[str, Case]]()
    for category, hazardous in itertools.product(policy.categories, (False, True)):
        for said, grade in ways(policy, category):
            if grade is None:
                continue
            rule = policy.rule_for(category, grade, answers(said), hazardous=hazardous)
            case = Case(category, grade, hazardous)
            if rule is not None and (rule.id, case) not in seen:
                seen.add((rule.id, case))
                yield rule, case


def _check_words(policy: Policy, text: Text) -> None:
    routes = [outcome.disposition for outcome in policy.outcomes if not outcome.disposition.startswith(_HELD)]
    if BEST in routes:
        raise _mistake(
            "policy.reserved",
            f"{text.line(f'disposition.{BEST}')}: a disposition is named {BEST!r}",
            f"another name, as {BEST!r} stands for a choice by figures",
            "Give it another name.",
        )
    for number, recovery in enumerate(policy.routes.recoveries, 1):
        place = f"{text.line('recovery', number)}, recovery {number}"
        _declared(f"{place}: route", (recovery.route,), routes)
        _check_scope(policy, place, recovery.scope)
        spoken = {currency for currency, _ in recovery.cost_minor}
        wanted = {currency for currency, _ in policy.routes.recoveries[0].cost_minor}
        if not spoken or spoken != wanted:
            raise _mistake(
                "policy.currencies",
                f"{place}: its cost is said in {', '.join(sorted(spoken)) or 'no currency'}",
                f"the same currencies for every recovery ({', '.join(sorted(wanted)) or 'one or more'})",
                "Correct cost_minor.",
            )
    for number, block in enumerate(policy.routes.blocks, 1):
        place = f"{text.line('blocked', number)}, blocked {number}"
        # Goods leave for good by routes that need not be a disposition of the bench.
        _declared(f"{place}: routes", block.routes, list(dict.fromkeys((*routes, *ENDS))))
        _check_scope(policy, place, block.scope)
    for number, rule in enumerate(policy.rules, 1):
        place = f"{text.line('rule', number)}, rule {rule.id}"
        if rule.disposition != BEST and rule.among:
            raise _mistake(
                "policy.among",
                f"{place}: it names among and a disposition",
                f'disposition = "{BEST}" with among, or a disposition alone',
                "Take one of them away.",
            )
        if rule.disposition == BEST:
            _declared(f"{place}: among", rule.among, routes)
            if len(set(rule.among)) != len(rule.among) or len(rule.among) == 1:
                raise _mistake(
                    "policy.among",
                    f"{place}: among holds {', '.join(rule.among)}",
                    "two routes or more, each once",
                    "Correct the list, or name the one route as the disposition.",
                )


def _check_scope(policy: Policy, place: str, scope: Scope) -> None:
    _declared(f"{place}: grades", scope.grades, [ANY, *(grade.code for grade in policy.grades)])
    _declared(f"{place}: categories", scope.categories, [ANY, *policy.categories])


def _require_open(policy: Policy, place: str, rule: Rule, case: Case) -> None:
    why = policy.routes.blocked(rule.disposition, case)
    if why is not None:
        raise _mistake(
            "policy.blocked_route",
            f"{place}: it leads to {rule.disposition}, which is blocked for {_told(case)} ({why.name})",
            "a route that these units can take",
            "Give them another disposition by a rule above this one, or narrow the block.",
        )


def _check_alive(policy: Policy, text: Text, taken: set[tuple[str, str]]) -> None:
    for rule in policy.rules:
        for route in rule.among:
            if (rule.id, route) not in taken:
                raise _mistake(
                    "policy.dead_route",
                    f"{_place(policy, text, rule)}: its route {route} is blocked for every unit",
                    "routes that some unit can take",
                    "Remove it from among.",
                )
    cases = [
        Case(category, grade.code, hazardous=False)
        for category, grade in itertools.product(policy.categories, policy.grades)
    ]
    for number, recovery in enumerate(policy.routes.recoveries, 1):
        fits = (policy.routes.recovery(recovery.route, case) for case in cases)
        if not any(found is recovery for found in fits):
            place = f"{text.line('recovery', number)}, recovery {number}"
            raise _mistake(
                "policy.dead_recovery",
                f"{place}: it never counts, earlier entries say what {recovery.route} brings for every unit",
                "recoveries from the special to the general",
                "Move it up, correct it or remove it.",
            )


def _place(policy: Policy, text: Text, rule: Rule) -> str:
    return f"{text.line('rule', policy.rules.index(rule) + 1)}, rule {rule.id}"


def _told(case: Case) -> str:
    return f"{case.category}, grade {case.grade}, {'hazardous' if case.hazardous else 'not hazardous'}"


def _declared(place: str, words: tuple[str, ...], known: Sequence[str]) -> None:
    if not words:
        raise _mistake("policy.empty", f"{place} is empty", "one word or more", "Name one.")
    for word in words:
        if word not in known:
            raise _mistake(
                "policy.unknown_route"
                if place.endswith(("route", "routes", "among"))
                else "policy.unknown_word",
                f"{place} holds {word!r}",
                f"one of {', '.join(known)}",
                "Use one of these.",
            )


def _mistake(code: str, read: str, expected: str, do: str) -> Refused:
    return Refused(code, f"{read}.", f"Expected {expected}.", do)
