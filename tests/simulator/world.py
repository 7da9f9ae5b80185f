"""A world in which a plan happens: one centre, its stations, the ways between them, and the book of deeds."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app.domain.refusal import Refused, Unavailable
from sync.central.store import settling
from sync.central.store.chain import CENTRE
from sync.central.store.posting import post
from sync.client.state import Link
from tests.simulator.bench import Bench
from tests.simulator.book import Book
from tests.simulator.clocks import Truth, Watch
from tests.simulator.ground import Coming, Expected, Ground
from tests.simulator.hand import Hand, Interrupted
from tests.simulator.house import House
from tests.simulator.steps import Step
from tests.simulator.wire import Wire

_STEP_S = 20.0
_ROUNDS = 40


class Poison(Exception):  # noqa: N818 - a defect that was put there
    """The centre's program fails on some kinds of events for a while."""


class World:
    """See the module; made by `created`, lived by `live`, brought to rest by `calm`."""

    def __init__(self, folder: Path, ground: Ground, stations: int) -> None:
        self.folder = folder
        self.truth = Truth()
        self.book = Book()
        self.house = House(folder / "centre.db", Watch(self.truth))
        self.expected: list[Expected] = list(ground.returns)
        self.coming: list[Coming] = list(ground.transfers)
        self.half: list[tuple[Coming, int]] = []
        self.used: list[tuple[Expected, int]] = []
        self.cancelled: set[str] = set()
        self.serials: list[tuple[str, str]] = []
        self.kept: dict[int, Path] = {}
        self.backup: Any = None
        self.behind: set[int] = set()
        self.bereft: set[int] = set()
        self.lost: set[str] = set()
        self.spoiled: set[str] = set()
        self.copied: set[int] = set()
        self.put_back = False
        # Until when the centre worked, put back by hand, before the tool for that had run; empty for never.
        self.hasty = ""
        self.files: list[tuple[int, bytes]] = []
        self.carried: dict[int, int] = {}
        self.gaps = 0
        self.policies: dict[str, int] = {}
        self.edited: dict[int, str] = {}
        self.revoked: set[str] = set()
        self.tampered: dict[int, int] = {}
        self.sealed: dict[int, int] = {}
        self.poisoned: frozenset[str] = frozenset()
        self.told: list[str] = []
        self.reached: Counter[str] = Counter()
        self.clones = 0
        self.benches = [self._bench(number) for number in range(1, stations + 1)]

    def _bench(self, number: int) -> Bench:
        file = self.folder / f"station-{number}.db"
        return Bench(file, number, Watch(self.truth), Wire(self.house, self.truth))

    # --- for steps -----------------------------------------------------------------------------------

    def say(self, line: str) -> None:
        """One more line of the history."""
        self.told.append(line)

    def reach(self, what: str) -> None:
        """Something that is worth counting happened."""
        self.reached[what] += 1

    def bench(self, step: Step) -> Bench:
        """The station of a step; of clones that live side by side, one by the step's own noise."""
        same = [bench for bench in self.benches if bench.number == step.station]
        return same[step.noise % len(same)]

    def hand(self, bench: Bench) -> Hand:
        """Whoever works at a station."""
        return Hand(bench, self.book, self.say, bench.restart)

    # --- living --------------------------------------------------------------------------------------

    def live(self, steps: Sequence[Step], tries: Callable[[World, Step], None]) -> None:
        """Everything that is planned, one after the other."""
        for step in steps:
            self.truth.pass_by(_STEP_S)
            self.say(str(step))
            try:
                tries(self, step)
            except Interrupted:
                continue
            except Refused as no:
                self.say(f"  refused: {no.code}")
            except Unavailable as away:
                self.say(f"  {away}")
            except Exception:  # noqa: BLE001 - whatever the product raises here is a defect that is found
                self.book.wrong.append(f"defect at step {step}: {traceback.format_exc(limit=-6)}")
                return
            for bench in self.benches:
                if bench.wire.told:
                    self.say(f"  {bench.number}: {'; '.join(bench.wire.told)}")
                    bench.wire.told.clear()

    def calm(self) -> None:
        """All ways are good, every program starts once more, and all sync until nothing is new to anybody."""
        self.say("calm")
        try:
            self._come_to_rest()
        except Exception:  # noqa: BLE001 - as while it lives: nothing hinders anybody any more
            self.book.wrong.append(f"defect at rest: {traceback.format_exc(limit=-6)}")

    def _come_to_rest(self) -> None:
        self.poisoned = frozenset()
        self.house.restart()
        for bench in self.benches:
            bench.wire.mend()
            bench.restart()
        for _ in range(_ROUNDS):
            before = self._stands()
            for bench in self.benches:
                self.truth.pass_by(max(1.0, bench.sync()))
                if bench.has_camera:
                    bench.camera.send(bench.watch.now())
            if self._stands() == before and all(map(self._rests, self.benches)):
                break
            # Those that wait for their turn beside a copy of themselves wait for minutes.
            self.truth.pass_by(60)
        for bench in self.benches:
            bench.wire.told.clear()

    def held(self) -> set[str]:
        """Events that wait on a disk which somebody edited: they go nowhere until a person has looked.

        Once the station began a new epoch, only the edited one stays behind.
        """
        held = set(self.edited.values())
        for bench in self.benches:
            if bench.number in self.tampered and bench.ledger.head.epoch == self.sealed[bench.number]:
                held.update(bench.newest(self.tampered[bench.number] - 1))
        return held

    def _rests(self, bench: Bench) -> bool:
        """True for a station that has nothing to send and is not about to try again later."""
        online = bool(bench.said) and bench.said[-1].link is Link.ONLINE
        waits = bench.waiting() or (bench.has_camera and bench.camera.waiting())
        return bench.number in self.tampered or (online and not waits)

    def _stands(self) -> list[object]:
        return [
            (bench.ledger.head, bench.ledger.cursor, bench.waiting(), bench.camera.waiting())
            for bench in self.benches
        ]

    def post(self, conn: Any, facts: Any, at: Any, chain: Any) -> None:
        """Posting as the centre does it, unless its program fails on such events just now."""
        if any(fact.event.kind in self.poisoned and fact.origin != CENTRE for fact in facts):
            raise Poison
        post(conn, facts, at, chain)

    def end(self) -> None:
        """Every process is gone."""
        for bench in self.benches:
            bench.end()
        self.house.end()


@contextmanager
def created(folder: Path, ground: Ground, stations: int) -> Iterator[World]:
    """A world over copies of the ground's files; what the centre logs of failures put there is not said."""
    world = World(folder, ground, stations)
    log = logging.getLogger("sync.central")
    before, log.disabled = log.disabled, True
    quiet = [
        logging.getLogger(name) for name in ("sync.central.store.settling", "sync.central.store.posting")
    ]
    for one in quiet:
        one.disabled = True
    try:
        with patch.object(settling, "post", world.post):
            yield world
    finally:
        log.disabled = before
        for one in quiet:
            one.disabled = False
        world.end()
