"""From the start of the process to a usable window, and the memory it holds when idle.

One window after the other: a bare one of the toolkit, one with SQLAlchemy and the same record open, ours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.domain.fields import Fields
from tests.bench.figures import Figure, Numbers, Target, middle
from tests.bench.grown import Say, copy_of, grown

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE_S = 120


@dataclass(frozen=True, slots=True)
class Size:
    """How often each window is opened, after `warm` times that do not count, on a record of so many moves."""

    times: int
    moves: int
    warm: int = 1


def measure(folder: Path, cache: Path, size: Size, say: Say) -> list[Figure]:
    """Start and memory."""
    data = copy_of(grown(cache, size.moves, say), folder / "station")
    record = str(Folder(data).record)
    print_all(record)
    kinds = {"bare": ["bare"], "record": ["record", record], "ours": ["station", "--data", str(data)]}
    found: dict[str, list[Numbers]] = {kind: [] for kind in kinds}
    for turn in range(size.times + size.warm):
        for kind, words in kinds.items():
            numbers = opened(words, folder / "bytecode")
            if turn >= size.warm:
                found[kind].append(numbers)
    median = {kind: middle(numbers) for kind, numbers in found.items()}
    ours, limit = median["ours"], median["record"]
    what = "a small window with SQLAlchemy and a page of the same record"
    notes = {"times": size.times, "moves": size.moves}
    return [
        Figure(
            "start.usable",
            "s",
            {"value": ours["start_s"]},
            {"value": limit["start_s"]},
            what,
            (Target("value", 2.3),),
            notes
            | {
                "bare_window_s": round(median["bare"]["start_s"], 3),
                "cpu_s": {kind: round(numbers["cpu_s"], 3) for kind, numbers in median.items()},
            },
        ),
        Figure(
            "memory.idle",
            "MB",
            {"value": ours["rss_mb"]},
            {"value": limit["rss_mb"]},
            what,
            (Target("value", 1.5),),
            notes | {"bare_window_mb": median["bare"]["rss_mb"]},
        ),
    ]


def print_all(record: str) -> None:
    """What a grown record holds is on paper: a bench with labels to draw or to ask about is not idle."""
    with closing(sqlite.choose().module.connect(record)) as connection, connection:
        connection.execute("update label set state = 'printed' where state = 'queued'")


def opened(words: Sequence[str], bytecode: Path) -> Numbers:
    """Opens one window in a process of its own: seconds until it was usable, megabytes when idle.

    Compiled modules are kept in the folder `bytecode`: an installed program is compiled once, and where a
    system asks for no compiled files, a checkout's modules would be compiled with every start.
    """
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window_child", *words],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        env=surroundings | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(bytecode)},
    )
    lines = done.stdout.splitlines()
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-500:]}")
    f = Fields(json.loads(lines[-1]), "a window's report")
    numbers = {name: _number(f, name) for name in ("ready", "cpu_s", "rss_mb")}
    return numbers | {"start_s": numbers["ready"] - began}


def _number(f: Fields, name: str) -> float:
    value = f.raw()[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}")
    return float(value)
