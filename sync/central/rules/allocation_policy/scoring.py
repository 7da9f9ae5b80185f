"""Which order is served first: points on a base, each with its reason, so that a planner can add them up.

Points are added: below zero they serve an order sooner, above zero later. The smallest priority is served
first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

LAST_PRIORITY = 999
"""Priorities run from 0, served first, to this."""

BASE = 100
"""The priority of an order about which nothing is said."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Step:
    """`points` from this `limit` on: hours left at most, or minor units at least."""

    limit: int
    points: int


@dataclass(frozen=True, slots=True)
class Ageing:
    """Points for each full day an order waits, never beyond `cap`; both below zero."""

    points_per_day: int
    cap: int


@dataclass(frozen=True, slots=True)
class Scoring:
    """How a priority is made.

    `ship_window` has the fewest hours first, `late_penalty` the least money first; the steps do not add up:
    the most urgent one that fits counts.
    """

    base: int = BASE
    service_levels: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)
    wholesale: int = 0
    ship_window: tuple[Step, ...] = ()
    late_penalty: tuple[Step, ...] = ()
    ageing: Ageing | None = None


@dataclass(frozen=True, slots=True)
class ScoredOrder:
    """What is asked of an order; `priority` is one that the order was given itself.

    `late_penalty_minor` is what a late order costs, in minor units of the order's own currency.
    """

    channel: str
    placed_at: datetime
    service_level: str | None = None
    wholesale: bool = False
    ship_by: datetime | None = None
    late_penalty_minor: int = 0
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A priority, 0 to 999, smaller is served first, and the points that it is the sum of."""

    priority: int
    parts: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, object]:
        """As a simulation shows it."""
        return {
            "priority": self.priority,
            "parts": [{"what": what, "points": points} for what, points in self.parts],
        }


def score(scoring: Scoring, order: ScoredOrder, now: datetime) -> Score:
    """The priority of an order at an instant; its own priority stands above every rule."""
    if order.priority is not None:
        return Score(
            order.priority, (("the order's own priority, which stands above the policy", order.priority),)
        )
    parts = [("base", scoring.base), *_said(scoring, order), *_timed(scoring, order, now)]
    total = sum(points for _, points in parts)
    kept = min(max(total, 0), LAST_PRIORITY)
    if kept != total:
        parts.append((f"kept within 0 and {LAST_PRIORITY}", kept - total))
    return Score(kept, tuple(parts))


def _said(scoring: Scoring, order: ScoredOrder) -> list[tuple[str, int]]:
    """Points for what the order says of itself."""
    parts = []
    if order.service_level is not None:
        known = order.service_level in scoring.service_levels
        what = f"service level {order.service_level}"
        points = scoring.service_levels.get(order.service_level, 0)
        parts.append((what if known else f"{what}, which the policy gives no points", points))
    if points := scoring.channels.get(order.channel, 0):
        parts.append((f"channel {order.channel}", points))
    if order.wholesale and scoring.wholesale:
        parts.append(("wholesale", scoring.wholesale))
    dear = [step for step in scoring.late_penalty if order.late_penalty_minor >= step.limit]
    if dear:
        parts.append((f"being late costs {dear[-1].limit} or more in minor units", dear[-1].points))
    return parts


def _timed(scoring: Scoring, order: ScoredOrder, now: datetime) -> list[tuple[str, int]]:
    """Points that change as time goes by."""
    parts = []
    if order.ship_by is not None:
        left = order.ship_by - now
        near = next((step for step in scoring.ship_window if left <= step.limit * _HOUR), None)
        if near is not None:
            parts.append((f"has to ship within {near.limit} h", near.points))
    ageing, days = scoring.ageing, (now - order.placed_at) // _DAY
    if ageing is not None and days > 0:
        points = max(ageing.cap, days * ageing.points_per_day)
        parts.append((f"waits for {days} full day{'s'[: days > 1]}", points))
    return parts
