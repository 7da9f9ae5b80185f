"""A station's process: the real engine, ledger and sync client over one file, dropped and opened again.

`Died` says at which sequence number the chain stood on the disk when the process ended.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC
from enum import Enum
from functools import cache
from pathlib import Path

from app.bootstrap import resources
from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.envelope import event_of
from app.domain.policy.asides import NoPhoto
from app.domain.refusal import Unavailable
from app.domain.signing import Ed25519Signer
from app.ledger import outbox
from app.ledger.database import Transaction
from app.ledger.identity import StationSettings
from app.ledger.writer import Ledger
from app.scanning.commands import Word, payload
from app.scanning.double_read import Gaps
from app.station.approving import Approving, Means
from app.station.desk import Arrival
from app.station.engine import Engine
from app.station.setup import Person, Seat, Setup, Shot
from app.station.trace import ScanTrace
from app.workflows.bench.inspection import inspection
from app.workflows.texts import Texts
from sync.client.enrol import enrol
from sync.client.session import SyncClient
from sync.client.state import SyncState
from sync.client.transport import HttpCentre
from tests.app.vault.test_stretching import CHEAP
from tests.simulator.camera import Camera
from tests.simulator.clocks import Noise, Watch
from tests.simulator.wire import Wire
from tests.sync.world import DirectPort

URL = "http://127.0.0.1:8000"
_SHIFTS = ("ben", "ana", "ana", "ben", "cai")
_WORDS = {word.name: payload(word) for word in Word}


class Cut(Enum):
    """Where a station's process ends in a commit."""

    BEFORE = "before commit"
    AFTER = "after commit"
    FULL = "disk full"
    """It does not end: the commit fails, and everything goes on."""


class Died(BaseException):
    """The station's process is gone in the middle of what it did."""

    def __init__(self, where: Cut, seq: int) -> None:
        super().__init__(where.value)
        self.where, self.seq = where, seq


class DyingLedger(Ledger):
    """A ledger in a process that may end around a commit; `doom` is where, and after how many good ones."""

    doom: tuple[Cut, int] | None = None

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """As the real one, to the moment of death."""
        cut = self._due()
        before = self.last_seq if cut is not None else 0
        with super().transaction() as tx:
            yield tx
            if cut is Cut.BEFORE:
                raise Died(cut, before)
            if cut is Cut.FULL:
                raise Unavailable("Not recorded: the disk is full; nothing recorded so far is lost.")
        if cut is Cut.AFTER:
            raise Died(cut, self.last_seq)

    def _due(self) -> Cut | None:
        if self.doom is None:
            return None
        cut, left = self.doom
        if left > 0:
            self.doom = cut, left - 1
            return None
        self.doom = None
        return cut


@cache
def _texts() -> Texts:
    return resources.texts()


class Bench:
    """See the module. `copy` tells two lives of one file apart: 0 is the first."""

    def __init__(self, file: Path, number: int, watch: Watch, wire: Wire, copy: int = 0) -> None:
        self.file, self.number, self.watch, self.wire, self.copy = file, number, watch, wire, copy
        self.signer = Ed25519Signer(bytes([number] * 32))
        self.lives = 0
        self.labels: list[str] = []
        self.said: list[SyncState] = []
        self._scans = 0
        self.start()

    @property
    def who(self) -> str:
        """Who works here in this life of the program: the shifts take turns."""
        return f"{_SHIFTS[self.lives % len(_SHIFTS)]}-{self.number}"

    def start(self) -> None:
        """A new process over the file; it takes up what was open."""
        self.lives += 1
        names = (self.number, self.copy, self.lives)
        self.ids = Noise("station", *names)
        self.ledger = DyingLedger(
            self.file,
            sqlite3,
            signer=self.signer,
            clock=self.watch,
            ids=self.ids,
            settings=StationSettings("simulated", "UTC", f"boot-{self.copy}-{self.lives}"),
        )
        # Every other bench has one.
        self.camera = Camera(self.file.with_suffix(".photos"), "-".join(map(str, names)), self.ledger)
        self.has_camera = self.number % 2 == 0
        means = Means(CHEAP, b"p" * PEPPER_SIZE, frozenset(), self.watch, self.ids)
        self.approving = Approving(self.ledger, means)
        self.engine = Engine(self.ledger, self._setup(), on_recorded=lambda: None)
        self.engine.resume()
        self.way: HttpCentre | None = None
        self.client: SyncClient | None = None
        if self.ledger.identity is not None:
            self._join(self.ledger.identity.station_id)

    def _join(self, station_id: str) -> None:
        self.way = HttpCentre(
            URL, station_id, self.signer, clock=self.watch, ids=self.ids, transport=self.wire
        )
        self.client = SyncClient(
            DirectPort(self.ledger),
            self.way,
            ids=self.ids,
            noise=random.Random(self.number * 1000 + self.lives),
            on_state=self.said.append,
        )
        self.camera.join(self.way, random.Random(self.number * 1000 + self.lives))

    def enrol(self, code: str) -> None:
        """Joins the centre."""
        identity = enrol(
            URL,
            code,
            station_id=self.ledger.head.station_id,
            install_id=self.ledger.install_id,
            public_key=self.ledger.public_key,
            name=f"Bench {self.number}",
            clock=self.watch,
            transport=self.wire,
        )
        self.ledger.adopt(identity)
        self._join(identity.station_id)

    def end(self) -> None:
        """The process is gone; only the file stays."""
        with suppress(sqlite3.Error):
            self.ledger.close()
        if self.way is not None:
            self.way.close()

    def restart(self) -> None:
        """The process is gone and another one takes its place."""
        self.end()
        self.start()

    def sync(self) -> float:
        """One tick of the sync; in how many seconds it wants the next one."""
        assert self.client is not None
        return self.client.tick(self.watch.now())

    def scan(self, code: str) -> ScanTrace:
        """One scan, as the engine answers it; a name of the mat stands for its code."""
        self._scans += 1
        arrival = Arrival(self._scans, _WORDS.get(code, code), "scanner", self.watch.monotonic_ms())
        trace = self.engine.scan(arrival)
        self.labels += [str(document["code"]) for document, _ in self.engine.take_labels()]
        return trace

    def enter_pin(self, pin: str) -> None:
        """A PIN typed in the window."""
        self.engine.enter_pin(pin)
        self.labels += [str(document["code"]) for document, _ in self.engine.take_labels()]

    def kind_of(self, event_id: str) -> str:
        """The kind of an event on the disk."""
        stored = self.ledger.envelope(event_id)
        return str(event_of(stored).kind) if stored is not None else ""

    @property
    def asks(self) -> bool:
        """Whether the screen asks something of the unit; of one that waits for its match it wants a grade."""
        desk = self.engine.bench
        job, pick = desk.state.job, desk.state.pick
        return bool(job and pick and inspection(job, pick, desk._lookup.policy()).question)

    def waiting(self) -> int:
        """How many events the centre has not confirmed."""
        return outbox.waiting(self.ledger).count

    def code(self, word: str) -> str:
        """The code of a word as the policy's questions name it."""
        return payload(Word(word))

    def newest(self, after: int) -> list[str]:
        """The ids of the events behind a place in the chain, in order."""
        rows = self.ledger.connection.exec_driver_sql(
            "SELECT event_id FROM event WHERE seq > ? ORDER BY seq", (after,)
        )
        return [str(row[0]) for row in rows]

    def image(self, to: Path) -> Path:
        """A copy of the file as it is on the disk now, its log included."""
        to.mkdir(parents=True, exist_ok=True)
        for name in (self.file.name, f"{self.file.name}-wal"):
            source = self.file.with_name(name)
            if source.exists():
                shutil.copyfile(source, to / name)
        return to / self.file.name

    def _setup(self) -> Setup:
        number = self.number
        return Setup(
            clock=self.watch,
            ids=self.ids,
            zone=UTC,
            texts=_texts(),
            policy=resources.policy(),
            seat=Seat(Person(self.who, "Ana K.", "Inspector", f"s-{number}-{self.copy}-{self.lives}")),
            bench=f"BENCH-0{number}",
            name=f"BENCH 0{number}",
            print_label=lambda _document, _copy: None,
            gaps=Gaps(0, 0),
            shoot=self.camera.shoot if self.has_camera else lambda: Shot(None, NoPhoto.NO_CAMERA),
            approving=lambda: self.approving,
            no_camera="" if self.has_camera else NoPhoto.NO_CAMERA,
        )
