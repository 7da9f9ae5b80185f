"""A bench of a story: the real engine with its own record, joined to the centre of the floor."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.bootstrap import resources
from app.domain.clock import Clock
from app.domain.event import Event, EventKind
from app.domain.policy.asides import NoPhoto
from app.domain.signing import Ed25519Signer
from app.ledger.identity import StationSettings
from app.ledger.tables import event
from app.ledger.writer import Ledger
from app.queries import history
from app.scanning.commands import Word, payload
from app.scanning.double_read import Gaps
from app.station.approving import Approving
from app.station.desk import Arrival
from app.station.engine import Engine
from app.station.setup import Person, Seat, Setup, Shot
from sync.client.enrol import enrol
from sync.client.session import SyncClient
from sync.client.state import SyncState
from sync.client.transport import HttpCentre
from tests.centre import RunningCentre, SeededIds
from tests.sync.world import DirectPort

_WORDS = {word.name: payload(word) for word in Word}


class OffClock:
    """The clock of one computer: the true time, and by how much it is off."""

    def __init__(self, true: Clock) -> None:
        self._true = true
        self.off = timedelta()

    def now(self) -> datetime:
        return self._true.now() + self.off

    def monotonic_ms(self) -> float:
        return self._true.monotonic_ms()


class StationBench:
    """One bench with its own record; nothing reaches the centre before `sync`."""

    def __init__(
        self,
        folder: Path,
        centre: RunningCentre,
        code: str,
        number: int,
        shoots: Callable[[], Shot] | None = None,
    ) -> None:
        self.shoots = shoots
        self.approving: Approving | None = None
        self._clock, self._ids = OffClock(centre.clock), SeededIds(1000 + number)
        signer = Ed25519Signer(bytes([number] * 32))
        settings = StationSettings("test", "UTC", "boot-1")
        self.ledger = Ledger(
            folder / f"bench-{number}.db",
            sqlite3,
            signer=signer,
            clock=self._clock,
            ids=self._ids,
            settings=settings,
        )
        identity = enrol(
            centre.base_url,
            code,
            station_id=self.ledger.head.station_id,
            install_id=self.ledger.install_id,
            public_key=self.ledger.public_key,
            name=f"Bench {number}",
            clock=self._clock,
        )
        self.ledger.adopt(identity)
        self.station_id = identity.station_id
        self.way = HttpCentre(centre.base_url, identity.station_id, signer, clock=self._clock, ids=self._ids)
        self._said: list[SyncState] = []
        self._client = SyncClient(
            DirectPort(self.ledger),
            self.way,
            ids=self._ids,
            noise=random.Random(number),
            on_state=self._said.append,
        )
        self.engine = Engine(self.ledger, self._setup(number), on_recorded=lambda: None)
        self.labels: list[str] = []
        self._scans = 0

    def _setup(self, number: int) -> Setup:
        return Setup(
            clock=self._clock,
            ids=self._ids,
            zone=UTC,
            texts=resources.texts(),
            policy=resources.policy(),
            seat=Seat(Person(f"ana-{number}", "Ana K.", "Inspector", f"s-{number}")),
            bench=f"BENCH-0{number}",
            name=f"BENCH 0{number}",
            print_label=lambda _document, _copy: None,
            gaps=Gaps(0, 0),
            shoot=self.shoots or (lambda: Shot(None, NoPhoto.NO_CAMERA)),
            no_camera="" if self.shoots else NoPhoto.NO_CAMERA,
            approving=lambda: self.approving,
        )

    def scans(self, *codes: str) -> str:
        """Scans in order; answers with the code of the message that the last one left, if any."""
        for code in codes:
            self._scans += 1
            raw = _WORDS.get(code, code)
            self.engine.scan(Arrival(self._scans, raw, "scanner", self._clock.monotonic_ms()))
            self.labels += [str(document["code"]) for document, _ in self.engine.take_labels()]
        notice = self.engine.notice
        return notice.code if notice else ""

    def clock_is_off(self, **by: float) -> None:
        """Somebody set the computer's clock, or its battery is empty."""
        self._clock.off = timedelta(**by)

    def newest(self, kind: EventKind) -> Event:
        """The last event of a kind in this bench's own record."""
        asked = select(event.c.event_id).where(event.c.kind == str(kind)).order_by(event.c.seq.desc())
        found = history.by_id(self.ledger.connection, str(self.ledger.connection.scalar(asked.limit(1))))
        assert found is not None
        return found.event

    def sync(self) -> None:
        """Sends and fetches everything; what it made of what it fetched goes with the next beat."""
        recorded = self.ledger.last_seq
        self._client.tick(self._clock.now())
        if self.ledger.last_seq > recorded:
            self._client.tick(self._clock.now())
        position = DirectPort(self.ledger).position()
        assert position.waiting == 0, self._said[-1:]

    def close(self) -> None:
        self.way.close()
        self.ledger.close()
