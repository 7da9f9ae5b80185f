"""The world around the station: the centre in its process, its business, the scanner in its process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.demo.business import Business, generate, lately
from app.demo.figures import violations
from app.demo.loading import Say, enrolment_code, load
from app.domain.item import Item
from app.station.system import SystemClock
from devices.simulated_scanner import SimulatedScanner
from tests.simulation.laws import received_at
from tests.simulation.station_process import BACKHAUL, OutOfStep, StationProcess

_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """Everything that is not killed; folders are made below `folder`. `program` starts Backhaul."""

    folder: Path
    business: Business
    items: dict[str, Item]
    client: CentreClient
    scanner: SimulatedScanner
    station_id: str
    program: Sequence[str] = BACKHAUL

    @property
    def data(self) -> Path:
        """The station's data folder."""
        return self.folder / "station"

    @property
    def notes(self) -> Path:
        """Traces and logs of all lives."""
        return self.folder / "notes"

    @property
    def labels(self) -> Path:
        """The printer."""
        return self.folder / "labels"

    def live(self, life: int) -> StationProcess:
        """Starts the station."""
        scanner = (self.scanner.port, self.scanner.fire)
        return StationProcess(self.data, life, self.notes, self.labels, scanner, program=self.program)

    def printed(self) -> set[str]:
        """The codes of all labels that came out."""
        return {path.stem for path in self.labels.glob("*.zpl")}

    def received(self) -> list[tuple[str, str]]:
        """What the centre's database holds of the station."""
        return received_at(self.folder / "centre" / "centre.db", self.station_id)

    def disagreements(self) -> list[str]:
        """Every law at the station, at the centre and between the two; nobody has the record open."""
        with open_record(Folder(self.data), must_exist=True) as ledger:
            return [str(violation) for violation in violations(ledger, self.client)]


@contextmanager
def world(folder: Path, seed: int, returns: int, say: Say) -> Iterator[World]:
    """A centre that knows a generated business, a bench that joined it, and a scanner."""
    business = generate(seed, returns, lately(SystemClock().now()))
    (folder / "notes").mkdir(parents=True)
    with (
        EmbeddedCentre(folder / "centre") as centre,
        CentreClient(centre.url, centre.token) as client,
        SimulatedScanner() as scanner,
    ):
        load(client, business, say)
        code = enrolment_code(client, business)
        identity = join(Folder(folder / "station"), centre.url, code, "BENCH")
        items = {item.sku: item for item in business.items}
        yield World(folder, business, items, client, scanner, identity.station_id)


def wait_until(holds: Callable[[], bool], patience_s: float, what: str) -> None:
    """Looks again and again.

    Raises:
        OutOfStep: it did not come true in time.
    """
    until = time.monotonic() + patience_s
    while not holds():
        if time.monotonic() > until:
            raise OutOfStep(f"waited {patience_s:.0f} s in vain for {what}")
        threading.Event().wait(_LOOK_S)
