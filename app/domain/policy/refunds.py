"""What of its price a customer gets back for a unit: the first refund rule whose conditions all hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.fields import EXACT_MAX, Fields
from app.domain.policy.scope import ANY
from app.domain.policy.text import Text
from app.domain.policy.windows import REFUND, REFUSE
from app.domain.refusal import Refused

_WHOLE = 100
_CURRENCY = re.compile(r"[A-Z]{3}")
_KEYS = (
    "id",
    "name",
    "reasons",
    "grades",
    "categories",
    "dispositions",
    "late",
    "percent",
    "fee_minor",
    "fee_percent",
    "method",
    "approved_up_to_minor",
)


class Method(StrEnum):
    """How money goes back: the way it was paid, or as credit for later orders."""

    ORIGINAL = "original"
    STORE_CREDIT = "store_credit"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a refund rule may ask about a unit that came back."""

    category: str
    grade: str
    reason: str
    disposition: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class RefundRule:
    """Conditions are lists of words, `*` is any; `late` holds for units beyond their return window, or not.

    `percent` of the price is refunded, of which a fee is kept: `fee_minor` a unit, or what `fees` say of the
    sale's currency, and `fee_percent` of what is refunded. Refunds up to `approved_up_to` minor units are
    posted without anybody's word; None: all of them are.
    """

    id: str
    name: str
    reasons: tuple[str, ...] = (ANY,)
    grades: tuple[str, ...] = (ANY,)
    categories: tuple[str, ...] = (ANY,)
    dispositions: tuple[str, ...] = (ANY,)
    late: bool | None = None
    percent: int = _WHOLE
    fee_minor: int = 0
    fees: tuple[tuple[str, int], ...] = ()
    fee_percent: int = 0
    method: Method = Method.ORIGINAL
    approved_up_to: int | None = 0

    def holds(self, unit: Unit) -> bool:
        """True when this rule decides about such a unit."""
        asked = (
            (self.reasons, unit.reason),
            (self.grades, unit.grade),
            (self.categories, unit.category),
            (self.dispositions, unit.disposition),
        )
        named = all(ANY in words or word in words for words, word in asked)
        return named and self.late in {None, unit.late}

    def in_currency(self, currency: str) -> RefundRule:
        """The rule for a sale in that currency; where its fees say nothing of it somebody has to approve."""
        if not self.fees:
            return self
        fee = dict(self.fees).get(currency)
        if fee is not None:
            return replace(self, fee_minor=fee, fees=())
        return replace(self, fees=(), approved_up_to=0, name=f"{self.name}; no fee is named in {currency}")


FULL = RefundRule("default", "the whole price, once somebody approves it")
"""What holds where a policy has no refund rule that does."""


def decide(rules: Sequence[RefundRule], unit: Unit) -> RefundRule:
    """The rule that decides about a unit."""
    return next((rule for rule in rules if rule.holds(unit)), FULL)


def as_offered(rule: RefundRule, offers: AbstractSet[str]) -> RefundRule:
    """The rule within what windows still offer for a return line: the money, store credit, or nothing."""
    if offers <= {REFUND}:
        return rule
    if REFUSE in offers:
        return replace(
            rule, percent=0, fee_minor=0, fees=(), fee_percent=0, name=f"{rule.name}; its window is over"
        )
    return replace(rule, method=Method.STORE_CREDIT)


def read_refunds(document: Mapping[str, object], text: Text) -> tuple[RefundRule, ...]:
    """The tables `[[refund]]`; a policy may have none."""
    return tuple(_rule(f) for f in text.lists(document, "refund"))


def _rule(f: Fields) -> RefundRule:
    names = f.names()
    for name in names:
        if name not in _KEYS:
            raise f.wrong(name, f"no such key, but one of {', '.join(_KEYS)}")
    method = f.text_or("method", Method.ORIGINAL)
    if method not in set(Method):
        raise f.wrong("method", f"one of {', '.join(Method)}")
    return RefundRule(
        f.text("id"),
        f.text("name"),
        f.texts("reasons") or (ANY,),
        f.texts("grades") or (ANY,),
        f.texts("categories") or (ANY,),
        f.texts("dispositions") or (ANY,),
        f.flag("late", default=False) if "late" in names else None,
        f.whole("percent", most=_WHOLE),
        *_fees(f),
        f.whole("fee_percent", most=_WHOLE) if "fee_percent" in names else 0,
        Method(method),
        f.whole("approved_up_to_minor", most=EXACT_MAX) if "approved_up_to_minor" in names else 0,
    )


def _fees(f: Fields) -> tuple[int, tuple[tuple[str, int], ...]]:
    """What a unit costs in whatever currency, and what it does by currency: one of both is there."""
    told = f.raw().get("fee_minor")
    if not isinstance(told, Mapping):
        return (f.whole("fee_minor", most=EXACT_MAX) if told is not None else 0), ()
    by_currency = f.inner("fee_minor")
    for currency in by_currency.names():
        if not _CURRENCY.fullmatch(currency):
            raise by_currency.wrong(currency, "a currency as three capitals, such as GBP")
    return 0, tuple((name, by_currency.whole(name, most=EXACT_MAX)) for name in by_currency.names())


def check_refunds(rules: Sequence[RefundRule], words: Mapping[str, Sequence[str]], text: Text) -> None:
    """Checks that every word is declared, ids stand once, and no rule stands behind one that takes its units.

    Args:
        rules: in their order.
        words: those that are declared of `reasons`, `grades`, `categories` and `dispositions`.
        text: for the place of a mistake.

    Raises:
        Refused: the first mistake, with its place in the document.
    """
    for number, rule in enumerate(rules, 1):
        place = f"{text.line('refund', number)}, refund {number}"
        for kind, known in words.items():
            for word in getattr(rule, kind):
                if word not in {ANY, *known}:
                    raise Refused(
                        "policy.unknown_word",
                        f"{place}: {kind} holds {word!r}.",
                        f"Expected one of {', '.join((ANY, *known))}.",
                        "Use one of these.",
                    )
        before = rules[: number - 1]
        if any(earlier.id == rule.id for earlier in before):
            raise Refused(
                "policy.refund_twice",
                f"{place}: the id {rule.id!r} stands twice.",
                "Expected each id once: refunds name the rule that decided.",
                "Give it another.",
            )
        if any(_takes_all(earlier, rule) for earlier in before):
            raise Refused(
                "policy.dead_refund",
                f"{place}: it never counts, an earlier rule takes all of its units.",
                "Expected rules from the special to the general.",
                "Move it up or remove it.",
            )


def _takes_all(earlier: RefundRule, later: RefundRule) -> bool:
    """Whether every unit of the later rule is one of the earlier too."""
    names = ("reasons", "grades", "categories", "dispositions")
    wide = (ANY in getattr(earlier, n) or set(getattr(later, n)) <= set(getattr(earlier, n)) for n in names)
    return all(wide) and earlier.late in {None, later.late}
