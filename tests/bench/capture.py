"""Capturing orders with reservation: straight by the command, over HTTP, by many clients, on one hot item.

Each order goes into three databases in turn: by the command, as the same rows by the bare driver in one
durable commit, and over HTTP into a centre in a process of its own. A busy disk meets all three.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from app.bootstrap.centre import EmbeddedCentre
from sync.central.commands.requests import Order
from tests.bench.clients import OrderClient, together
from tests.bench.figures import Figure, Numbers, Target, middle, percentiles
from tests.bench.grown import Say
from tests.bench.raw import Player, Transaction, listening, rows_of
from tests.bench.shopping import Desk, Json, furnish, open_desk, order_bodies, order_body, orders_of
from tests.bench.stores import Store, stores
from tests.bench.workload import sku

_LINES = 3
_WARM = 30
_MILLI = 1000
_SEED = 31
# A 3-line order beside the raw commit of its rows, as judged when the limits were measured.
_MOST = {"sqlite": 5.0, "postgres": 6.0}

Step = Callable[[int], None]
_WAYS = ("command", "raw", "http")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `rounds` of `orders` by one client, `rush` orders by `clients` together."""

    rounds: int
    orders: int
    items: int
    rush: int
    clients: int = 8
    small: bool = False

    @property
    def all_orders(self) -> int:
        """Those of one client, with the ones that only warm up."""
        return self.rounds * self.orders + _WARM


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """The figures of each database."""
    found = list[Figure]()
    with stores(folder, say, small=size.small) as places:
        for store in places:
            say(f"stocking {size.items:,} items on {store.name}")
            with open_desk(store, "base") as desk:
                furnish(desk, size.items)
            for copy in ("heard", "raw", "ours", "web"):
                store.copy("base", copy)
            say(f"capturing {size.all_orders:,} orders three ways, then {size.rush:,} by {size.clients}")
            found += _at(store, size)
    return found


@dataclass(slots=True)
class Found:
    """Milliseconds of each order by each way, round by round, and seconds of many clients together."""

    rounds: list[dict[str, list[float]]] = field(default_factory=list)
    rushed: dict[str, tuple[float, list[float]]] = field(default_factory=dict)
    cpu: dict[str, list[float]] = field(default_factory=lambda: {way: [] for way in _WAYS})

    def middle(self, way: str) -> dict[str, float]:
        """p50, p95 and p99 of a way."""
        return middle(percentiles(one[way]) for one in self.rounds)

    def rate(self, way: str) -> float:
        """Orders a second by one client that does nothing else."""
        return middle({"value": len(one[way]) * _MILLI / sum(one[way])} for one in self.rounds)["value"]

    def rushing(self, way: str) -> float:
        """Orders a second by all clients."""
        seconds, lasted = self.rushed[way]
        return len(lasted) / seconds


def _at(store: Store, size: Size) -> list[Figure]:
    bodies = order_bodies("A-", size.all_orders, size.items, _LINES, _SEED)
    orders = orders_of(bodies)
    transactions = _hear(store, orders)
    found = Found()
    with ExitStack() as opened:
        desk = opened.enter_context(open_desk(store, "ours"))
        raw = store.player("raw")
        opened.callback(raw.close)
        centre = opened.enter_context(EmbeddedCentre(store.folder("web"), database=store.url("web")))
        client = opened.enter_context(OrderClient(centre.url, centre.token))
        _in_turn(found, _steps(desk, orders, (raw, transactions), (client, bodies)), size)
        callers = [
            opened.enter_context(OrderClient(centre.url, centre.token)).order for _ in range(size.clients)
        ]
        for way, work in _rushes(size).items():
            found.rushed[way] = (
                together([desk.order] * size.clients, orders_of(work))
                if way == "command"
                else together(callers, work)
            )
    return _figures(store.name, found, rows_of(transactions[-1]), size)


def _hear(store: Store, orders: Sequence[Order]) -> list[Transaction]:
    """What the driver is told for these orders."""
    with open_desk(store, "heard") as desk, listening() as ear:
        ear.begin()
        for order in orders:
            desk.order(order)
        if len(ear.transactions) != len(orders):
            raise ValueError(f"{len(orders)} orders were {len(ear.transactions)} transactions")
        return ear.transactions


def _steps(
    desk: Desk,
    orders: Sequence[Order],
    raw: tuple[Player, Sequence[Transaction]],
    web: tuple[OrderClient, Sequence[Json]],
) -> dict[str, Step]:
    player, transactions = raw
    client, bodies = web
    return {
        "command": lambda number: desk.order(orders[number]),
        "raw": lambda number: player.play(transactions[number]),
        "http": lambda number: client.order(bodies[number]),
    }


def _in_turn(found: Found, steps: dict[str, Step], size: Size) -> None:
    number = 0
    for count in (_WARM, *[size.orders] * size.rounds):
        found.rounds.append({way: [] for way in _WAYS})
        for _ in range(count):
            for way in _WAYS:
                began, used = time.perf_counter(), time.thread_time()
                steps[way](number)
                found.rounds[-1][way].append((time.perf_counter() - began) * _MILLI)
                found.cpu[way].append((time.thread_time() - used) * _MILLI)
            number += 1
    del found.rounds[0]


def _rushes(size: Size) -> dict[str, list[Json]]:
    """What all clients ask for together: orders as before, twice, and orders of one line, spread and hot."""
    hot = sku(0)
    return {
        "command": order_bodies("B-", size.rush, size.items, _LINES, _SEED + 1),
        "http": order_bodies("C-", size.rush, size.items, _LINES, _SEED + 2),
        "spread": order_bodies("D-", size.rush, size.items, 1, _SEED + 3),
        "hot": [order_body(f"E-{number:06d}", [hot]) for number in range(size.rush)],
    }


def _figures(name: str, found: Found, rows: int, size: Size) -> list[Figure]:
    command, http, raw = found.middle("command"), found.middle("http"), found.middle("raw")
    notes = {"orders": size.rounds * size.orders, "lines": _LINES, "items": size.items}
    # Of this process alone: what the disk and the server of the database take is not in it.
    cpu = {way: round(median(found.cpu[way]), 3) for way in ("command", "raw")}
    many: Numbers = percentiles(found.rushed["http"][1])
    raw_rate = found.rate("raw")
    rates = {
        "command": found.rate("command"),
        f"command.{size.clients}": found.rushing("command"),
        "http": found.rate("http"),
        f"http.{size.clients}": found.rushing("http"),
    }
    return [
        Figure(
            f"capture.{name}.command",
            "ms",
            command,
            raw,
            f"the same {rows} rows by the bare driver in one durable commit",
            (Target("p50", _MOST[name]),),
            {**notes, "cpu_ms": cpu},
        ),
        Figure(f"capture.{name}.http", "ms", http, command, "the command without HTTP", notes=notes),
        Figure(
            f"capture.{name}.http.{size.clients}",
            "ms",
            many,
            http,
            f"one client alone, where here are {size.clients} at once",
            notes={"orders": size.rush},
        ),
        Figure(
            f"capture.{name}.rate",
            "orders/s",
            rates,
            dict.fromkeys(rates, raw_rate),
            "orders a second whose rows the bare driver commits, one after the other",
            notes=notes,
        ),
        Figure(
            f"capture.{name}.hot",
            "orders/s",
            {"value": found.rushing("hot")},
            {"value": found.rushing("spread")},
            f"the same orders of one line over {size.items:,} items, where here all want one",
            notes={"orders": size.rush, "clients": size.clients},
        ),
    ]
