"""The money of a returns policy tried on past refunds: what would have gone back, and who gains or loses.

What happened to the goods stays as it was: only rules of refunds and windows are tried.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.domain.policy import Policy
from app.domain.policy.refunds import FULL, Unit, as_offered, decide
from app.domain.policy.windows import Offer
from sync.central.rules.refunds import NOTHING, Amount, Given, amount

LISTED = 10
"""Refunds that change are listed singly up to here, those by most money of each currency."""


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund as it was opened: of `units` with this price, `payable` by that rule and method.

    `unit` is what refund rules ask about it but whether it came late; `offers` what the candidate's windows
    offer for its return line. `sale` is its order and line there, (0, 0) where nobody knows.
    """

    code: str
    occurred_at: str
    customer: str | None
    currency: str
    units: int
    net: int
    tax: int
    payable: int
    method: str
    rule: str
    unit: Unit
    offers: Sequence[Offer] = ()
    sale: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class Sum:
    """So many refunds, and by currency what goes back, as it was and as it would be."""

    refunds: int = 0
    was: Counter[str] = field(default_factory=Counter)
    would: Counter[str] = field(default_factory=Counter)

    def add(self, done: Refunded, would: int) -> None:
        """Counts one refund."""
        self.refunds += 1
        self.was[done.currency] += done.payable
        self.would[done.currency] += would

    def to_json(self) -> dict[str, object]:
        """The sums as data."""
        return {
            "refunds": self.refunds,
            "was_minor": dict(sorted(self.was.items())),
            "would_minor": dict(sorted(self.would.items())),
        }


class RefundTally:
    """What a candidate would have given back, refund by refund; keeps sums by rule and by customer."""

    def __init__(self, candidate: Policy) -> None:
        self._candidate = candidate
        self._all, self._same, self._stopped = Sum(), Sum(), Sum()
        self._rules: defaultdict[str, Sum] = defaultdict(Sum)
        self._changed: defaultdict[tuple[str, str, str, str], Sum] = defaultdict(Sum)
        self._by_customer: Counter[tuple[str, str]] = Counter()
        self._given = dict[tuple[tuple[int, int], str, str], Given]()
        self._largest: defaultdict[str, list[tuple[int, str, dict[str, object]]]] = defaultdict(list)

    def stop(self, done: Refunded) -> None:
        """A refund that a person rejected: whatever a policy says, that word stands."""
        self._stopped.add(done, done.payable)

    def add(self, done: Refunded) -> None:
        """Tries the candidate on one refund."""
        rule, method, due = self._tried(done)
        self._all.add(done, due.payable)
        self._rules[rule].add(done, due.payable)
        if (due.payable, method) == (done.payable, done.method):
            self._same.add(done, due.payable)
            return
        self._changed[done.rule, done.method, rule, method].add(done, due.payable)
        more = due.payable - done.payable
        if done.customer is not None:
            self._by_customer[done.currency, done.customer] += more
        self._list(done, rule, method, due)

    def _tried(self, done: Refunded) -> tuple[str, str, Amount]:
        late = any(not offer.within_window for offer in done.offers)
        unit = Unit(
            self._candidate.known(done.unit.category),
            done.unit.grade,
            done.unit.reason,
            done.unit.disposition,
            late,
        )
        found = decide(self._candidate.refunds, unit) if self._candidate.refunds else FULL
        rule = as_offered(found, {offer.offer for offer in done.offers}).in_currency(done.currency)
        whose = (done.sale, done.code if done.sale == (0, 0) else "", rule.id)
        due = amount(rule, done.units, done.net, done.tax, self._given.get(whose, NOTHING))
        # Parts of one sale share their cents, as they did when they were opened.
        self._given[whose] = self._given.get(whose, NOTHING).with_(done.units, due)
        return rule.id, rule.method.value, due

    def _list(self, done: Refunded, rule: str, method: str, due: Amount) -> None:
        entry: dict[str, object] = {
            "refund": done.code,
            "occurred_at": done.occurred_at,
            "customer": done.customer,
            "was_minor": done.payable,
            "was_rule": done.rule,
            "was_method": done.method,
            "would_minor": due.payable,
            "would_rule": rule,
            "would_method": method,
            "currency": done.currency,
        }
        kept = self._largest[done.currency]
        # Codes are unique, so that two entries are never compared themselves.
        push = heapq.heappush if len(kept) < LISTED else heapq.heappushpop
        push(kept, (abs(due.payable - done.payable), done.code, entry))

    def result(self) -> dict[str, object]:
        """The sums by rule and by change, customers who gain and lose, and the refunds that change most."""
        changed = sorted(self._changed.items(), key=lambda one: (-one[1].refunds, one[0]))
        return {
            "all": self._all.to_json(),
            "same": self._same.to_json(),
            "stopped": self._stopped.to_json(),
            "by_rule": [{"rule": rule, **found.to_json()} for rule, found in sorted(self._rules.items())],
            "changed": [
                {"was_rule": was, "was_method": way, "would_rule": rule, "would_method": method}
                | found.to_json()
                for (was, way, rule, method), found in changed
            ],
            "gain": self._customers(1),
            "lose": self._customers(-1),
            "largest": [
                entry
                for currency in sorted(self._largest)
                for _, _, entry in sorted(self._largest[currency], key=lambda one: (-one[0], one[1]))
            ],
        }

    def _customers(self, sign: int) -> dict[str, object]:
        """How many customers would have had more, or less, by all of their refunds, and how much."""
        minor, names = Counter[str](), set[str]()
        for (currency, customer), more in self._by_customer.items():
            if more * sign > 0:
                minor[currency] += more * sign
                names.add(customer)
        return {"customers": len(names), "minor": dict(sorted(minor.items()))}
