"""A station to test with: a clock and ids of its own, a key, and builders for what a bench records."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.domain.account import Account, Status
from app.domain.clock import to_ms
from app.domain.event import Event, EventKind, undo
from app.domain.feed import Change, Page
from app.domain.ids import uuid7
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.returns import Rma, RmaLine
from app.domain.signing import Ed25519Signer
from app.ledger.also import Also, QueueLabel, TakeNumber
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.writer import Ledger

SIGNER = Ed25519Signer(b"station key of the tests........")
SETTINGS = StationSettings(app_ver="0.1.0", tz="Europe/London", boot_id="boot-1")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LABELS = "label"


class HandClock:
    """Stands still until a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic_ms(self) -> float:
        return to_ms(self.at) % 10_000_000

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class SeededIds:
    """The same identities in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(now_ms, self._random.randbytes(10)))

    def secret(self, size: int) -> bytes:
        return self._random.randbytes(size)


@dataclass
class Station:
    """A data folder and everything that a ledger is opened with; `dbapi` may be any DB-API module."""

    path: Path
    dbapi: Any = sqlite3
    clock: HandClock = field(default_factory=HandClock)
    ids: SeededIds = field(default_factory=SeededIds)
    settings: StationSettings = SETTINGS
    signer: Ed25519Signer = SIGNER
    made: int = 0

    def open(self) -> Ledger:
        return Ledger(
            self.path,
            self.dbapi,
            signer=self.signer,
            clock=self.clock,
            ids=self.ids,
            settings=self.settings,
        )

    def disposition(self, **more: Any) -> Event:
        """One returned unit on its way from the customer over the bench to its place; `more` replaces."""
        self.made += 1
        self.clock.forward(1)
        return disposition(
            self.made, event_id=self.ids.event_id(to_ms(self.clock.now())), **{"label": None} | more
        )

    def arrival(self, rma: str = "R-1", **more: Any) -> Event:
        self.clock.forward(1)
        return Event(
            event_id=self.ids.event_id(to_ms(self.clock.now())),
            kind=EventKind.RETURN_ARRIVED,
            subject=(f"rma:{rma}",),
            operator="ana",
            session="s-1",
            body={"rma": rma, "parcel": None},
            **more,
        )

    def undoing(self, undone: Event) -> Event:
        self.clock.forward(1)
        return undo(self.ids.event_id(to_ms(self.clock.now())), undone, "ana", "s-1", "mistake")

    def identity(self, ledger: Ledger) -> StationIdentity:
        return StationIdentity(ledger.head.station_id, 1, "07", "WH1", "ACME", "Bench 07")


def disposition(
    number: int,
    *,
    event_id: str,
    label: str | None = None,
    rma: str | None = "R-1",
    line: int | None = 1,
    sku: str = "K-17",
    qty: int = 1,
    serial: str | None = None,
    grade: str = "A",
    private: dict[str, object] | None = None,
) -> Event:
    """A disposition with its two moves, as a bench records it."""
    code = label or f"L07-{number}-K"
    sold = Account("ACME", sku, Virtual.CUSTOMER, serial=serial)
    bench = Account("ACME", sku, "BENCH-07", Status.RETURN_PENDING, serial=serial, label=code)
    shelf = Account("ACME", sku, "R-03", Status.SELLABLE, serial=serial, label=code, grade=grade)
    units = (f"unit:{serial}",) if serial else ()
    return Event(
        event_id=event_id,
        kind=EventKind.RETURN_DISPOSITIONED,
        subject=(*((f"rma:{rma}",) if rma else ()), f"sku:{sku}", f"unit:{code}", *units),
        operator="ana",
        session="s-1",
        moves=(
            Move(qty, sold, bench, MoveKind.RETURN, "changed_mind", rma),
            Move(qty, bench, shelf, MoveKind.DISPOSE, "12", rma),
        ),
        body={
            "rma": rma,
            "line": line if rma else None,
            "sku": sku,
            "qty": qty,
            "serial": serial,
            "lot": None,
            "grade": grade,
            "disposition": "restock",
            "rule": "12",
            "label": code,
            "place": "R-03",
            "blind": rma is None,
            "wrong_item": False,
            "found_on": None,
        },
        private=private,
        policy_ver="2026.11-2",
    )


def with_label(ledger: Ledger, event: Event) -> Sequence[Also]:
    """What a bench writes beside a disposition: the label, and the number that it used up."""
    return (
        QueueLabel(str(event.body["label"]), {"sku": event.body["sku"]}),
        TakeNumber(LABELS, ledger.peek_number(LABELS)),
    )


def rma(code: str = "R-1", **more: Any) -> Rma:
    parts: dict[str, Any] = {
        "code": code,
        "owner": "ACME",
        "order": "8841",
        "lines": (RmaLine(1, "K-17", 2, "changed_mind"), RmaLine(2, "T-2", 1, "broken", serials=("SN1",))),
        "tracking": ("1Z999",),
    }
    return Rma(**parts | more)


def rma_change(pos: int, found: Rma, **more: object) -> Change:
    return Change(pos, "rma", found.code, {**found.to_json(), "state": "open", "done": [], **more})


def item_change(pos: int, item: Item) -> Change:
    return Change(pos, "item", item.sku, item.to_json())


MUG = Item("K-17", "Mug", gtins=("04006381333931",))
KETTLE = Item("T-2", "Kettle", gtins=("05901234123457",))


def first_page(*changes: Change, gen: int = 1) -> Page:
    found = changes or (item_change(1, MUG), item_change(2, KETTLE), rma_change(3, rma()))
    return Page(gen, max(change.pos for change in found), found)


def everything(ledger: Ledger) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table: equal before and after means that nothing was written."""
    connection = ledger.connection
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).scalars()
    return {
        name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]  # noqa: S608 - our own tables
        for name in names.all()
    }
