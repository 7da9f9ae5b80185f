"""A snapshot of so many items: made by the centre, proven and built by a station, beside bare rows of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.domain.gtin import gtin_check_digit
from sync.central.store.database import create_database
from sync.central.store.feed import Record, publish
from tests.bench.figures import Figure, Target
from tests.bench.grown import Say
from tests.bench.starting import ROOT

_COMMIT = 10_000
# A station with all items is aimed to stay within this.
_MOST_MB = 200
_PATIENCE_S = 3_600


@dataclass(frozen=True, slots=True)
class Size:
    """How many items the centre has."""

    items: int


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """Seconds and memory of both ends, beside bare rows with their indexes, and beside a copy of the file."""
    database = create_database(f"sqlite:///{folder / 'centre.db'}")
    items = _items(size.items)
    while batch := list(islice(items, _COMMIT)):
        with database.write() as conn:
            publish(conn, batch)
    database.close()
    say(f"a snapshot of {size.items:,} items")
    made, taken, bare, raw = (_child(side, folder) for side in ("make", "take", "bare", "raw"))
    if any(one["rows"] != size.items for one in (made, taken, bare)):
        raise RuntimeError(f"{made['rows']} rows were made and {taken['rows']} taken of {size.items}")
    copy, rows = {"value": raw["seconds"]}, {"value": bare["seconds"]}
    notes = {
        "items": size.items,
        "packed_mb": round((folder / "packed").stat().st_size / 1e6, 1),
        "raw_copy_s": round(raw["seconds"], 2),
        "process_mb": round(raw["peak_mb"]),
    }
    copied, held = "a raw copy of the finished mirror", "the process that writes the bare rows"
    written = "the same rows and two unique indexes by the bare driver, from the same file, nothing proven"
    usable = (Target("value", 3.0),)
    within = (Target("value", _MOST_MB, absolute=True),)
    memory = {"value": bare["peak_mb"]}
    return [
        Figure("snapshot.make", "s", {"value": made["seconds"]}, copy, copied, notes=notes),
        Figure("snapshot.take", "s", {"value": taken["seconds"]}, rows, written, usable, notes),
        Figure("snapshot.make.memory", "MB", {"value": made["peak_mb"]}, memory, held, notes=notes),
        Figure("snapshot.take.memory", "MB", {"value": taken["peak_mb"]}, memory, held, within, notes),
    ]


def _items(count: int) -> Iterator[Record]:
    for n in range(count):
        body = f"40{n:010d}"
        gtins = [body + gtin_check_digit(body)]
        document = {"sku": f"S-{n:07d}", "name": f"Thing {n}", "gtins": gtins, "category": "kitchen"}
        yield Record("item", f"S-{n:07d}", document)


def _child(side: str, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.snapshot_child", side, str(folder)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the {side} of a snapshot ended with {done.returncode}: {done.stderr[-500:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found
