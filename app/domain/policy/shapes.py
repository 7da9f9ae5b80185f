"""What a returns policy holds, and how it decides: by the first rule whose conditions all hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.domain.account import Status
from app.domain.policy.exchanges import USUAL, ExchangeTerms
from app.domain.policy.floor import NO_RULES, FloorRules
from app.domain.policy.leaving import AS_EVER, Leaving, Regulated
from app.domain.policy.reasons import Reason
from app.domain.policy.refunds import RefundRule
from app.domain.policy.routes import BEST, NO_ROUTES, Routes, Weighing, Worth
from app.domain.policy.scope import ANY as ANY  # noqa: PLC0414 - callers know it from here
from app.domain.policy.scope import Case
from app.domain.policy.windows import Window
from app.domain.policy.work import Work
from app.domain.refusal import Refused

DEFAULT = "default"
"""The category that unknown ones are judged as."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A condition an inspector can give; `number` is its answer number on the mat, 1 the best.

    `photo` asks for a photo of such a unit.
    """

    code: str
    caption: str
    number: int
    as_new: bool
    photo: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer: `id` is QUESTION.ANSWER, `best` the best grade a unit can have after it.

    `photo` asks for a photo of what was answered. `missing` marks the answer that parts are missing.
    """

    id: str
    caption: str
    best: str | None
    photo: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What an inspector is asked about a unit of these categories, answered by one scan.

    Asked only after one of the answers in `after`, where there are some; only once one of `grades` stands,
    where there are some. A grade that is scanned passes over the other questions, but not over one to
    `insist` on. One about `parts` shows the part list of a kit.
    """

    id: str
    ask: str
    categories: tuple[str, ...]
    answers: tuple[Answer, ...]
    after: tuple[str, ...]
    grades: tuple[str, ...]
    insist: bool
    parts: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a disposition does with the goods: target status, place (a tote or area code) and caption.

    `reason` is the quarantine reason where the status needs one. One to `confirm` is done only when its own
    word is said as well: goods are not written off by a grade alone.
    """

    disposition: str
    caption: str
    status: Status
    place: str
    reason: str | None
    confirm: bool = False


SAYABLE = ("restock", "refurbish", "quarantine", "vendor_return", "donate", "scrap")
"""The dispositions that have a word on the bench mat."""


@dataclass(frozen=True, slots=True)
class Rule:
    """First rule whose conditions all hold decides. Conditions are lists of words; `*` is any.

    `answers` holds when one of them was given; with none named, whatever was answered. `refurbished` is about
    units that were worked on, or about all others; None about both. A rule whose `disposition` is `best`
    chooses the route of `among` that is expected to bring most.
    """

    id: str
    name: str
    grades: tuple[str, ...]
    categories: tuple[str, ...]
    answers: tuple[str, ...]
    hazardous: bool | None
    disposition: str
    among: tuple[str, ...] = ()
    refurbished: bool | None = None

    def holds(
        self,
        category: str,
        grade: str,
        given: Collection[str] = (),
        *,
        hazardous: bool,
        refurbished: bool = False,
    ) -> bool:
        """True when this rule decides about such a unit."""
        return (
            (ANY in self.grades or grade in self.grades)
            and (ANY in self.categories or category in self.categories)
            and (not self.answers or any(answer in given for answer in self.answers))
            and self.hazardous in {None, hazardous}
            and self.refurbished in {None, refurbished}
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """A disposition with its proof: the rule that decided and the policy version it stands in.

    `weighing` holds the figures: of every route a rule chose among, else of the one it names.
    """

    outcome: Outcome
    rule: str
    rule_name: str
    policy_ver: str
    weighing: Weighing | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A read and checked returns policy. `source` is the document's text, published byte for byte.

    `notes` are the canned notes, id and text, in the order of their numbers on the mat,
    `regrades` the reasons to grade a unit again, `floor` what holds for counts and receipts.
    `send_back_days` is how long after its authorization the goods of a return may be sent; None for no end.
    `travel_days` more pass before it expires: the last day's parcel is on the road, a bench may be offline.
    """

    version: str
    grades: tuple[Grade, ...]
    categories: tuple[str, ...]
    questions: tuple[Question, ...]
    outcomes: tuple[Outcome, ...]
    rules: tuple[Rule, ...]
    reasons: tuple[Reason, ...]
    source: str
    routes: Routes = NO_ROUTES
    windows: tuple[Window, ...] = ()
    refunds: tuple[RefundRule, ...] = ()
    exchange: ExchangeTerms = USUAL
    notes: tuple[tuple[str, str], ...] = ()
    regrades: tuple[tuple[str, str], ...] = ()
    works: tuple[Work, ...] = ()
    leaving: Leaving = AS_EVER
    regulated: tuple[Regulated, ...] = ()
    send_back_days: int | None = None
    travel_days: int = 0
    floor: FloorRules = NO_RULES

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

    def known(self, category: str) -> str:
        """The category a unit is judged as: an undeclared one as `default`."""
        return category if category in self.categories else DEFAULT

    def decide(
        self,
        category: str,
        grade: str,
        given: Sequence[str] = (),
        *,
        hazardous: bool,
        worth: Worth | None = None,
    ) -> Decision:
        """The disposition of a unit of that grade after the answers `given`; `worth` is of one unit."""
        found = self.would(category, grade, given, hazardous=hazardous, worth=worth)
        if found is None:
            raise LookupError(f"no rule of policy {self.version} decides about {category}, {grade}, {given}")
        return found

    def would(
        self,
        category: str,
        grade: str,
        given: Sequence[str] = (),
        *,
        hazardous: bool,
        worth: Worth | None = None,
        refurbished: bool = False,
    ) -> Decision | None:
        """The same while questions are open; None when no rule holds before they are answered.

        Of a unit that was `refurbished` a rule that chooses does not weigh the way it came from.
        """
        rule = self.rule_for(category, grade, given, hazardous=hazardous, refurbished=refurbished)
        if rule is None:
            return None
        case = Case(self.known(category), grade, hazardous)
        if rule.disposition != BEST:
            told = self.routes.expected(rule.disposition, case, worth)
            return Decision(self.outcome(rule.disposition), rule.id, rule.name, self.version, told)
        among = self.onward(rule) if refurbished else rule.among
        found = self.routes.weigh(among, case, worth)
        return Decision(self.outcome(found.route), rule.id, rule.name, self.version, found)

    def onward(self, rule: Rule) -> tuple[str, ...]:
        """The routes that a rule chooses among for a unit that was refurbished: none back there."""
        return tuple(route for route in rule.among if self.outcome(route).status is not Status.REFURBISH)

    def rule_for(
        self,
        category: str,
        grade: str,
        given: Sequence[str] = (),
        *,
        hazardous: bool,
        refurbished: bool = False,
    ) -> Rule | None:
        """The rule that decides about such a unit."""
        known = self.known(category)
        self.grade(grade)  # refuses one the policy has not
        holding = (
            rule
            for rule in self.rules
            if rule.holds(known, grade, given, hazardous=hazardous, refurbished=refurbished)
        )
        return next(holding, None)

    def work(self, category: str, grade: str, given: Collection[str] = (), *, hazardous: bool) -> Work | None:
        """The steps that make such a unit of refurbish stock fit again; None when the policy has none."""
        case = Case(self.known(category), grade, hazardous)
        return next((work for work in self.works if work.fits(case, given)), None)

    def regulation(self, category: str, *, hazardous: bool, serial_traced: bool) -> Regulated | None:
        """Why such goods may not simply be thrown away: the first entry that fits; None when they may."""
        known = self.known(category)
        fits = (r for r in self.regulated if r.fits(known, hazardous=hazardous, serial_traced=serial_traced))
        return next(fits, None)

    def note_text(self, note: str) -> str:
        """The words of a canned note, or its id when the policy does not know it."""
        return dict(self.notes).get(note, note)

    def regrade_text(self, reason: str) -> str:
        """The words for why a unit was graded again, or the id itself when the policy does not know it."""
        return dict(self.regrades).get(reason, reason)

    def reason_text(self, code: str) -> str:
        """The words for a return reason, or the code itself when the policy does not know it."""
        return next((reason.text for reason in self.reasons if reason.code == code), code)

    def window(self, category: str, channel: str) -> Window | None:
        """By when an item bought there may come back for its money; None when there is no end."""
        known = self.known(category)
        return next((window for window in self.windows if window.fits(known, channel)), None)

    def reason_called(self, system: str, code: str) -> Reason | None:
        """The reason that another system's code stands for; None for one that nobody mapped."""
        return next((reason for reason in self.reasons if (system, code) in reason.codes), None)

    def reasons_for(self, category: str, channel: str) -> tuple[Reason, ...]:
        """What a customer may be offered as reasons for an item bought there."""
        known = self.known(category)
        return tuple(reason for reason in self.reasons if reason.fits(known, channel))
