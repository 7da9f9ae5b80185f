"""What stands open at the centre after the last row: cases with money at risk, refunds, and the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from pathlib import Path

from app.bootstrap.centre import CentreClient
from app.domain.fields import Fields
from app.domain.money import amount_text

_LARGEST = 20
_PAGE = "500"
# What the centre's own clock opens as days pass. It lives today and the rows are of years ago, so that all
# such work is late at once, or not yet, as the moment of asking falls: it says nothing about the rows.
_BY_THE_CLOCK = frozenset({"work.overdue", "disposal.overdue"})


@dataclass(frozen=True, slots=True)
class Risk:
    """One open case: what it is about, and what it may cost in minor units."""

    type: str
    subject: str
    minor: int


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`cases` and `at_risk` by type, `largest` of them by money, `refunds` and `payable` by state.

    `awaited` are units that were authorized to come back and did not; money is in minor units of `currency`.
    Cases that only the passing of days opens are not among them.
    """

    currency: str
    cases: Mapping[str, int] = field(default_factory=dict)
    at_risk: Mapping[str, int] = field(default_factory=dict)
    largest: tuple[Risk, ...] = ()
    refunds: Mapping[str, int] = field(default_factory=dict)
    payable: Mapping[str, int] = field(default_factory=dict)
    awaited: int = 0

    def to_json(self) -> dict[str, object]:
        """As programs read it."""
        return {
            "currency": self.currency,
            "cases": {
                kind: {"count": count, "at_risk_minor": self.at_risk.get(kind, 0)}
                for kind, count in sorted(self.cases.items())
            },
            "largest": [
                {"type": risk.type, "subject": risk.subject, "at_risk_minor": risk.minor}
                for risk in self.largest
            ],
            "refunds": {
                state: {"count": count, "payable_minor": self.payable.get(state, 0)}
                for state, count in sorted(self.refunds.items())
            },
            "returns_awaited": self.awaited,
        }

    def to_lines(self) -> list[str]:
        """As people read it."""

        def money(minor: int) -> str:
            return amount_text(minor, self.currency)

        lines = [f"{sum(self.cases.values()):>9,} open cases, {money(sum(self.at_risk.values()))} at risk"]
        lines += [
            f"{count:>9,}   {kind}, {money(self.at_risk.get(kind, 0))}"
            for kind, count in sorted(self.cases.items())
        ]
        lines += [f"            {risk.type} of {risk.subject}: {money(risk.minor)}" for risk in self.largest]
        lines.append(f"{sum(self.refunds.values()):>9,} refunds, {money(sum(self.payable.values()))}")
        lines += [
            f"{count:>9,}   {state}, {money(self.payable.get(state, 0))}"
            for state, count in sorted(self.refunds.items())
        ]
        lines.append(f"{self.awaited:>9,} units authorized and not come back")
        return lines


def aftermath(admin: CentreClient, currency: str) -> Aftermath:
    """Asks a centre what is open."""
    cases, at_risk, risks = Counter[str](), Counter[str](), list[Risk]()
    for case in _pages(admin, "/exceptions", "exceptions", ("state", "open")):
        if case.text("type") in _BY_THE_CLOCK:
            continue
        minor = case.raw().get("money_minor")
        worth = minor if isinstance(minor, int) and case.maybe_text("currency") == currency else 0
        kind = case.text("type")
        cases[kind] += 1
        at_risk[kind] += worth
        risks.append(Risk(kind, case.text("subject"), worth))
    refunds, payable = Counter[str](), Counter[str]()
    for refund in _pages(admin, "/refunds", "refunds"):
        refunds[refund.text("state")] += 1
        payable[refund.text("state")] += refund.whole("payable")
    awaited = _pages(admin, "/stock/expected-returns", "lines")
    return Aftermath(
        currency,
        cases,
        at_risk,
        tuple(nlargest(_LARGEST, (risk for risk in risks if risk.minor), key=lambda risk: risk.minor)),
        refunds,
        payable,
        sum(line.whole("expected") for line in awaited),
    )


def keep_journal(admin: CentreClient, owner: str, file: Path) -> None:
    """Writes an owner's journal as the text that beancount reads."""
    with file.open("w", encoding="utf-8") as out:
        for part in admin.text("/journal/export", [("owner", owner), ("format", "beancount")]):
            out.write(part)


def _pages(admin: CentreClient, path: str, name: str, *asked: tuple[str, str]) -> Iterator[Fields]:
    cursor: str | None = None
    while True:
        more = [("cursor", cursor)] if cursor is not None else []
        page = admin.get(path, [*asked, ("limit", _PAGE), *more])
        yield from page.objects(name)
        cursor = page.maybe_text("next")
        if cursor is None:
            return
