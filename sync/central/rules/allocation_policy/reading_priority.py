"""Reading how an allocation policy scores orders: no step without effect, none that goes the wrong way."""

from __future__ import annotations

from sync.central.rules.allocation_policy.scoring import BASE, LAST_PRIORITY, Ageing, Scoring, Step
from sync.central.rules.allocation_policy.section import Section

_MOST_HOURS = 24 * 366
_MOST_MINOR = 10**9


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
        ship_window=_ship_window(section.listed("ship_window")),
        late_penalty=_late_penalty(section.listed("late_penalty")),
        ageing=_ageing(section.inside("age")),
    )


def _ship_window(sections: tuple[Section, ...]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for section in sections:
        step = _step(section, "hours_left", least=0, most=_MOST_HOURS)
        if steps and step.limit <= steps[-1].limit:
            raise section.contradiction(
                "hours_left",
                f"{step.limit} hours come after {steps[-1].limit}",
                "more hours than in the step before, so that the most urgent comes first",
                "Sort the steps.",
            )
        if steps and step.points <= steps[-1].points:
            raise section.contradiction(
                "points",
                f"{step.points} points for {step.limit} hours, {steps[-1].points} for {steps[-1].limit}",
                "more points (served later) where more time is left",
                "Raise these points, or remove one of the two steps.",
            )
        steps.append(step)
    return tuple(steps)


def _late_penalty(sections: tuple[Section, ...]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for section in sections:
        step = _step(section, "from_minor", least=1, most=_MOST_MINOR)
        if steps and step.limit <= steps[-1].limit:
            raise section.contradiction(
                "from_minor",
                f"{step.limit} comes after {steps[-1].limit}",
                "a larger amount than in the step before",
                "Sort the steps.",
            )
        if steps and step.points >= steps[-1].points:
            raise section.contradiction(
                "points",
                f"{step.points} points from {step.limit} on, {steps[-1].points} from {steps[-1].limit} on",
                "fewer points (served sooner) where being late costs more",
                "Lower these points, or remove one of the two steps.",
            )
        steps.append(step)
    return tuple(steps)


def _step(section: Section, limit: str, least: int, most: int) -> Step:
    """One step; urgency only ever serves an order sooner."""
    section.only(limit, "points")
    return Step(section.whole(limit, least, most), section.whole("points", least=-LAST_PRIORITY, most=-1))


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
