"""What must hold of looks at units: what was said stands as it was said; two who disagree are one case."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.simulator.book import Act
from tests.simulator.cases import OPEN, missing_case
from tests.simulator.reading import Centre
from tests.simulator.world import World

_KEY = "return.graders_disagree:"
_LOOKS = frozenset({Act.RETURN, Act.APART, Act.BLIND, Act.REGRADE})


@dataclass(slots=True)
class _Said:
    """All that was said of one unit, in its order, and by whom last which grade."""

    events: list[str] = field(default_factory=list)
    grades: dict[str, str] = field(default_factory=dict)


def graded(world: World, centre: Centre) -> Iterator[str]:
    """Grades and people that changed on the way, and units whose graders disagree without a case."""
    looks = {
        event_id: deed
        for event_id, deed in world.book.deeds.items()
        if deed.act in _LOOKS and event_id in centre.posted
    }
    for event_id, operator, body in centre.rows("SELECT event_id, operator, body FROM event"):
        deed = looks.get(event_id)
        said = json.loads(body).get("grade") if deed is not None else None
        if deed is not None and (operator, said) != (deed.who, deed.grade):
            yield f"I4: {deed.who} saw {deed.grade} by {event_id}, it counts as {said} of {operator}"
    for said in _plain(world, centre):
        yield from _disputed(world, centre, said)


def _disputed(world: World, centre: Centre, said: _Said) -> Iterator[str]:
    key, agree = f"{_KEY}{said.events[0]}", len(set(said.grades.values())) == 1
    if not agree and len(said.grades) == 2:
        world.reach("two graders disagree")
        yield from missing_case(centre, key, f"{said.grades} of one unit")
    elif agree and centre.cases.get(key, ("", ""))[1] == OPEN:
        yield f"I5: case {key} is open, and all say the same: {said.grades}"


def _plain(world: World, centre: Centre) -> Iterator[_Said]:
    """Units of which nothing was heard but looks, one after the other, on disks that nobody copied."""
    deeds, odd = world.book.deeds, world.copied | world.tampered.keys() | world.behind
    after, first = defaultdict[str, list[str]](list), list[str]()
    for event_id, stored in centre.posted.items():
        deed = deeds.get(event_id)
        if deed is not None and deed.act in _LOOKS:
            before = str(stored.facts.get("regrades") or "")
            (after[before] if before else first).append(event_id)
    labels = Counter(map(centre.label_of, first))
    told = "\n".join(f"{corrects} {body}" for corrects, body in centre.rows(_OTHERS))
    moved = {
        source.get("label", "")
        for event_id, stored in centre.posted.items()
        if event_id not in deeds or deeds[event_id].act not in _LOOKS
        for _, source, _ in stored.moves()
    }
    for event_id in first:
        said = _Said([event_id])
        while len(following := after[said.events[-1]]) == 1:
            said.events += following
        label = centre.label_of(event_id)
        if following or labels[label] > 1 or label in moved:
            continue
        if any(one in told or deeds[one].station in odd for one in said.events):
            continue
        said.grades = {deeds[one].who: deeds[one].grade for one in said.events}
        yield said


_OTHERS = "SELECT corrects, body FROM event WHERE kind NOT IN ('return.dispositioned', 'return.regraded')"
