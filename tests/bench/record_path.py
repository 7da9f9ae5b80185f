"""The record path: one graded unit into the record, against the same rows by the bare driver.

All write one unit in turn, each into its own file: a busy disk meets them all, on small records and large.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.ledger.numbers import LABELS
from tests.bench.figures import Figure, Target, middle, percentiles
from tests.bench.grown import Say, copy_of, grown, open_ledger, skus_for
from tests.bench.raw import RawWriter, Recorder, Transaction, rows_of
from tests.bench.workload import SeededIds, Shift, SteppingClock, Work

STATION_PRAGMAS = ("cache_size=-65536",)
_WARM = 50
_MILLI = 1000
_SEEDS = (11, 12)


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `rounds` of `units` each, on an empty record and on one of `moves` moves."""

    rounds: int
    units: int
    moves: int

    @property
    def all_units(self) -> int:
        """With those that only warm up."""
        return self.rounds * self.units + _WARM


def measure(folder: Path, cache: Path, size: Size, say: Say) -> list[Figure]:
    """The figures of the record path, on an empty record, on a grown one, and what growing costs."""
    bases = {0: grown(folder / "base", 0, say), size.moves: grown(cache, size.moves, say)}
    pairs = [Pair(folder / str(moves), base, moves, size) for moves, base in bases.items()]
    for _ in range(_WARM):
        for pair in pairs:
            pair.step()
    for _ in range(size.rounds):
        for pair in pairs:
            pair.begin_round()
        for _ in range(size.units):
            for pair in pairs:
                pair.step()
    figures = [pair.close() for pair in pairs]
    empty, large = figures
    growth = {name: large.ours[name] / empty.ours[name] for name in ("p50", "p99")}
    raw = {name: large.limit[name] / empty.limit[name] for name in ("p50", "p99")}
    targets = (Target("p50", 1.8, absolute=True), Target("p99", 4, absolute=True))
    return [
        *figures,
        Figure("record.growth", "x", growth, raw, "what growing costs the bare driver", targets),
    ]


class Pair:
    """A ledger and a bare driver on copies of one record; each `step` is one unit into both."""

    def __init__(self, folder: Path, base: Path, moves: int, size: Size) -> None:
        self._folder = folder
        self._name = f"record.{moves or 'empty'}"
        played = raw_units(copy_of(base, folder / "heard"), moves, size.all_units)
        self._rows = rows_of(played[-1])
        ours = copy_of(base, folder / "ours")
        self._file = Folder(ours).record
        clock, ids = SteppingClock(), SeededIds(_SEEDS[1])
        self._ledger = open_ledger(ours, clock, ids)
        number = self._ledger.peek_number(LABELS)
        shift = Shift(clock, ids, Random(_SEEDS[1]), skus_for(moves), number)
        # Made beforehand: what the workflow and the labels cost belongs to the scan, not to the record.
        self._work: Iterator[Work] = iter(list(islice(shift.units(), size.all_units)))
        self._played = iter(played)
        copy = Folder(copy_of(base, folder / "raw")).record
        self._raw = RawWriter(copy, sqlite.choose().module, STATION_PRAGMAS)
        self._rounds: list[tuple[list[float], list[float]]] = []
        self._cpu: list[tuple[float, float]] = []
        self.begin_round()

    def begin_round(self) -> None:
        """What follows is looked at by itself; rounds before the first are for warming up."""
        self._rounds.append(([], []))

    def step(self) -> None:
        """One unit each."""
        work, transaction = next(self._work), next(self._played)
        began, used = time.perf_counter(), time.thread_time()
        self._ledger.record(work.event, work.also)
        between, used_between = time.perf_counter(), time.thread_time()
        self._raw.play(transaction)
        ended, used_at_end = time.perf_counter(), time.thread_time()
        mine, bare = self._rounds[-1]
        mine.append((between - began) * _MILLI)
        bare.append((ended - between) * _MILLI)
        self._cpu.append(((used_between - used) * _MILLI, (used_at_end - used_between) * _MILLI))

    def close(self) -> Figure:
        """What was found; the copies go."""
        self._raw.close()
        self._ledger.close()
        megabytes = round(self._file.stat().st_size / 1e6)
        shutil.rmtree(self._folder)
        rounds = self._rounds[1:]
        return Figure(
            self._name,
            "ms",
            middle(percentiles(mine) for mine, _ in rounds),
            middle(percentiles(bare) for _, bare in rounds),
            f"the same rows ({self._rows} at the end) by the bare driver in one durable commit",
            (Target("p50", 2.5), Target("p99", 4)),
            {
                "units": sum(len(mine) for mine, _ in rounds),
                "megabytes": megabytes,
                "cpu_ms": [round(median(used), 3) for used in zip(*self._cpu, strict=True)],
                "sqlite": sqlite.choose().version,
            },
        )


def raw_units(folder: Path, moves: int, units: int) -> list[Transaction]:
    """What the driver is told when so many units are recorded in this folder; the folder is used up."""
    recorder = Recorder(sqlite.choose().module)
    clock, ids = SteppingClock(), SeededIds(_SEEDS[0])
    with open_ledger(folder, clock, ids, recorder) as ledger:
        shift = Shift(clock, ids, Random(_SEEDS[0]), skus_for(moves), ledger.peek_number(LABELS))
        recorder.begin()
        for work in islice(shift.units(), units):
            ledger.record(work.event, work.also)
    shutil.rmtree(folder)
    if len(recorder.transactions) != units:
        raise ValueError(f"{units} units were {len(recorder.transactions)} transactions")
    return recorder.transactions
