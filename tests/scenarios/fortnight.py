"""A fortnight's house: the centre and its stations as programs, a cable before each, one clock for all."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder
from app.command.root import run
from app.demo.business import Business, generate
from app.demo.loading import load
from app.domain.clock import to_text
from devices.simulated_scanner import SimulatedScanner
from tests.architecture.source_rules import ROOT
from tests.faultproxy.line import Line
from tests.moved_clock import MovedClock
from tests.simulation.hand import Visit, visits
from tests.simulation.laws import received_at
from tests.simulation.station_process import StationProcess
from tests.simulation.steady_hand import scan_box
from tests.simulation.world import wait_until

UNTIL = datetime(2026, 11, 20, 8, tzinfo=UTC)
"""Day 0."""
_SEED, _RETURNS = 2026, 16
_PATIENCE_S = 60.0


@dataclass
class Computer:
    """One computer of the house: its disk, its cable, its scanner, and what was done at it in each life."""

    name: str
    data: Path
    notes: Path
    line: Line
    scanner: SimulatedScanner
    clock: MovedClock
    boxes: list[Visit] = field(default_factory=list)
    lives: int = 0
    at_work: StationProcess | None = None

    def begin(self) -> None:
        """The program starts."""
        self.lives += 1
        self.notes.mkdir(exist_ok=True)
        scanner = (self.scanner.port, self.scanner.fire)
        self.at_work = StationProcess(
            self.data, self.lives, self.notes, self.notes / "labels", scanner, program=self.clock.program
        )

    def end(self) -> None:
        """The program is gone, without a word."""
        if self.at_work is not None:
            self.at_work.end()
        self.at_work = None

    def scan(self, house: House, *boxes: int) -> None:
        """Scans whole boxes; each unit is on the disk when this returns."""
        assert self.at_work is not None, f"nobody started {self.name}"
        for number in boxes:
            scan_box(self.at_work, house.visits[number], house.items)
            self.boxes.append(house.visits[number])

    def station_id(self) -> str:
        """Which station the disk takes itself for."""
        return str(self._asked("SELECT value FROM meta WHERE name = 'station_id'")[0][0])

    def events(self) -> list[str]:
        """The ids of all events on the disk."""
        return [str(row[0]) for row in self._asked("SELECT event_id FROM event")]

    def waiting(self) -> int:
        """How many events the centre has not confirmed, as the disk says."""
        return int(str(self._asked("SELECT count(*) FROM outbox")[0][0]))

    def sent(self) -> None:
        """Waits until the centre confirmed everything."""
        wait_until(lambda: self.waiting() == 0, _PATIENCE_S, f"{self.name} to be told that all has arrived")

    def _asked(self, question: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"{Folder(self.data).record.as_uri()}?mode=ro", uri=True)) as record:
            return record.execute(question).fetchall()


class House:
    """Everything; see the module. `centre` is the one that answers now."""

    def __init__(self, folder: Path, clock: MovedClock, opened: ExitStack) -> None:
        self.folder = folder
        self.clock = clock
        self.business = _all_new(generate(_SEED, _RETURNS, UNTIL))
        self.visits = list(visits(self.business))
        self.items = {item.sku: item for item in self.business.items}
        self.database = folder / "centre" / "centre.db"
        self._url = f"sqlite:///{self.database}"
        self._opened = opened
        self._computers: list[Computer] = []
        self._serve()
        load(self.centre, self.business, lambda _: None)

    def day(self, number: float) -> None:
        """It is so many days after the beginning."""
        self.clock.set(UNTIL + timedelta(days=number))

    def bench(self, name: str) -> Computer:
        """A computer that joined the centre, over a cable of its own."""
        found = self._computer(name, self._opened.enter_context(Line(self._embedded.url).running()))
        asked = {"name": name, "site": self.business.site, "owner": self.business.owner}
        code = self.centre.post("/enrolment-codes", asked, f"code-{name}").text("code")
        join(Folder(found.data), found.line.url, code, name)
        return found

    def clone(self, of: Computer, name: str) -> Computer:
        """The same disk in another computer, at the same cable; the first one is off while it is copied."""
        assert of.at_work is None
        found = self._computer(name, of.line)
        shutil.copytree(of.data, found.data)
        return found

    def back_up(self, target: Path) -> None:
        """`backhaul central backup`, in this process: it asks no clock."""
        assert run(["central", "backup", str(target), "--db", self._url]) == 0

    def restore(self, source: Path) -> None:
        """`backhaul central restore` over what is there."""
        words = ("central", "restore", str(source), "--replace", "--db", self._url)
        command = [*self.clock.program, *words]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr

    def lose_the_centre(self) -> None:
        """It is off, and its disk is as it is."""
        self.centre.close()
        self._embedded.stop()

    def serve_again(self) -> None:
        """The centre starts again, at another address; every cable leads there."""
        self._serve()
        for computer in self._computers:
            computer.line.lead_to(self._embedded.url)

    def sold(self) -> Counter[str]:
        """Units by their item that are with customers, as the centre's balances say."""
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute(
                "SELECT a.item, sum(b.qty) FROM balance b JOIN account a ON a.id = b.account "
                "WHERE a.location = '@customer' GROUP BY a.item"
            )
            return Counter({str(sku): int(qty) for sku, qty in rows})

    def received(self, computer: Computer) -> list[tuple[str, str]]:
        """Id and state of what the centre has of the station on that disk."""
        return received_at(self.database, computer.station_id())

    def cases(self) -> Counter[tuple[str, str]]:
        """How often there is an exception of a type about a subject, whatever became of it."""
        found = self.centre.get("/exceptions").objects("exceptions")
        return Counter((entry.text("type"), entry.text("subject")) for entry in found)

    def _computer(self, name: str, line: Line) -> Computer:
        scanner = self._opened.enter_context(SimulatedScanner())
        found = Computer(name, self.folder / name, self.folder / f"{name}-notes", line, scanner, self.clock)
        self._opened.callback(found.end)
        self._computers.append(found)
        return found

    def _serve(self) -> None:
        self._embedded = self._opened.enter_context(
            EmbeddedCentre(self.folder / "centre", self.clock.program)
        )
        self.centre = CentreClient(self._embedded.url, self._embedded.token)
        self._opened.callback(self.centre.close)


@contextmanager
def house(folder: Path, clock: MovedClock) -> Iterator[House]:
    """See the module; everything ends with the block."""
    with ExitStack() as opened:
        yield House(folder, clock, opened)


def scanned(computers: Sequence[Computer]) -> Counter[str]:
    """Units by their item in the boxes that were scanned at these computers."""
    found = Counter[str]()
    for visit in (visit for one in computers for visit in one.boxes):
        for unit in visit.box.units:
            found[unit.sku] += unit.qty
    return found


def _all_new(business: Business) -> Business:
    """Everything comes back as new, and was announced yesterday: nothing falls due within the fortnight."""
    yesterday = to_text(UNTIL - timedelta(days=1))
    return replace(
        business,
        returns=tuple(replace(entry, at=yesterday) for entry in business.returns),
        boxes=tuple(
            replace(box, units=tuple(replace(unit, grade="A") for unit in box.units))
            for box in business.boxes
        ),
    )
