"""What must hold however often a station is killed."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from app.demo.business import BoxToScan, UnitInBox
from tests.simulation.rest import Rest, Unit


@dataclass(slots=True)
class Findings:
    """Every law that did not hold, in words, by what it means to whoever worked at the bench."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True when every law held."""
        return not (self.lost or self.doubled or self.violations)

    def add(self, others: Findings) -> None:
        """Counts further findings, each once however often it is found again."""
        for mine, theirs in (
            (self.lost, others.lost),
            (self.doubled, others.doubled),
            (self.violations, others.violations),
        ):
            mine += [found for found in theirs if found not in mine]


def record_keeps(said_saved: Iterable[str], rest: Rest) -> Findings:
    """Whatever was said to be saved is in the record exactly once, and the record is whole."""
    there = Counter(rest.events)
    return Findings(
        lost=[f"event {name} was said to be saved" for name in said_saved if not there[name]],
        doubled=[
            f"event {name} is {times} times in the record" for name, times in there.items() if times > 1
        ],
        violations=list(rest.differences),
    )


def boxes_are_saved(done: Sequence[BoxToScan], rest: Rest) -> Findings:
    """Each unit of the boxes that are done was saved once: nobody had to guess and scan it again."""
    wanted: dict[str, Counter[Unit]] = {}
    for box in done:
        wanted.setdefault(box.rma, Counter()).update(units_of(box))
    found = Findings()
    for rma, units in wanted.items():
        saved = rest.units.get(rma, Counter())
        found.lost += [f"{rma}: {unit} was not saved" for unit in (units - saved).elements()]
        found.doubled += [f"{rma}: {unit} was saved twice" for unit in (saved - units).elements()]
    return found


def units_of(box: BoxToScan) -> Counter[Unit]:
    """What a box holds, as the record counts it."""
    return Counter(unit_of(unit) for unit in box.units)


def unit_of(unit: UnitInBox) -> Unit:
    """What one grade saves, as the record counts it."""
    return unit.sku, unit.serial, unit.qty


def labels_are_printed(rest: Rest, printed: set[str]) -> Findings:
    """Each saved unit has its label."""
    return Findings(lost=[f"label {code} was never printed" for code in rest.labels if code not in printed])


def centre_holds(rest: Rest, received: Sequence[tuple[str, str]]) -> Findings:
    """The centre has every event of the record exactly once and in order, and posted it.

    Args:
        rest: the station's record.
        received: id and state of every event that the centre has of that station, in chain order.
    """
    there = Counter(name for name, _ in received)
    found = Findings(
        lost=[f"event {name} is not at the centre" for name in rest.events if not there[name]],
        doubled=[
            f"event {name} is {times} times at the centre" for name, times in there.items() if times > 1
        ],
        violations=[
            f"the centre holds event {name} as {state}" for name, state in received if state != "posted"
        ],
    )
    if found.clean and tuple(name for name, _ in received) != rest.events:
        found.violations.append("the centre holds other events, or in another order, than the record")
    return found


def received_at(centre: Path, station_id: str) -> list[tuple[str, str]]:
    """Id and state of what a centre's database holds of a station, evidence included, in chain order.

    Read beside the running centre, by a connection that may not write.
    """
    with closing(sqlite3.connect(f"{centre.as_uri()}?mode=ro", uri=True, timeout=30)) as db:
        rows = db.execute(
            "select event_id, state from receipt where station_id = ? order by epoch, seq, id", (station_id,)
        )
        return [(str(name), str(state)) for name, state in rows]
