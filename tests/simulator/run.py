"""A seed from its plan to its verdict."""

from __future__ import annotations

import gc
import hashlib
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulator.book import Act
from tests.simulator.carrying import carry
from tests.simulator.copies import COPIES
from tests.simulator.floor import FLOOR
from tests.simulator.ground import laid
from tests.simulator.laws import judge
from tests.simulator.machines import MACHINES
from tests.simulator.office import OFFICE
from tests.simulator.overrides import OVERRIDES
from tests.simulator.reading import Centre
from tests.simulator.rewinding import rewind
from tests.simulator.signing import Signing, signing
from tests.simulator.steps import LENGTH, Plan, Step, Try, plan
from tests.simulator.world import World, created
from tests.swift import swift

TRIES: Mapping[Try, Callable[[World, Step], None]] = {
    **FLOOR,
    **OVERRIDES,
    **OFFICE,
    **MACHINES,
    **COPIES,
    Try.CARRY: carry,
    Try.REWIND: rewind,
}


@dataclass(slots=True)
class Outcome:
    """What a history came to: the laws that did not hold, and what happened in it."""

    seed: int
    broken: list[str] = field(default_factory=list)
    acts: int = 0
    events: int = 0
    digest: str = ""
    told: list[str] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        """True when every law holds."""
        return not self.broken


def run(seed: int, how: Signing, *, copies: bool = False, length: int = LENGTH) -> Outcome:
    """The history of a seed."""
    return happen(plan(seed, length=length, copies=copies), how)


def happen(planned: Plan, how: Signing, *, digested: bool = False) -> Outcome:
    """A planned history; with `digested` also the digest of everything that it left."""
    began = time.process_time()
    with _calmly(), swift(), signing(how), laid(how, planned.stations) as (ground, folder):
        with created(folder, ground, planned.stations) as world:
            world.live(planned.steps, lambda at, step: TRIES[step.what](at, step))
            if not any(line.startswith("defect") for line in world.book.wrong):
                world.calm()
            broken = judge(world)
            outcome = Outcome(
                planned.seed,
                broken,
                world.book.physical,
                len(world.book.deeds),
                told=world.told,
                reached=world.reached + _kinds(world),
            )
        if digested:
            outcome.digest = digest_of(folder, world.told)
    outcome.seconds = time.process_time() - began
    return outcome


def _kinds(world: World) -> Counter[str]:
    """The cases of a world by their type, and evidence that was kept."""
    centre = Centre(world.house)
    found = Counter(f"case {kind}" for kind, _ in centre.cases.values())
    evidence = centre.rows("SELECT count(*) FROM receipt WHERE state = 'evidence'")[0][0]
    verdicts = centre.rows("SELECT verdict, count(*) FROM event_approval GROUP BY verdict")
    found.update({f"verdict {row[0]}": int(row[1]) for row in verdicts})
    found["answered gap"] = world.gaps + sum(bench.wire.gaps for bench in world.benches)
    found.update(line.strip() for line in world.told if line.startswith("  refused"))
    graded = sum(deed.act is Act.REGRADE for deed in world.book.deeds.values())
    return found + Counter({"evidence": int(evidence), "regraded": graded})


@contextmanager
def _calmly() -> Iterator[None]:
    """Without the collector, which has nothing to do for so short a time and much to look through."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
        gc.collect(0)


def digest_of(folder: Path, told: Sequence[str]) -> str:
    """One number for all rows of all databases of a world, and for what was told of it."""
    whole = hashlib.sha256("\n".join(told).encode())
    for file in sorted(folder.glob("*.db")):
        whole.update(file.name.encode())
        with closing(sqlite3.connect(file)) as db:
            tables = db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            for (table,) in tables:
                whole.update(table.encode())
                for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - its own tables
                    whole.update(repr(row).encode())
    return whole.hexdigest()
