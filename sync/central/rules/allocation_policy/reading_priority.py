"""Reading how an allocation policy scores orders: no step without effect, none that goes the wrong way."""

from __future__ import annotations

from dataclasses import dataclass

from sync.central.rules.allocation_policy.scoring import BASE, LAST_PRIORITY, Ageing, Scoring, Step
from sync.central.rules.allocation_policy.section import Section


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a list of steps is measured in; `way` is 1 where points rise with it and -1 where they fall."""

    key: str
    least: int
    most: int
    way: int
    amount: str
    reach: str
    sorting: str
    scoring: str
    mend: str


_SHIP_WINDOW = _Scale(
    key="hours_left",
    least=0,
    most=24 * 366,
    way=1,
    amount="{} hours come",
    reach="for {} hours",
    sorting="more hours than in the step before, so that the most urgent comes first",
    scoring="more points (served later) where more time is left",
    mend="Raise these points, or remove one of the two steps.",
)
_LATE_PENALTY = _Scale(
    key="from_minor",
    least=1,
    most=10**9,
    way=-1,
    amount="{} comes",
    reach="from {} on",
    sorting="a larger amount than in the step before",
    scoring="fewer points (served sooner) where being late costs more",
    mend="Lower these points, or remove one of the two steps.",
)


def read_scoring(section: Section, channels: tuple[str, ...]) -> Scoring:
    """The table `[priority]`; `channels` are those that the policy declares."""
    section.only("base", "wholesale", "service_level", "channel", "ship_window", "late_penalty", "age")
    by_channel = section.inside("channel")
    by_channel.declared_names("channel", channels)
    return Scoring(
        base=section.whole_or("base", BASE, most=LAST_PRIORITY),
        service_levels=section.inside("service_level").points(),
        channels=by_channel.points(),
        wholesale=section.whole_or("wholesale", 0, least=-LAST_PRIORITY, most=LAST_PRIORITY),
        ship_window=_steps(section.listed("ship_window"), _SHIP_WINDOW),
        late_penalty=_steps(section.listed("late_penalty"), _LATE_PENALTY),
        ageing=_ageing(section.inside("age")),
    )


def _steps(sections: tuple[Section, ...], scale: _Scale) -> tuple[Step, ...]:
    steps: list[Step] = []
    for section in sections:
        section.only(scale.key, "points")
        # Urgency only ever serves an order sooner.
        points = section.whole("points", least=-LAST_PRIORITY, most=-1)
        step = Step(section.whole(scale.key, scale.least, scale.most), points)
        if steps:
            _after(section, scale, steps[-1], step)
        steps.append(step)
    return tuple(steps)


def _after(section: Section, scale: _Scale, before: Step, step: Step) -> None:
    """Refuses a step out of its order, and one that scores alike or the wrong way."""
    if step.limit <= before.limit:
        raise section.contradiction(
            scale.key,
            f"{scale.amount.format(step.limit)} after {before.limit}",
            scale.sorting,
            "Sort the steps.",
        )
    if (step.points - before.points) * scale.way <= 0:
        raise section.contradiction(
            "points",
            f"{step.points} points {scale.reach.format(step.limit)}, "
            f"{before.points} {scale.reach.format(before.limit)}",
            scale.scoring,
            scale.mend,
        )


def _ageing(section: Section) -> Ageing | None:
    if not section.only("points_per_day", "cap").names():
        return None
    found = Ageing(
        points_per_day=section.whole("points_per_day", least=-LAST_PRIORITY, most=-1),
        cap=section.whole("cap", least=-LAST_PRIORITY, most=-1),
    )
    if found.cap > found.points_per_day:
        raise section.contradiction(
            "cap",
            f"a cap of {found.cap} is less than one day's {found.points_per_day} points",
            "a cap that one day does not pass",
            "Lower the cap, or the points of a day.",
        )
    return found
