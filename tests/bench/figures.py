"""Figures: what was measured, the limit measured beside it, the ratio, and the target for the ratio."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

PERCENTILES = (50, 95, 99)
_SHARE_S = 0.04

Numbers = Mapping[str, float]
"""Named numbers of one measurement, such as p50, p95 and p99, or one called `value`."""


def percentile(values: Sequence[float], of: float) -> float:
    """The value below which `of` per cent lie, between two neighbours in proportion.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values were measured")
    ordered = sorted(values)
    place = (len(ordered) - 1) * of / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99."""
    return {f"p{of}": percentile(values, of) for of in PERCENTILES}


def middle(rounds: Iterable[Numbers]) -> dict[str, float]:
    """The median over rounds of each named number."""
    found = list(rounds)
    return {name: median(numbers[name] for numbers in found) for name in found[0]}


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed for.

    Attributes:
        of: which number.
        bound: the most that is good, or the least when `at_least`.
        at_least: more is better.
        absolute: the number itself is bound, not its ratio to the limit.
    """

    of: str
    bound: float
    at_least: bool = False
    absolute: bool = False

    def met(self, value: float) -> bool:
        """True when the value is good enough."""
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{self.of} {sign} {self.bound:g}{'' if self.absolute else 'x'}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        name: short, with dots.
        unit: of `ours` and `limit`.
        ours: what Backhaul does; medians over the rounds.
        limit: what the parts below it do, measured in the same rounds; empty when nothing compares.
        limit_is: what that is, in words.
        targets: what is aimed for.
        notes: figures that explain, such as sizes and shares.
    """

    name: str
    unit: str
    ours: Numbers
    limit: Numbers = field(default_factory=dict)
    limit_is: str = ""
    targets: tuple[Target, ...] = ()
    notes: Mapping[str, object] = field(default_factory=dict)

    @property
    def ratios(self) -> dict[str, float]:
        """Ours over the limit, number by number."""
        return {
            name: self.ours[name] / limit for name, limit in self.limit.items() if limit and name in self.ours
        }

    def judged(self) -> list[tuple[Target, float, bool]]:
        """Each target with the value it is about, and whether it is met."""
        found = []
        for target in self.targets:
            value = self.ours[target.of] if target.absolute else self.ratios[target.of]
            found.append((target, value, target.met(value)))
        return found

    def to_line(self) -> str:
        """The figure as one line of JSON, with the part of a core that this process gets at the moment."""
        return json.dumps(
            {
                "figure": self.name,
                "unit": self.unit,
                "ours": _rounded(self.ours),
                "limit": _rounded(self.limit),
                "limit_is": self.limit_is,
                "ratios": _rounded(self.ratios),
                "targets": [
                    {"target": str(target), "value": _short(value), "met": met}
                    for target, value, met in self.judged()
                ],
                **self.notes,
                "cpu_share": core_share(),
            },
            ensure_ascii=False,
        )


def core_share() -> float:
    """The part of one core that this process gets right now: 1 on a quiet machine."""
    wall, used = time.perf_counter(), time.process_time()
    while time.perf_counter() - wall < _SHARE_S:
        pass
    return round((time.process_time() - used) / (time.perf_counter() - wall), 2)


def table(figures: Sequence[Figure]) -> str:
    """All figures for people, one line each number."""
    rows = [("figure", "", "ours", "limit", "ratio", "target", "")]
    for figure in figures:
        verdicts = {target.of: (str(target), met) for target, _, met in figure.judged()}
        for name, value in figure.ours.items():
            target, met = verdicts.get(name, ("", None))
            ratio = figure.ratios.get(name)
            rows.append(
                (
                    figure.name,
                    name,
                    f"{_short(value):,} {figure.unit}",
                    f"{_short(figure.limit[name]):,}" if name in figure.limit else "",
                    f"{ratio:.2f}x" if ratio is not None else "",
                    target,
                    "" if met is None else "met" if met else "MISSED",
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    limits = [f"{figure.name}: the limit is {figure.limit_is}." for figure in figures if figure.limit_is]
    return "".join(f"{line}\n" for line in (*lines, *limits))


def _rounded(numbers: Numbers) -> dict[str, float]:
    return {name: _short(value) for name, value in numbers.items()}


def _short(value: float) -> float:
    return float(f"{value:.4g}")
