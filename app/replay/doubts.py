"""Credit lines that do not fit, each with its one reason and the money it is about; and their sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest

from app.domain.fields import Fields
from app.domain.money import amount_text

LARGEST = 20
"""As many single lines are listed, by value."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A credit line of the file: the number of its line there, why it does not fit, and what that is about.

    `units` of `sku` are those that do not fit, at the line's price worth `minor` units of money.
    """

    note: str
    line: int
    sku: str
    reason: str
    units: int
    minor: int

    def to_json(self) -> dict[str, object]:
        """As the journal and the report keep it."""
        return {
            "note": self.note,
            "line": self.line,
            "sku": self.sku,
            "reason": self.reason,
            "units": self.units,
            "minor": self.minor,
        }

    @classmethod
    def from_json(cls, f: Fields) -> Doubt:
        """Reads what `to_json` wrote."""
        numbers = (f.whole("units", least=1), f.whole("minor"))
        return cls(f.text("note"), f.whole("line", least=1), f.text("sku"), f.text("reason"), *numbers)


@dataclass(frozen=True, slots=True)
class Credits:
    """Every credit line: how many are `applied` without any doubt, and the doubts about all others."""

    currency: str
    applied: int
    doubts: Sequence[Doubt]

    def _sums(self) -> list[tuple[str, int, int]]:
        """By reason how many and how much, the most money first."""
        count, money = Counter[str](), Counter[str]()
        for doubt in self.doubts:
            count[doubt.reason] += 1
            money[doubt.reason] += doubt.minor
        return sorted(((why, count[why], money[why]) for why in count), key=lambda one: (-one[2], one[0]))

    def _largest(self) -> list[Doubt]:
        return nlargest(LARGEST, self.doubts, key=lambda doubt: (doubt.minor, doubt.units, -doubt.line))

    def to_json(self) -> dict[str, object]:
        """As programs read it; amounts in minor units."""
        return {
            "currency": self.currency,
            "lines": self.applied + len(self.doubts),
            "applied": self.applied,
            "exceptions": {
                why: {"count": count, "at_risk_minor": minor} for why, count, minor in self._sums()
            },
            "largest": [doubt.to_json() for doubt in self._largest()],
        }

    def to_lines(self) -> list[str]:
        """As people read it."""
        lines = [
            f"{self.applied + len(self.doubts):>9,} credit lines, {self.applied:,} of them without any doubt"
        ]
        lines += [
            f"{count:>9,}   {why}, {amount_text(minor, self.currency)} at risk"
            for why, count, minor in self._sums()
        ]
        lines += [
            f"            {doubt.note}, {doubt.units:,} of {doubt.sku}: {doubt.reason}, "
            f"{amount_text(doubt.minor, self.currency)}"
            for doubt in self._largest()
        ]
        return lines
