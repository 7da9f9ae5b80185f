"""Available to promise: of one item right after a move, and of everything from nothing but the moves."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Connection

from app.bootstrap import sqlite
from app.station.system import SystemClock
from sync.central.store.stock import look
from tests.bench.figures import Figure, Numbers, Target, middle, percentiles
from tests.bench.grown import Say
from tests.bench.ledger_rows import fill, items_for
from tests.bench.shopping import Desk, open_desk
from tests.bench.starting import ROOT
from tests.bench.stores import CENTRE_PRAGMAS, PostgresStore, SqliteStore, Store, stores
from tests.bench.workload import OWNER, sku

LEDGER = "ledger"
_MILLI = 1000
_WARM = 20
_SEED = 41
_WHOLE = 5_000_000
_PATIENCE_S = 3600
_MOST = {"sqlite": 10.0, "postgres": 2.0}
_MOST_SCRATCH, _MOST_MB = 1.3, 400.0
_SQLITE = "select qty from balance where owner = ? and item = ? and status = 'sellable'"
_POSTGRES = "select qty from balance where owner = %s and item = %s and status = 'sellable'"

Read = Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `rounds` of `asked` items in ledgers of `moves`; the fold of `folded` moves.

    `repaired` moves are in the ledger whose balances are made anew by the repair.
    """

    rounds: int
    asked: int
    moves: int
    folded: int
    repaired: int
    small: bool = False


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """One item on each database, then everything on SQLite."""
    found = list[Figure]()
    with stores(folder, say, small=size.small) as places:
        for store in places:
            say(f"growing a ledger to {size.moves:,} moves on {store.name}")
            with open_desk(store, LEDGER) as desk:
                fill(desk, size.moves)
                found.append(_of_one(desk, store, size))
    found += _of_all(folder, size, say)
    return found


def _of_one(desk: Desk, store: Store, size: Size) -> Figure:
    """After each move of an item, what can be promised of it beside the bare read of its balances."""
    read, close = _reader(store)
    random, clock = Random(_SEED), SystemClock()
    items = items_for(size.moves)
    rounds = list[tuple[list[float], list[float]]]()
    for part, count in enumerate((_WARM, *[size.asked] * size.rounds)):
        rounds.append(([], []))
        for number in range(count):
            name = sku(random.randrange(items))
            desk.receive(f"GR-{part}-{number}", [(name, 1)])
            began = time.perf_counter()
            with desk.database.read() as conn:
                promised = _promised(conn, name, clock)
            between = time.perf_counter()
            there = read(name)
            ended = time.perf_counter()
            rounds[-1][0].append((between - began) * _MILLI)
            rounds[-1][1].append((ended - between) * _MILLI)
            if promised != there:
                raise RuntimeError(f"{promised} of {name} can be promised and {there} are there")
    close()
    return Figure(
        f"atp.{store.name}.one",
        "ms",
        middle(percentiles(ours) for ours, _ in rounds[1:]),
        middle(percentiles(bare) for _, bare in rounds[1:]),
        "the bare driver's read of the item's balances, after the same move",
        (Target("p50", _MOST[store.name]),),
        {"moves": size.moves, "items": items, "asked": size.asked * size.rounds},
    )


def _promised(conn: Connection, name: str, clock: SystemClock) -> int:
    return look(conn, OWNER, [name], clock.now()).offer.promise(name)


def _reader(store: Store) -> tuple[Read, Callable[[], None]]:
    """The bare driver's sum of an item's sellable balances, and how to let its connection go."""
    connection: Any
    if isinstance(store, PostgresStore):
        connection, asked = psycopg.connect(store.where(LEDGER), autocommit=True), _POSTGRES
    else:
        file = store.folder(LEDGER) / "centre.db"
        connection, asked = sqlite.choose().module.connect(str(file), isolation_level=None), _SQLITE
        for pragma in CENTRE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    cursor = connection.cursor()

    def read(name: str) -> int:
        return sum(row[0] for row in cursor.execute(asked, (OWNER, name)).fetchall())

    return read, connection.close


def _of_all(folder: Path, size: Size, say: Say) -> list[Figure]:
    """The fold of all moves by the centre and by SQL alone, and what its repair takes for lost balances."""
    told = dict[int, Path]()
    for moves in dict.fromkeys((size.folded, size.repaired)):
        say(f"growing a ledger to {moves:,} moves for folding")
        told[moves] = folder / f"folded-{moves}"
        with open_desk(SqliteStore(told[moves]), LEDGER) as desk:
            fill(desk, moves)
    rounds = [{way: _child(way, told[size.folded]) for way in ("sql", "fold")} for _ in range(size.rounds)]
    sql, ours = (middle(one[way] for one in rounds) for way in ("sql", "fold"))
    if sql["accounts"] != ours["accounts"]:
        raise RuntimeError(f"{ours['accounts']:g} accounts were folded, by SQL {sql['accounts']:g}")
    by_sql, repaired = _child("anew", told[size.repaired]), _child("repair", told[size.repaired])
    return _figures_of_all(size, (ours, sql), (repaired, by_sql))


def _figures_of_all(
    size: Size, fold: tuple[Numbers, Numbers], repair: tuple[Numbers, Numbers]
) -> list[Figure]:
    (ours, sql), (repaired, by_sql) = fold, repair
    whole = size.folded == _WHOLE
    notes = {"moves": size.folded, "accounts": ours["accounts"]}
    return [
        Figure(
            "atp.all.fold",
            "s",
            {"value": ours["seconds"]},
            {"value": sql["seconds"]},
            "GROUP BY over the same moves by the bare driver, its rows read and dropped",
            (Target("value", _MOST_SCRATCH),) if whole else (),
            notes,
        ),
        Figure(
            "atp.all.memory",
            "MB",
            {"value": ours["peak_mb"]},
            {"value": sql["peak_mb"]},
            "the most that the process of the bare driver holds",
            (Target("value", _MOST_MB, absolute=True),) if whole else (),
            notes,
        ),
        Figure(
            "atp.all.repair",
            "s",
            {"value": repaired["seconds"]},
            {"value": by_sql["seconds"]},
            "one statement that writes the same balances from the moves",
            notes={
                "moves": size.repaired,
                "balances": repaired["accounts"],
                "balances_a_second": round(repaired["accounts"] / repaired["seconds"]),
                "peak_mb": round(repaired["peak_mb"]),
            },
        ),
    ]


def _child(way: str, folder: Path) -> Numbers:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.folding_child", way, str(folder)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"folding ended with {done.returncode}: {done.stderr[-500:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found
