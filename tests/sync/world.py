"""A whole small world on loopback: the real centre under a real server, real station files, a bad network."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from app.domain.clock import to_ms
from app.domain.envelope import Envelope, event_of
from app.domain.feed import Page
from app.domain.laws import agreement, fold
from app.domain.signing import Ed25519Signer
from app.ledger import approvers, mirror, outbox, renewal, site_stock
from app.ledger.audit import audit as audit_station
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.owed import Due, Kept, Torn
from app.ledger.tables import event as event_table
from app.ledger.writer import Ledger, envelope_of
from sync.central.audit import audit as audit_centre
from sync.central.audit import station_balances
from sync.central.centre import STATION_RATE, Settings
from sync.central.service import Running, create_app
from sync.central.store.tables import receipt
from sync.client.enrol import enrol
from sync.client.port import Position
from sync.client.session import SyncClient
from sync.client.state import SyncState
from sync.client.transport import HttpCentre
from tests.sync.central.receiving import CountedIds, OwnClock, Store, disposition
from tests.sync.toll import Toll

SETTINGS = StationSettings("0.1.0", "Europe/London", "boot-1")


class DirectPort:
    """A `StationPort` over a ledger of the same thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def position(self) -> Position:
        cursor = self._ledger.cursor
        return Position(
            self._ledger.head,
            cursor.gen,
            cursor.pos,
            outbox.waiting(self._ledger).count,
            site_stock.asks_from(self._ledger),
            outbox.acknowledged(self._ledger),
            renewal.met(self._ledger),
        )

    def pending(self, limit: int) -> Sequence[Envelope]:
        return outbox.pending(self._ledger, limit)

    def acknowledge(self, epoch: int, upto: int, head_hash: str) -> bool:
        return outbox.acknowledge(self._ledger, epoch, upto, head_hash)

    def send_again(self, epoch: int, have: int) -> bool:
        return outbox.send_again(self._ledger, epoch, have)

    def owe(self, due: Due) -> Due:
        return renewal.owe(self._ledger, due)

    def meet(self, gen: int, due: Due) -> Due | None:
        return renewal.meet(self._ledger, gen, due)

    def kept(self, after: int, limit: int) -> Sequence[Kept]:
        return renewal.kept(self._ledger, after, limit)

    def torn(self, seqs: Sequence[int]) -> Sequence[Torn]:
        return renewal.torn(self._ledger, seqs)

    def revocations(self) -> Mapping[str, object] | None:
        return approvers.signed_revocations(self._ledger.connection)

    def begin_epoch(self, epoch: int, lacking: Sequence[int], upto: int, given: Mapping[str, int]) -> int:
        return renewal.begin(self._ledger, epoch, lacking, upto, given)

    def apply(self, page: Page) -> None:
        mirror.apply_page(self._ledger, page)


class Site:
    """One station: a ledger file, a key, a client; closed and opened again it is the same station."""

    def __init__(self, path: Path, base_url: str, clock: OwnClock, number: int, life: int = 0) -> None:
        self.path = path
        self.clock = clock
        self.number = number
        self.said: list[SyncState] = []
        self._base_url = base_url
        # Another life (a copy, another process) of one station draws other noise, as the real source would.
        self._ids = CountedIds(number << 48 | life << 40)
        self._signer = Ed25519Signer(bytes([number] * 32))
        self._centre: HttpCentre | None = None
        self.open()

    def open(self) -> None:
        """Opens the file and, once enrolled, the way to the centre."""
        self.ledger = Ledger(
            self.path, sqlite3, signer=self._signer, clock=self.clock, ids=self._ids, settings=SETTINGS
        )
        if self.ledger.identity is not None:
            self._join(self.ledger.identity.station_id)

    def move_to(self, base_url: str) -> None:
        """The centre answers elsewhere from now on."""
        self.close()
        self._base_url = base_url
        self.open()

    def close(self) -> None:
        """Lets everything go; nothing is said to the centre."""
        self.ledger.close()
        if self._centre is not None:
            self._centre.close()

    def enrol(self, code: str) -> StationIdentity:
        """Joins the centre."""
        identity = enrol(
            self._base_url,
            code,
            station_id=self.ledger.head.station_id,
            install_id=self.ledger.install_id,
            public_key=self.ledger.public_key,
            name="mine",
            clock=self.clock,
        )
        self.ledger.adopt(identity)
        self._join(identity.station_id)
        return identity

    def _join(self, station_id: str) -> None:
        self._centre = HttpCentre(self._base_url, station_id, self._signer, clock=self.clock, ids=self._ids)
        noise = random.Random(self.number)
        self.client = SyncClient(
            DirectPort(self.ledger), self._centre, ids=self._ids, noise=noise, on_state=self.said.append
        )

    def work(self, events: int = 1, **parts: object) -> list[Envelope]:
        """Records so many dispositions."""
        return [self._record(**parts) for _ in range(events)]

    def _record(self, **parts: object) -> Envelope:
        number = self.ledger.last_seq + 1
        event_id = self._ids.event_id(to_ms(self.clock.now()))
        return self.ledger.record(disposition(number, **{"event_id": event_id, **parts}))

    def sync(self, ticks: int = 1) -> float:
        """So many ticks, each as soon as the one before wants it; answers the last wish."""
        wish = 0.0
        for _ in range(ticks):
            wish = self.client.tick(self.clock.now())
            self.clock.pass_by(wish)
        return wish

    def waiting(self) -> int:
        """How many events the centre has not confirmed."""
        return outbox.waiting(self.ledger).count


class World:
    """The centre, the network before it, and stations; see the module."""

    def __init__(
        self,
        folder: Path,
        clock: OwnClock | None = None,
        policy_key: Ed25519Signer | None = None,
        station_rate: int = STATION_RATE,
    ) -> None:
        self.folder = folder
        self.clock = clock or OwnClock()
        self.store = Store(folder, self.clock)
        self.app = create_app(
            self.store.database,
            Settings("0.1.0", photos=folder / "photos", station_rate=station_rate),
            self.clock,
            # Another life of one centre draws other noise, as the real source would.
            CountedIds(1 << 50 | int(self.clock.monotonic_ms())),
            Ed25519Signer(bytes([7] * 32)),
            policy_key=policy_key,
        )
        self.sites: list[Site] = []

    def site(self, *, enrolled: bool = True) -> Site:
        """One more station, behind the toll."""
        number = len(self.sites) + 1
        found = Site(self.folder / f"station-{number}.db", self.toll.base_url, self.clock, number)
        self.sites.append(found)
        if enrolled:
            found.enrol(self.store.code(f"Bench {number}"))
        return found

    def prove(self) -> None:
        """Every law here and there, and both agree about what is confirmed."""
        assert audit_centre(self.store.database).violations == ()
        for site in self.sites:
            assert audit_station(site.ledger).clean, audit_station(site.ledger)

    def agreed(self, site: Site) -> None:
        """All of the station's events are at the centre, each once."""
        self.prove()
        assert site.waiting() == 0
        rows = site.ledger.connection.execute(select(event_table).order_by(event_table.c.seq))
        events = [envelope_of(row) for row in rows]
        with self.store.database.read() as conn:
            found = station_balances(conn, site.ledger.head.station_id)
        assert agreement(fold(move for event in events for move in event_of(event).moves), found) == ()

    @contextmanager
    def running(self) -> Iterator[World]:
        """Serves until left; the laws are proven at the end."""
        with Running(self.app) as server, Toll(server.base_url) as self.toll:
            try:
                yield self
                assert self.toll.spent()
                self.prove()
            finally:
                for site in self.sites:
                    site.close()
        self.store.database.close()


def received(world: World, site: Site) -> list[str]:
    """The states of a station's receipts at the centre, in the order they came."""
    of_site = receipt.c.station_id == site.ledger.head.station_id
    with world.store.database.read() as conn:
        return list(conn.execute(select(receipt.c.state).where(of_site).order_by(receipt.c.id)).scalars())
