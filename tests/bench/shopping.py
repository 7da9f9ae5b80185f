"""A shop at its centre: many items, stock of each, and orders straight through the command or as bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any, TypeVar

from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central.commands.capture import capture
from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.commands.requests import Order, Receipt
from sync.central.commands.stock import receive
from sync.central.rules.outcomes import Declined
from sync.central.store.act import Act
from sync.central.store.chain import CentreChain
from sync.central.store.database import Database, create_database
from tests.bench.stores import Store
from tests.bench.workload import OWNER, SITE, item, sku

AT = "2026-03-02T08:00:00Z"
SHELF = "A-01"
STOCK = 1_000_000
_PART = 500

T = TypeVar("T")
Json = dict[str, Any]


class NotCapturedError(Exception):
    """An order was declined that there is stock for."""


class Desk:
    """Commands run straight on a database, each in one transaction, as a route runs them."""

    def __init__(self, database: Database, chain: CentreChain) -> None:
        self.database = database
        self._chain = chain
        self._clock = SystemClock()

    def act(self, do: Callable[[Act], T]) -> T:
        """One command."""
        now = self._clock.now()
        with self.database.write() as conn:
            return do(Act(conn, self._chain, "sam", "request:1", now, now))

    def order(self, asked: Order) -> None:
        """Captures an order, which must not be declined."""
        answer = self.act(lambda act: capture(act, asked))
        if isinstance(answer, Declined):
            raise NotCapturedError(f"the order {asked.order} was declined: {answer}")

    def receive(self, document: str, units: Sequence[tuple[str, int]]) -> None:
        """Takes goods in."""
        self.act(lambda act: receive(act, receipt(document, units)))


@contextmanager
def open_desk(store: Store, which: str) -> Iterator[Desk]:
    """The centre of a database, whose key is kept beside it for whoever serves it later."""
    clock, ids = SystemClock(), SystemIds()
    database = create_database(store.url(which))
    try:
        signer = load_or_make(store.folder(which) / "centre.key", ids)
        chain = CentreChain(signer, ids, clock, "0.1.0")
        with database.write() as conn:
            chain.establish(conn)
        yield Desk(database, chain)
    finally:
        database.close()


def furnish(desk: Desk, items: int) -> None:
    """So many items, a place, and a million units of each."""
    place = {"code": SHELF, "kind": "bin", "name": SHELF, "site": SITE}
    desk.act(lambda act: put_locations(act, [place]))
    names = [sku(number) for number in range(items)]
    for start in range(0, items, _PART):
        some = names[start : start + _PART]
        documents = [item(name).to_json() for name in some]
        desk.act(lambda act, documents=documents: put_items(act, documents))  # type: ignore[misc]
        desk.receive(f"GR-{start}", [(name, STOCK) for name in some])


def receipt(document: str, units: Sequence[tuple[str, int]]) -> Receipt:
    """Goods from a supplier."""
    lines = [{"line": n, "sku": name, "qty": qty} for n, (name, qty) in enumerate(units, 1)]
    return Receipt.model_validate(
        {"document": document, "owner": OWNER, "location": SHELF, "at": AT, "lines": lines}
    )


def order_body(code: str, names: Sequence[str]) -> Json:
    """An order of one unit of each of these items."""
    lines = [{"line": line, "sku": name, "qty": 1} for line, name in enumerate(names, 1)]
    return {"order": code, "owner": OWNER, "channel": "web", "at": AT, "lines": lines}


def order_bodies(prefix: str, count: int, items: int, lines: int, seed: int) -> list[Json]:
    """Orders of a few different items each."""
    random = Random(seed)
    return [
        order_body(f"{prefix}{number:06d}", [sku(which) for which in random.sample(range(items), lines)])
        for number in range(count)
    ]


def orders_of(bodies: Sequence[Json]) -> list[Order]:
    """The same as the command wants them."""
    return [Order.model_validate(body) for body in bodies]
