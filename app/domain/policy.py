"""The returns policy: versioned data that says which grades there are and what becomes of a unit.

A policy is a TOML document which the centre publishes and stations obey; every event carries its version.
Reading one checks it whole: every combination of category, grade and hazard meets a rule, every rule can
fire, every word a rule uses is declared. A mistake names the file, the key and, for a rule, its line.
"""

from __future__ import annotations

import itertools
import tomllib
from dataclasses import dataclass

from app.domain.account import Status, read_status
from app.domain.fields import Fields
from app.domain.refusal import Refused

ANY = "*"


@dataclass(frozen=True, slots=True)
class Grade:
    """A condition an inspector can give; `number` is its answer number on the mat."""

    code: str
    caption: str
    number: int
    as_new: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a disposition does with the goods: target status, place (a tote or area code) and caption.

    `reason` is the quarantine reason where the status needs one.
    """

    disposition: str
    caption: str
    status: Status
    place: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """First rule whose conditions all hold decides. Conditions are lists of words; `*` is any."""

    id: str
    name: str
    grades: tuple[str, ...]
    categories: tuple[str, ...]
    hazardous: bool | None
    disposition: str

    def holds(self, category: str, grade: str, *, hazardous: bool) -> bool:
        """True when this rule decides about such a unit."""
        return (
            (ANY in self.grades or grade in self.grades)
            and (ANY in self.categories or category in self.categories)
            and self.hazardous in {None, hazardous}
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """A disposition with its proof: the rule that decided and the policy version it stands in."""

    outcome: Outcome
    rule: str
    rule_name: str
    policy_ver: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A read and checked returns policy. `source` is the document's text, published byte for byte."""

    version: str
    grades: tuple[Grade, ...]
    categories: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    rules: tuple[Rule, ...]
    reasons: tuple[tuple[str, str], ...]
    source: str

    def grade(self, code: str) -> Grade:
        """The grade of that code; refused when the policy has none."""
        for grade in self.grades:
            if grade.code == code:
                return grade
        raise Refused(
            "policy.unknown_grade",
            f"Read the grade {code!r}.",
            f"Policy {self.version} has {', '.join(g.code for g in self.grades)}.",
            "Scan one of these.",
        )

    def outcome(self, disposition: str) -> Outcome:
        """What a disposition does."""
        return next(outcome for outcome in self.outcomes if outcome.disposition == disposition)

    def decide(self, category: str, grade: str, *, hazardous: bool) -> Decision:
        """The disposition of a unit; an undeclared category is judged as `default`."""
        known = category if category in self.categories else "default"
        self.grade(grade)
        rule = next(rule for rule in self.rules if rule.holds(known, grade, hazardous=hazardous))
        return Decision(self.outcome(rule.disposition), rule.id, rule.name, self.version)

    def reason_text(self, code: str) -> str:
        """The words for a return reason, or the code itself when the policy does not know it."""
        return dict(self.reasons).get(code, code)


def read_policy(source: str, where: str) -> Policy:
    """Reads and checks a policy; `where` names the file in refusals."""
    try:
        document = tomllib.loads(source)
    except tomllib.TOMLDecodeError as bad:
        raise Refused(
            "policy.not_toml",
            f"{where} is not TOML: {bad}.",
            "Expected a policy document.",
            "Mend that line.",
        ) from None
    f = Fields(document, where)
    policy = Policy(
        version=f.text("version"),
        grades=tuple(_grades(f.inner("grade"))),
        categories=f.texts("categories"),
        outcomes=tuple(_outcomes(f.inner("disposition"))),
        rules=tuple(_rules(f)),
        reasons=tuple((code, f.inner("reason").text(code)) for code in f.inner("reason").names()),
        source=source,
    )
    _check(policy, where)
    return policy


def _grades(f: Fields) -> list[Grade]:
    return [
        Grade(code, g.text("caption"), g.whole("number", least=1, most=9), g.flag("as_new", default=False))
        for code in f.names()
        for g in (f.inner(code),)
    ]


def _outcomes(f: Fields) -> list[Outcome]:
    return [
        Outcome(
            name, d.text("caption"), read_status(d.text("status")), d.text("place"), d.maybe_text("reason")
        )
        for name in f.names()
        for d in (f.inner(name),)
    ]


def _rules(f: Fields) -> list[Rule]:
    found = []
    for r in f.objects("rule"):
        hazard = r.flag("hazardous", default=False) if "hazardous" in r.names() else None
        found.append(
            Rule(
                id=r.text("id"),
                name=r.text("name"),
                grades=r.texts("grades"),
                categories=r.texts("categories"),
                hazardous=hazard,
                disposition=r.text("disposition"),
            )
        )
    return found


def _check(policy: Policy, where: str) -> None:
    if "default" not in policy.categories:
        raise _mistake(
            "policy.no_default", where, "categories", "no 'default'", "Add it: unknown categories use it."
        )
    grades = {grade.code for grade in policy.grades}
    dispositions = {outcome.disposition for outcome in policy.outcomes}
    for number, rule in enumerate(policy.rules, 1):
        place = f"{where}, line {_line_of_rule(policy.source, number)}, rule {rule.id}"
        _declared(place, "grades", rule.grades, grades)
        _declared(place, "categories", rule.categories, set(policy.categories))
        _declared(place, "disposition", (rule.disposition,), dispositions)
    fired: set[str] = set()
    for category, grade, hazardous in itertools.product(policy.categories, sorted(grades), (False, True)):
        rule_id = next((r.id for r in policy.rules if r.holds(category, grade, hazardous=hazardous)), None)
        if rule_id is None:
            hazard = "hazardous" if hazardous else "not hazardous"
            raise _mistake(
                "policy.gap",
                where,
                "rule",
                f"none for {category}, grade {grade}, {hazard}",
                "Add a rule for it.",
            )
        fired.add(rule_id)
    for number, rule in enumerate(policy.rules, 1):
        if rule.id not in fired:
            place = f"{where}, line {_line_of_rule(policy.source, number)}"
            raise _mistake(
                "policy.dead_rule",
                place,
                f"rule {rule.id}",
                "a rule that can never fire, because earlier rules take every case",
                "Move it up or remove it.",
            )
    ids = [rule.id for rule in policy.rules]
    if len(set(ids)) != len(ids):
        raise _mistake("policy.same_id", where, "rule", "two rules with one id", "Give each its own.")


def _declared(place: str, key: str, words: tuple[str, ...], known: set[str]) -> None:
    if not words:
        raise _mistake("policy.empty", place, key, "an empty list", "Name at least one, or * for any.")
    for word in words:
        if word != ANY and word not in known:
            raise _mistake(
                f"policy.unknown_{key.rstrip('s')}",
                place,
                key,
                repr(word),
                f"Known: {', '.join(sorted(known))}.",
            )


def _line_of_rule(source: str, number: int) -> int:
    seen = 0
    for line, text in enumerate(source.splitlines(), 1):
        seen += text.strip().startswith("[[rule]]")
        if seen == number:
            return line
    return 0


def _mistake(code: str, place: str, key: str, read: str, do: str) -> Refused:
    return Refused(code, f"{place}: {key} holds {read}.", "Expected a complete policy of declared words.", do)
