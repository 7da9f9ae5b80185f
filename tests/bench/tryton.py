"""The best-known open ERP on the same PostgreSQL in the same minutes: recording a move, reserving an order.

Tryton is installed by the package index's ordinary client into an environment of its own, which goes away
afterwards; nothing of it comes into Backhaul's. Where it cannot be had, that is said and nothing is measured.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from app.station.system import SystemClock
from tests.bench.figures import Figure, percentiles
from tests.bench.grown import Say
from tests.bench.shopping import furnish, open_desk, order_bodies, orders_of
from tests.bench.stores import PostgresStore, postgres_store
from tests.bench.workload import sku

_PACKAGES = ("trytond", "trytond-stock", "trytond-stock-lot", "trytond-sale", "proteus", "psycopg[binary]")
_MORE_PACKAGES = ("psycopg_pool",)
_MODULES = ("stock", "stock_lot", "sale")
_CHILD = Path(__file__).with_name("tryton_child.py")
_NAME = "peer"
_PATIENCE_S = 1800
_MILLI = 1000
_SEED = 51


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: single `moves`, and `orders` of three lines, over so many items."""

    items: int
    moves: int
    orders: int
    small: bool = False


class CannotError(Exception):
    """The peer cannot be had here; says why."""


def install(folder: Path) -> Path:
    """An environment with the peer in it; the folder of its programs.

    Raises:
        CannotError: it cannot be installed.
    """
    _run([sys.executable, "-m", "venv", str(folder)])
    programs = folder / "bin"
    _run([str(programs / "python"), "-m", "pip", "install", "--quiet", *_PACKAGES, *_MORE_PACKAGES])
    return programs


def measure(folder: Path, size: Size, say: Say, installed: Callable[[Path], Path] = install) -> list[Figure]:
    """Ours beside the peer's, or nothing and the reason."""
    with (
        tempfile.TemporaryDirectory(prefix=_NAME) as apart,
        postgres_store(folder, say, small=size.small) as store,
    ):
        if store is None:
            return []
        try:
            say("installing Tryton beside")
            programs = installed(Path(apart) / "environment")
            told = _peer(programs, Path(apart), store, size, say)
        except CannotError as why:
            say(f"Tryton is left out: {why}")
            return []
        say("the same by Backhaul")
        moved, reserved = _ours(store, size)
    notes = {"items": size.items, "assigned": told["assigned"]}
    return [
        Figure(
            "tryton.move",
            "ms",
            percentiles(moved),
            percentiles(told["moves"]),
            "Tryton recording a move on the same PostgreSQL, called in its process",
            notes={**notes, "moves": size.moves},
        ),
        Figure(
            "tryton.reservation",
            "ms",
            percentiles(reserved),
            percentiles(told["orders"]),
            "Tryton assigning a shipment of three lines that was made before; ours takes the order, too",
            notes={**notes, "orders": size.orders},
        ),
    ]


def _peer(programs: Path, apart: Path, store: PostgresStore, size: Size, say: Say) -> dict[str, list[float]]:
    say("setting its database up")
    configuration, secret = apart / "pg.conf", apart / "password"
    configuration.write_text("[database]\nuri = postgresql:///\n", encoding="ascii")
    secret.write_text("only for measuring\n", encoding="ascii")
    store.url(_NAME)
    # Where the server is comes by the environment, which every driver of PostgreSQL reads.
    where = dict(part.split("=", 1) for part in store.where(_NAME).split())
    environment = {**os.environ, "PGHOST": where["host"], "PGUSER": where["user"]}
    environment |= {"TRYTONPASSFILE": str(secret), "PYTHONPATH": ""}
    admin = [str(programs / "trytond-admin"), "-c", str(configuration), "-d", where["dbname"]]
    _run([*admin, "--email", "a@example.com", "-u", *_MODULES, "--activate-dependencies"], environment)
    say("measuring it")
    numbers = [str(number) for number in (size.items, size.moves, size.orders)]
    today = SystemClock().now().date().isoformat()
    python = [str(programs / "python"), str(_CHILD), str(configuration), where["dbname"], today]
    found: dict[str, list[float]] = json.loads(_run([*python, *numbers], environment).splitlines()[-1])
    return found


def _ours(store: PostgresStore, size: Size) -> tuple[list[float], list[float]]:
    """Milliseconds of each move and each order."""
    random, moved, reserved = Random(_SEED), list[float](), list[float]()
    with open_desk(store, "ours") as desk:
        furnish(desk, size.items)
        for number in range(size.moves):
            units = [(sku(random.randrange(size.items)), 1)]
            began = time.perf_counter()
            desk.receive(f"M-{number}", units)
            moved.append((time.perf_counter() - began) * _MILLI)
        for order in orders_of(order_bodies("P-", size.orders, size.items, 3, _SEED)):
            began = time.perf_counter()
            desk.order(order)
            reserved.append((time.perf_counter() - began) * _MILLI)
    return moved, reserved


def _run(command: Sequence[str], environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, env=environment, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired) as world:
        raise CannotError(f"{Path(command[0]).name} failed: {world}") from world
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise CannotError(f"{Path(command[0]).name} ended with {done.returncode}: {' '.join(said[-3:])}")
    return done.stdout
