"""What a scene is: a part of a station's day on a real file, in a folder that is watched."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app.domain.signing import Ed25519Signer
from app.ledger.identity import StationSettings
from app.ledger.writer import Ledger
from tests.app.ledger.station import SeededIds, Station
from tests.powercut.check import After, Checker, nothing_more

AT_BENCH = (Ed25519Signer(b"7" * 32), StationSettings("test", "UTC", "boot"))
NAME = "station.db"


@dataclass(frozen=True, slots=True)
class Scene:
    """A part of a station's day.

    `prepare` fills a folder once, before any power cut; `play` is watched. `young` scenes make or upgrade the
    record itself; the record of the others is there already. `after` looks at what else the scene leaves.
    """

    name: str
    prepare: Callable[[Path], object]
    play: Callable[[Path, random.Random], object]
    bench: bool = False
    young: bool = False
    after: After = nothing_more
    # Opens a record that is signed with the key in its folder.
    keyed: Callable[[Path], Station] | None = None

    def checker(self, ran: Path, scratch: Path, seed: int) -> Checker:
        """What looks at the images of a run."""
        # Events that images go on with are none of those that were recorded.
        station = replace(self.station(ran), ids=SeededIds(seed + 1_000_000), made=1_000_000)
        return Checker(station, scratch, ran, young=self.young, after=self.after)

    def station(self, folder: Path) -> Station:
        """How the record of this scene is opened."""
        if self.keyed is not None:
            return self.keyed(folder)
        if not self.bench:
            return Station(folder / NAME)
        signer, settings = AT_BENCH
        return Station(folder / NAME, signer=signer, settings=settings)


def founded(folder: Path) -> None:
    with Station(folder / NAME).open() as ledger:
        ledger.adopt(Station(folder / NAME).identity(ledger))


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Station, Ledger]]:
    station = Station(folder / NAME)
    with station.open() as ledger:
        yield station, ledger
