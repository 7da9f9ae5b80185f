"""The returns policy: versioned data that says which grades there are and what becomes of a unit.

A policy is a TOML document which the centre publishes and stations obey; every event carries its version.
Reading one checks it whole: every combination of category, grade and hazard meets a rule, every rule can
fire, every word a rule uses is declared, every disposition leads to stock that may exist. A mistake names the
file, the line and the key, and says what to do.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.domain.account import Account, Status
from app.domain.fields import Fields
from app.domain.refusal import Refused

ANY = "*"

# The bench gives these two itself, before any rule: a return nobody announced, an item not on its return.
HELD_DISPOSITIONS = ("hold_blind", "hold_wrong_item")


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
        """What a disposition does; refused when the policy has none of that name."""
        for outcome in self.outcomes:
            if outcome.disposition == disposition:
                return outcome
        raise Refused(
            "policy.unknown_disposition",
            f"Read the disposition {disposition!r}.",
            f"Policy {self.version} has {', '.join(o.disposition for o in self.outcomes)}.",
            "Use one of these.",
        )

    def decide(self, category: str, grade: str, *, hazardous: bool) -> Decision:
        """The disposition of a unit; an undeclared category is judged as `default`."""
        known = category if category in self.categories else "default"
        self.grade(grade)  # refuses one the policy has not
        rule = next(rule for rule in self.rules if rule.holds(known, grade, hazardous=hazardous))
        return Decision(self.outcome(rule.disposition), rule.id, rule.name, self.version)

    def reason_text(self, code: str) -> str:
        """The words for a return reason, or the code itself when the policy does not know it."""
        return dict(self.reasons).get(code, code)


def read_policy(source: str, where: str) -> Policy:
    """Reads and checks a policy; `where` names the file in refusals."""
    try:
        document = tomllib.loads(source)
    except (ValueError, RecursionError) as bad:  # the latter: brackets nested without end
        raise Refused(
            "policy.not_toml",
            f"{where} is not TOML: {bad}.",
            "Expected a policy document.",
            "Mend that line.",
        ) from None
    text = _Text(where, source)
    reasons = text.table(document, "reason")
    policy = Policy(
        version=text.key(document, "version").text("version"),
        grades=tuple(_grade(code, f) for code, f in text.tables(document, "grade")),
        categories=text.key(document, "categories").texts("categories"),
        outcomes=tuple(_outcome(name, f) for name, f in text.tables(document, "disposition")),
        rules=tuple(_rule(f) for f in text.rules(document)),
        reasons=tuple((code, reasons.text(code)) for code in reasons.names()),
        source=source,
    )
    _check_words(policy, text)
    _check_rules(policy, text)
    return policy


class _Text:
    """Where things stand in the document, for refusals: the parser keeps values only."""

    def __init__(self, where: str, source: str) -> None:
        self._where = where
        self._lines = source.splitlines()

    def line(self, name: str, nth: int = 1) -> str:
        """File and line of the nth table, or of the first key, of that name; else the file alone."""
        word = re.escape(name)
        for form in (rf"\s*\[+\s*{word}\s*\]+", rf"\s*{word}\s*="):
            found = [number for number, text in enumerate(self._lines, 1) if re.match(form, text)]
            if found:
                return f"{self._where}, line {found[min(nth, len(found)) - 1]}"
        return self._where

    @property
    def end(self) -> str:
        """File and last line."""
        return f"{self._where}, line {len(self._lines)}"

    def key(self, document: Mapping[str, object], name: str) -> Fields:
        """The document, to read a key that stands above all tables; a missing one belongs on line 1."""
        if name not in document:
            raise Fields(document, f"{self._where}, line 1").wrong(name, "a value")
        return Fields(document, self.line(name))

    def table(self, document: Mapping[str, object], name: str) -> Fields:
        """A table of the document; a missing one belongs below the last line."""
        return Fields(document, self.line(name) if name in document else self.end).inner(name)

    def tables(self, document: Mapping[str, object], kind: str) -> Iterator[tuple[str, Fields]]:
        """The tables `[kind.NAME]` by name."""
        for name, inner in self.table(document, kind).raw().items():
            yield name, Fields(inner, f"{self.line(f'{kind}.{name}')}, {kind} {name}")

    def rules(self, document: Mapping[str, object]) -> Iterator[Fields]:
        """The `[[rule]]` tables in their order."""
        for number, rule in enumerate(Fields(document, self.line("rule")).objects("rule"), 1):
            yield Fields(rule.raw(), f"{self.line('rule', number)}, rule {number}")


def _grade(code: str, f: Fields) -> Grade:
    return Grade(code, f.text("caption"), f.whole("number", least=1, most=9), f.flag("as_new", default=False))


def _outcome(name: str, f: Fields) -> Outcome:
    status = f.text("status")
    if status not in set(Status):
        raise f.wrong("status", f"one of {', '.join(Status)}")
    return Outcome(name, f.text("caption"), Status(status), f.text("place"), f.maybe_text("reason"))


def _rule(f: Fields) -> Rule:
    return Rule(
        id=f.text("id"),
        name=f.text("name"),
        grades=f.texts("grades"),
        categories=f.texts("categories"),
        hazardous=f.flag("hazardous", default=False) if "hazardous" in f.names() else None,
        disposition=f.text("disposition"),
    )


def _check_words(policy: Policy, text: _Text) -> None:
    if "default" not in policy.categories:
        raise _mistake(
            "policy.no_default",
            f"{text.line('categories')}: categories lacks 'default'",
            "the category that unknown ones are judged as",
            "Add 'default' to the list.",
        )
    if not policy.grades:
        raise _mistake(
            "policy.no_grade",
            f"{text.line('grade')}: no grade is declared",
            "a table [grade.NAME] for each condition an inspector can give",
            "Add them.",
        )
    numbers: dict[int, str] = {}
    for grade in policy.grades:
        other = numbers.setdefault(grade.number, grade.code)
        if other != grade.code:
            raise _mistake(
                "policy.same_number",
                f"{text.line(f'grade.{grade.code}')}: number {grade.number} is that of grade {other} too",
                "an answer number of its own for each grade",
                "Give one of the two another number.",
            )
    for outcome in policy.outcomes:
        try:
            Account("owner", "item", outcome.place, outcome.status, outcome.reason)
        except Refused as no:
            raise _mistake(
                "policy.impossible_stock",
                f"{text.line(f'disposition.{outcome.disposition}')}: disposition {outcome.disposition}"
                f" leads to {outcome.status} stock at {outcome.place}, reason {outcome.reason}",
                no.expected.removeprefix("Expected ").removesuffix("."),
                "Correct status, place or reason.",
            ) from None
    for name in HELD_DISPOSITIONS:
        if all(outcome.disposition != name for outcome in policy.outcomes):
            raise _mistake(
                "policy.no_disposition",
                f"{text.line('disposition')}: disposition lacks {name!r}, which the bench gives by itself",
                f"a table [disposition.{name}]",
                "Add it.",
            )


def _check_rules(policy: Policy, text: _Text) -> None:
    grades = [grade.code for grade in policy.grades]
    dispositions = [outcome.disposition for outcome in policy.outcomes]
    first: dict[str, int] = {}
    for number, rule in enumerate(policy.rules, 1):
        place = f"{text.line('rule', number)}, rule {rule.id}"
        _declared("grade", f"{place}: grades", rule.grades, [ANY, *grades])
        _declared("category", f"{place}: categories", rule.categories, [ANY, *policy.categories])
        _declared("disposition", f"{place}: disposition", (rule.disposition,), dispositions)
        if first.setdefault(rule.id, number) != number:
            raise _mistake(
                "policy.same_id",
                f"{place}: the id {rule.id} is that of rule number {first[rule.id]} in the file too",
                "an id of its own for each rule",
                "Give one of the two another id.",
            )
    fired: set[str] = set()
    for category, grade, hazardous in itertools.product(policy.categories, grades, (False, True)):
        rule_id = next((r.id for r in policy.rules if r.holds(category, grade, hazardous=hazardous)), None)
        if rule_id is None:
            hazard = "hazardous" if hazardous else "not hazardous"
            place = text.line("rule", len(policy.rules)) if policy.rules else text.end
            raise _mistake(
                "policy.gap",
                f"{place}: no rule decides about {category}, grade {grade}, {hazard}",
                "a rule for every case",
                f"Add a rule for it below this line, or add {grade} to one that fits.",
            )
        fired.add(rule_id)
    for number, rule in enumerate(policy.rules, 1):
        if rule.id not in fired:
            raise _mistake(
                "policy.dead_rule",
                f"{text.line('rule', number)}: rule {rule.id} can never fire, earlier rules take every case",
                "rules from the special to the general",
                "Move it up or remove it.",
            )


def _declared(kind: str, place: str, words: tuple[str, ...], known: list[str]) -> None:
    if not words:
        raise _mistake(
            "policy.empty", f"{place} is empty", "one word or more", f"Name one, or {ANY} for any."
        )
    for word in words:
        if word not in known:
            raise _mistake(
                f"policy.unknown_{kind}",
                f"{place} holds {word!r}",
                f"one of {', '.join(known)}",
                "Use one of these.",
            )


def _mistake(code: str, read: str, expected: str, do: str) -> Refused:
    return Refused(code, f"{read}.", f"Expected {expected}.", do)
