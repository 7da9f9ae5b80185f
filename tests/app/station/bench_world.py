"""A real bench over a real file: record, engine and screens on the station's thread; time is the test's."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from app.bootstrap import resources, sqlite
from app.domain.feed import Change, Page
from app.domain.ids import uuid7
from app.domain.item import Component, Item, Tracking
from app.domain.policy.asides import NoPhoto
from app.domain.returns import Rma, RmaLine
from app.domain.signing import Ed25519Signer
from app.ledger import mirror
from app.ledger.identity import StationIdentity, StationSettings
from app.ledger.writer import Ledger
from app.scanning.double_read import Gaps
from app.station.approving import Approving
from app.station.bench import Bench, Hooks
from app.station.runner import StationThread
from app.station.setup import Person, Seat, Setup, Shot
from app.station.space import Space
from app.station.trace import ScanTrace
from app.workflows.view import Screen

KETTLE = Item(
    "K-17-ST", "Kettle 1.7 L steel", ("09506000134352",), tracking=Tracking.SERIAL, category="electronics"
)
MUGS = Item("MUG-4", "Mug set of 4", ("04006381333931",), category="kitchen")
SOLVENT = Item("SOL-1", "Spot remover", ("00000096385074",), category="consumables", tracking=Tracking.LOT)
HAMPER = Item("KIT-1", "Breakfast hamper", category="kits", kit=(Component("MUG-4", 1),))
RMA = Rma(
    "R-10422-6",
    "acme",
    "8841",
    (
        RmaLine(1, "K-17-ST", 1, "changed_mind", serials=("SN-994471",)),
        RmaLine(2, "MUG-4", 2, "damaged_in_transit"),
    ),
    tracking=("1Z999AA10123456784",),
    shipped_on="2026-11-03",
)
GOOD_KETTLE = "]C1010950600013435221SN-994471"
MUG_CODE = "]E04006381333931"
PEOPLE = Person("ana", "Ana K.", "Inspector", "s-1")


class OwnTime:
    """A clock the test moves, one millisecond a reading so that no two moments are the same."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, 10, 41, tzinfo=UTC)
        self._mono = itertools.count(1000.0, 200.0)
        self._waited = 0.0

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now

    def monotonic_ms(self) -> float:
        return next(self._mono) + self._waited

    def wait_ms(self, ms: float) -> None:
        self._waited += ms

    def pass_minutes(self, minutes: int) -> None:
        self._now += timedelta(minutes=minutes)


class OwnIds:
    """Identities counted up from nothing."""

    def __init__(self, start: int = 0) -> None:
        self._n = itertools.count(start)

    def event_id(self, now_ms: int) -> str:
        return str(uuid7(now_ms, next(self._n).to_bytes(10, "big")))

    def secret(self, size: int) -> bytes:
        return next(self._n).to_bytes(size, "big")


def no_photo() -> Shot:
    """A bench without a camera."""
    return Shot(None, NoPhoto.NO_CAMERA)


class BenchWorld:
    """See the module; `restart` closes everything and opens the same file again."""

    # The DB-API module; None for the one that the product would take.
    library: Any = None

    def __init__(
        self,
        folder: Path,
        gaps: Gaps = Gaps(0, 0),  # noqa: B008 - a frozen value
        camera: Callable[[], Shot] | None = None,
        space: Callable[[], Space | None] = lambda: None,
    ) -> None:
        self.folder = folder
        self.camera = camera
        self.space = space
        self.gaps = gaps
        self.clock = OwnTime()
        self.ids = OwnIds()
        self.printed: list[tuple[Mapping[str, object], bool]] = []
        self.traces: list[ScanTrace] = []
        self.screens: list[Screen] = []
        self.defects: list[BaseException] = []
        self._open()

    def _open(self) -> None:
        self.thread = StationThread(self.defects.append)
        self.thread.start()
        self.ledger, self.bench = self.thread.ask(self._make)
        self.bench.subscribe(lambda screen, _: self.screens.append(screen))

    def _make(self) -> tuple[Ledger, Bench]:
        ledger = Ledger(
            self.folder / "station.db",
            self.library or sqlite.choose().module,
            signer=Ed25519Signer(b"7" * 32),
            clock=self.clock,
            ids=self.ids,
            settings=StationSettings("test", "UTC", "boot"),
        )
        if ledger.identity is None:
            head = ledger.head
            ledger.adopt(StationIdentity(head.station_id, head.epoch, "7", "WH1", "acme", "BENCH 07"))
            self._fill(ledger)
        setup = Setup(
            clock=self.clock,
            ids=self.ids,
            zone=UTC,
            texts=resources.texts(),
            policy=resources.policy(),
            seat=Seat(PEOPLE),
            bench="BENCH-07",
            name="BENCH 07",
            print_label=lambda document, copy: self.printed.append((document, copy)),
            gaps=self.gaps,
            shoot=self.camera or no_photo,
            no_camera="" if self.camera else NoPhoto.NO_CAMERA,
            space=self.space,
            approving=cache(self.make_approving),
        )
        return ledger, Bench(self.thread, ledger, setup, Hooks(lambda: None, self.traces.append))

    def make_approving(self) -> Approving | None:
        """Nobody approves at this bench."""

    @staticmethod
    def _fill(ledger: Ledger) -> None:
        items = [
            Change(n, "item", i.sku, i.to_json()) for n, i in enumerate((KETTLE, MUGS, SOLVENT, HAMPER), 1)
        ]
        rma = {**RMA.to_json(), "done": [], "state": "open"}
        mirror.apply_page(ledger, Page(1, 9, (*items, Change(9, "rma", RMA.code, rma))))

    def scan(self, *raws: str) -> Screen:
        """Scans in order and waits until the last is answered."""
        for raw in raws:
            self.bench.submit(raw, "scanner")
        return self.thread.ask(self.bench.screen)

    def say(self, *words: str) -> Screen:
        """Touches in order."""
        for word in words:
            self.bench.command(word)
        return self.thread.ask(self.bench.screen)

    def type(self, text: str) -> Screen:
        """Types a code and Enter."""
        self.bench.submit(text, "typed")
        return self.thread.ask(self.bench.screen)

    def restart(self) -> None:
        """Ends the program without a word and starts it on the same file."""
        self.close()
        self._open()

    def close(self) -> None:
        self.thread.ask(self.ledger.close)
        self.thread.stop()
        assert self.defects == []
