"""A real station over a real file with bins, items and stock, for counts and receipts."""

from __future__ import annotations

from pathlib import Path

from app.domain.account import Account, Status
from app.domain.event import Event
from app.domain.feed import Change, Held, Page, StockPage
from app.domain.item import Item, Tracking
from app.domain.place import Location, LocationKind
from app.ledger import mirror
from app.queries import history
from app.scanning.commands import Word, payload
from app.workflows.view import Screen, TallyWork
from tests.app.station.bench_world import BenchWorld

GOODS = (
    "Glass jug 1.2 L",
    "Toaster 2-slice",
    "Desk fan 30 cm",
    "Cutlery set 24",
    "Bread knife",
    "Oven gloves",
)
SIX = tuple(Item(f"P-{n}", name) for n, name in enumerate(GOODS))
LAMP = Item("LAMP-1", "Desk lamp")
KETTLE = Item("K-9", "Kettle", tracking=Tracking.SERIAL)
SPREAD = Item("HS-25", "Hazelnut spread", tracking=Tracking.LOT)
BIN, OTHER_BIN, FAR_BIN, SITE = "A-04-2", "A-04-3", "B-01-1", "WH1"
PLACES = (
    Location(SITE, LocationKind.SITE, "Warehouse 1", SITE),
    Location(BIN, LocationKind.BIN, "Aisle A", SITE),
    Location(OTHER_BIN, LocationKind.BIN, "Aisle A", SITE),
    Location(FAR_BIN, LocationKind.BIN, "Far", "WH2"),
)


def sellable(sku: str, place: str = BIN, **more: str) -> Account:
    return Account("acme", sku, place, Status.SELLABLE, **more)


class FloorWorld(BenchWorld):
    """A station whose mirror holds three units of each of six items in one bin."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._stock = 0
        self.thread.ask(self._furnish)
        self.stock(*((sellable(item.sku), 3) for item in SIX))

    def _furnish(self) -> None:
        items = (*SIX, LAMP, KETTLE, SPREAD)
        changes = [Change(10 + n, "item", item.sku, item.to_json()) for n, item in enumerate(items)]
        changes += [Change(30 + n, "location", p.code, p.to_json()) for n, p in enumerate(PLACES)]
        mirror.apply_page(self.ledger, Page(1, 60, tuple(changes)))

    def stock(self, *held: tuple[Account, int]) -> None:
        """The centre tells what is where; own events are not counted in."""
        self._stock += 1
        page = StockPage(str(self._stock), 0, tuple(Held(account, qty) for account, qty in held))

        def apply() -> None:
            cursor = self.ledger.cursor
            mirror.apply_page(self.ledger, Page(cursor.gen, cursor.pos, stock=page))

        self.thread.ask(apply)

    def go(self, *scans: str | Word) -> Screen:
        """Scans, the mat's codes read off the mat like any other."""
        return self.scan(*(payload(code) if isinstance(code, Word) else code for code in scans))

    def tally(self) -> TallyWork:
        """What is being counted."""
        work = self.bench.screen().bench.work
        assert isinstance(work, TallyWork)
        return work

    def event(self) -> Event:
        """The newest event."""
        ids = [trace.event for trace in self.traces if trace.event]
        found = self.thread.ask(lambda: history.by_id(self.ledger.connection, ids[-1]))
        assert found is not None
        return found.event
