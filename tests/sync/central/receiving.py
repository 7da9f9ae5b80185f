"""A centre's store on a real file, with one enrolled station whose events are made on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from app.domain.clock import to_text
from app.domain.envelope import ChainHead, Envelope, Evidence, digest, genesis, reopen, seal
from app.domain.event import Event
from app.domain.ids import uuid7
from app.domain.move import Move, MoveKind
from app.domain.signing import EVENT_TAG, Ed25519Signer
from sync.central.audit import audit
from sync.central.store.chain import CentreChain
from sync.central.store.database import create_database
from sync.central.store.enrolment import Station, enrol, issue_code, lock_station
from sync.central.store.receipt import receive
from sync.central.store.tables import exception, receipt
from sync.wire.answers import Answer
from sync.wire.messages import Enrol, Enrolled, Push
from sync.wire.sealed import Sealed, sealed
from tests.app.domain.examples import EVIDENCE, SALT, SIGNER, STATION, customer, shelf
from tests.ready import ready

NOW = datetime(2026, 11, 22, 10, 41, 7, tzinfo=UTC)


class OwnClock:
    """A `Clock` that moves when told to."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic_ms(self) -> float:
        return (self.at - NOW).total_seconds() * 1000

    def pass_by(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class CountedIds:
    """An `Ids` of counted, hence repeatable, noise; `start` keeps two of them apart."""

    def __init__(self, start: int = 0) -> None:
        self._given = start

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(now_ms, self.secret(10)))

    def secret(self, size: int) -> bytes:
        self._given += 1
        return self._given.to_bytes(size, "big")


def disposition(number: int, **parts: object) -> Event:
    """One unit of K-17 back to the shelf, unless `parts` say otherwise; the event id is among them."""
    whole: dict[str, object] = {
        "kind": "return.dispositioned",
        "subject": (f"label:L07-{number}-X", "sku:K-17"),
        "operator": "sam",
        "session": "s-1",
        "moves": (Move(1, customer(), shelf(), MoveKind.RETURN),),
        "body": {"rma": None, "line": None, "sku": "K-17", "qty": 1, "number": number},
        "private": {"note": "blue kettle"},
    }
    return Event(**(whole | parts))  # type: ignore[arg-type]  # parts are given by name


class Bench:
    """A station on paper: seals what it is told behind its own head."""

    def __init__(
        self, signer: Ed25519Signer = SIGNER, station_id: str = STATION, evidence: Evidence = EVIDENCE
    ) -> None:
        self.signer = signer
        self.station_id = station_id
        self.install_id = f"install of {station_id[:4]}"
        self.head: ChainHead = genesis(station_id, 1, signer.public_key)
        self.events: list[Envelope] = []
        self._evidence = evidence

    def record(self, **parts: object) -> Envelope:
        """One unit of K-17 back to the shelf, unless `parts` say otherwise."""
        number = len(self.events) + 1
        named = {"event_id": f"0192e4c5-{self.station_id[:4]}-7000-8000-{number:012d}", **parts}
        event = disposition(number, **named)
        envelope = seal(event, self.head, self._evidence, self.signer, SALT)
        self.head = envelope.head
        self.events.append(envelope)
        return envelope

    def resign(self, event: Envelope, facts: bytes) -> None:
        """Puts other facts, signed as they are, in place of the newest event's."""
        header = event.header.replace(digest(event.facts).encode(), digest(facts).encode())
        changed = reopen(header, facts, event.private, event.salt, self.signer.sign(EVENT_TAG, header))
        self.events[-1], self.head = changed, changed.head

    def work(self, events: int) -> list[Envelope]:
        """So many events."""
        return [self.record() for _ in range(events)]


class Store:
    """A centre's database with its chain."""

    def __init__(self, folder: Path, clock: OwnClock | None = None, url: str | None = None) -> None:
        self.clock = clock or OwnClock()
        self.ids = CountedIds()
        self.database = create_database(ready(url or f"sqlite:///{folder / 'centre.db'}"))
        self.chain = CentreChain(Ed25519Signer(bytes([7] * 32)), self.ids, self.clock, "0.1.0")
        with self.database.write() as conn:
            self.centre_id = self.chain.establish(conn)

    def code(self, name: str = "Bench 7", minutes: float = 15) -> str:
        """A fresh enrolment code."""
        with self.database.write() as conn:
            issued = issue_code(
                conn,
                self.ids.secret(16),
                name=name,
                site="WH1",
                owner="ACME",
                now=self.clock.now(),
                life=timedelta(minutes=minutes),
            )
        return issued.code

    def enrol(self, bench: Bench, code: str | None = None) -> Enrolled:
        """Takes the bench in."""
        asked = Enrol(
            code or self.code(), bench.station_id, bench.install_id, bench.signer.public_key, "mine"
        )
        with self.database.write() as conn:
            return enrol(conn, asked, self.clock.now())

    def station(self, bench: Bench) -> Station:
        """The bench as the centre knows it."""
        with self.database.write() as conn:
            return lock_station(conn, bench.station_id)

    def push(self, bench: Bench, events: Sequence[Envelope | Sealed], epoch: int = 1) -> Answer:
        """One push of the bench, in one transaction."""
        parts = tuple(sealed(entry) if isinstance(entry, Envelope) else entry for entry in events)
        with self.database.write() as conn:
            station = lock_station(conn, bench.station_id)
            return receive(conn, station, Push(epoch, parts), self.clock.now(), self.chain)

    def states(self, bench: Bench) -> list[str]:
        """The states of the bench's receipts in the order they came."""
        with self.database.read() as conn:
            rows = conn.execute(
                select(receipt.c.state).where(receipt.c.station_id == bench.station_id).order_by(receipt.c.id)
            )
            return list(rows.scalars())

    def cases(self) -> list[str]:
        """The types of the open exceptions about chains and events; what posting finds unfit is left out."""
        with self.database.read() as conn:
            types = conn.execute(select(exception.c.type).order_by(exception.c.id)).scalars()
            return [found for found in types if found.startswith(("chain.", "event.", "kind."))]

    def prove(self) -> None:
        """Every law of the centre holds."""
        report = audit(self.database)
        assert report.holds, [str(violation) for violation in report.violations]


@contextmanager
def store_in(folder: Path, url: str | None = None) -> Iterator[Store]:
    """A store that is proven and closed at the end; in a file of the folder, or at a URL."""
    store = Store(folder, url=url)
    try:
        yield store
        store.prove()
    finally:
        store.database.close()


def text_now() -> str:
    """`NOW` as the store writes it."""
    return to_text(NOW)
