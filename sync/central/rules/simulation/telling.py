"""One plain sentence a changed line: what it gets or loses, who it goes to or comes from, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sync.central.rules.allocation_policy import AllocationPolicy, Score
from sync.central.rules.simulation.shapes import Line, Outcome

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Difference:
    """One line under the policy in force (`before`) and under the candidate (`after`)."""

    before: Outcome
    after: Outcome

    @property
    def line(self) -> Line:
        """Which line."""
        return self.before.line

    @property
    def units(self) -> int:
        """Units it gains; below zero it loses them."""
        return self.after.promised - self.before.promised

    @property
    def sooner(self) -> int:
        """Seconds it is served sooner; below zero later."""
        return self.before.waited - self.after.waited

    @property
    def weight(self) -> tuple[int, int]:
        """What gains more is larger; nothing changed is (0, 0)."""
        return (self.units, self.sooner)

    @property
    def decided_at(self) -> datetime | None:
        """When it was promised units by the policy that is kinder to it."""
        kinder = self.after if self.weight > (0, 0) else self.before
        return kinder.last_at


@dataclass(frozen=True, slots=True)
class Policies:
    """The two that are compared, and the instant from which they rule."""

    before: AllocationPolicy
    after: AllocationPolicy
    now: datetime

    def scores(self, line: Line, at: datetime | None) -> tuple[Score, Score]:
        """A line's priority under each at an instant, the start when none is given."""
        when = at or self.now
        return line.score(self.before, when), line.score(self.after, when)


def told(change: Difference, other: Difference | None, policies: Policies) -> dict[str, object]:
    """A changed line for a planner: figures, both priorities with their parts, and the sentence.

    `other` is the line of the same item that changes most the other way.
    """
    line, at = change.line, change.decided_at
    before, after = policies.scores(line, at)
    found: dict[str, object] = {
        "order": line.order.code,
        "line": line.number,
        "channel": line.order.channel,
        "sku": line.sku,
        "asked": change.after.line.qty,
        "before": _outcome(change.before, before),
        "after": _outcome(change.after, after),
        "units": change.units,
        "sooner_seconds": change.sooner,
        "why": sentence(change, other, policies),
    }
    if other is not None:
        found["against"] = {"order": other.line.order.code, "line": other.line.number}
    return found


def _outcome(outcome: Outcome, score: Score) -> dict[str, object]:
    found: dict[str, object] = {"promised": outcome.promised, "waited_seconds": outcome.waited}
    return found | score.to_json()


def sentence(change: Difference, other: Difference | None, policies: Policies) -> str:
    """What changes for a line, and why."""
    line, units = change.line, change.units
    me = f"Order {line.order.code} line {line.number}"
    them = f"order {other.line.order.code} line {other.line.number}" if other is not None else ""
    if units > 0:
        head = f"{me} gets {units} of {line.sku}" + (f" that {them} loses" if them else " more")
    elif units < 0:
        head = f"{me} loses {-units} of {line.sku}" + (f" that {them} gets" if them else "")
    else:
        sooner = change.sooner > 0
        head = f"{me} gets its {change.after.promised} of {line.sku} {_days(abs(change.sooner))} "
        head += "sooner" if sooner else "later"
        if them:
            head += f", before {them}" if sooner else f", after {them}"
    return f"{head}: {_why(change, other, policies)}."


def _why(change: Difference, other: Difference | None, policies: Policies) -> str:
    if change.after.why != change.before.why:
        now = change.after.why
        return now or f"it may take stock now, where before {change.before.why}"
    at = change.decided_at
    for who, of in (("its", change), ("", other)):
        if of is not None:
            said = _moved(who or f"order {of.line.order.code}'s", policies.scores(of.line, at))
            if said:
                return said
    return _otherwise(change, policies)


def _moved(whose: str, scores: tuple[Score, Score]) -> str:
    """How a priority changes; empty when it does not."""
    before, after = scores
    if before.priority == after.priority:
        return ""
    return (
        f"{whose} priority would be {after.priority} instead of {before.priority} "
        f"({', '.join(_parts(dict(before.parts), dict(after.parts)))})"
    )


def _parts(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    found = list[str]()
    for what, points in after.items():
        if what in before and before[what] != points:
            found.append(f"{what} {points:+d} instead of {before[what]:+d}")
        elif what not in before and points:
            found.append(f"{what} {points:+d}")
    gone = (f"without {what} {points:+d}" for what, points in before.items() if points and what not in after)
    return [*found, *gone]


def _otherwise(change: Difference, policies: Policies) -> str:
    """What beside priorities can move units."""
    before, after, line = policies.before, policies.after, change.line
    if line.order.complete(before) != line.order.complete(after):
        new = "all or nothing" if line.order.complete(after) else "what there is"
        return f"its order would be given {new}"
    if line.scope_under(before) != line.scope_under(after):
        days = after.channel(line.order.channel).least_life_days
        return f"its units would have to be good for {days} days"
    if before.allotments != after.allotments:
        return "what is kept back for channels would change"
    if before.category_rules != after.category_rules:
        return "safety stock would change"
    if line.order.complete(after):
        return "its order gets all or nothing, and another of its lines changes that"
    return "orders that rank before it would get other units"


def _days(seconds: int) -> str:
    days = seconds / _DAY
    return f"{days:.1f} days" if days >= 1 else f"{seconds / 3600:.1f} hours"
