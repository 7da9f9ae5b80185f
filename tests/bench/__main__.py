"""`python -m tests.bench`: each figure a JSON line on stdout, then all in a table; fails on none of them.

Every figure of ours stands beside the limit measured in the same minutes; ratios travel from one machine to
another, times do not. Run it alone: `cpu_share` says what part of a core it got.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from platformdirs import user_cache_path

from tests.bench import (
    allocation,
    atp,
    capture,
    catching,
    figures,
    histories,
    importing,
    pouchdb,
    push,
    record_path,
    replaying,
    snapshots,
    sourcing,
    starting,
    tryton,
)
from tests.bench.figures import Figure

PEERS = ("tryton", "pouchdb")
Part = Callable[[Path], list[Figure]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured; `boxes` are rounds and boxes, `starts` those that count and those before.

    `peer` and `store` are what the two peers are given.
    """

    record: record_path.Size
    boxes: tuple[int, int]
    push: push.Size
    starts: tuple[int, int]
    replay: replaying.Size
    sourcing: sourcing.Size
    capture: capture.Size
    allocation: allocation.Size
    atp: atp.Size
    importing: importing.Size
    snapshots: snapshots.Size
    catching: catching.Size
    histories: histories.Size
    peer: tryton.Size
    store: pouchdb.Size


FULL = Sizes(
    record_path.Size(rounds=5, units=400, moves=5_000_000),
    (5, 30),
    push.Size(rounds=5, batches=2),
    (7, 1),
    replaying.Size(months=2, invoices_per_month=300),
    sourcing.Size(),
    capture.Size(rounds=5, orders=400, items=20_000, rush=2_000),
    allocation.Size(),
    atp.Size(rounds=3, asked=300, moves=200_000, folded=5_000_000, repaired=100_000),
    importing.Size(rows=1_000_000),
    snapshots.Size(items=1_000_000),
    catching.Size(stations=8, days=14, events=1_500),
    histories.Size(seeds=12),
    tryton.Size(items=2_000, moves=300, orders=200),
    pouchdb.Size(push.Size(rounds=5, batches=4), items=100_000),
)
QUICK = Sizes(
    record_path.Size(rounds=3, units=150, moves=200_000),
    (3, 10),
    push.Size(rounds=2, batches=1),
    (3, 1),
    replaying.Size(months=1, invoices_per_month=60),
    sourcing.Size(rounds=1, long_s=8.0),
    capture.Size(rounds=3, orders=100, items=2_000, rush=400),
    allocation.Size(skus=10_000, lines=10_000, rounds=1),
    atp.Size(rounds=2, asked=100, moves=20_000, folded=200_000, repaired=10_000),
    importing.Size(rows=20_000),
    snapshots.Size(items=20_000),
    catching.Size(stations=4, days=2, events=600),
    histories.Size(seeds=3),
    tryton.Size(items=200, moves=60, orders=40),
    pouchdb.Size(push.Size(rounds=2, batches=1), items=10_000),
)
TINY = Sizes(
    record_path.Size(rounds=1, units=5, moves=700),
    (1, 1),
    push.Size(rounds=1, batches=1, batch=40),
    (1, 0),
    replaying.Size(months=1, invoices_per_month=5),
    sourcing.Size(orders=30, rounds=1, quick_s=0.3, long_s=0.6),
    capture.Size(rounds=1, orders=8, items=40, rush=16, small=True),
    allocation.Size(skus=200, lines=200, rounds=1),
    atp.Size(rounds=1, asked=5, moves=300, folded=300, repaired=300, small=True),
    importing.Size(rows=500),
    snapshots.Size(items=500),
    catching.Size(stations=1, days=1, events=60),
    histories.Size(seeds=1, steps=20),
    tryton.Size(items=20, moves=6, orders=4, small=True),
    pouchdb.Size(push.Size(rounds=1, batches=1, batch=40), items=500),
)


def parts(sizes: Sizes, cache: Path) -> Mapping[str, Part]:
    """What can be measured, by name; each takes a folder of its own."""
    moves = sizes.record.moves

    def scan(folder: Path) -> list[Figure]:
        from tests.bench import screen  # noqa: PLC0415 - Qt reads its platform when it is imported

        rounds, boxes = sizes.boxes
        return screen.measure(folder, cache, screen.Size(rounds, boxes, moves), say)

    def start(folder: Path) -> list[Figure]:
        times, warm = sizes.starts
        return starting.measure(folder, cache, starting.Size(times, moves, warm), say)

    return {
        "record": lambda folder: record_path.measure(folder, cache, sizes.record, say),
        "scan": scan,
        "push": lambda folder: push.measure(folder, sizes.push, say),
        "start": start,
        "replay": lambda folder: replaying.measure(folder, sizes.replay, say),
        "sourcing": lambda _folder: sourcing.measure(sizes.sourcing, say),
        "capture": lambda folder: capture.measure(folder, sizes.capture, say),
        "allocation": lambda folder: allocation.measure(folder, sizes.allocation, say),
        "atp": lambda folder: atp.measure(folder, sizes.atp, say),
        "ingest": lambda folder: push.measure_large(folder, sizes.push, say, small=sizes.capture.small),
        "import": lambda folder: importing.measure(folder, sizes.importing, say),
        "snapshot": lambda folder: snapshots.measure(folder, sizes.snapshots, say),
        "catching": lambda folder: catching.measure(folder, sizes.catching, say),
        "histories": lambda _folder: histories.measure(sizes.histories, say),
        "tryton": lambda folder: tryton.measure(folder, sizes.peer, say),
        "pouchdb": lambda folder: pouchdb.measure(folder, sizes.store, say),
    }


def measured(chosen: Mapping[str, Part], scratch: Path) -> Iterator[Figure]:
    """Figure after figure; what a part leaves behind goes before the next begins."""
    for name, part in chosen.items():
        folder = scratch / name
        folder.mkdir()
        say(f"measuring {name}")
        try:
            yield from part(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> int:
    """Measures and says; 0 whatever the figures are."""
    known = list(parts(QUICK, Path()))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="small sizes: a minute or two")
    size.add_argument("--tiny", action="store_true", help="just enough to see that it works")
    parser.add_argument("--only", choices=known, action="append", help="this part; may be given again")
    parser.add_argument(
        "--with-peer", action="store_true", help="install other systems beside, and measure them too"
    )
    parser.add_argument("--moves", type=int, help="moves of the grown record, when not 5,000,000")
    parser.add_argument("--days", type=int, help="days that stations were away for, when not 14")
    parser.add_argument("--cache", type=Path, help="where grown records are kept for the next time")
    chosen = parser.parse_args(arguments)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    sizes = QUICK if chosen.quick else TINY if chosen.tiny else FULL
    if chosen.moves:
        sizes = replace(sizes, record=replace(sizes.record, moves=chosen.moves))
    if chosen.days:
        sizes = replace(sizes, catching=replace(sizes.catching, days=chosen.days))
    cache = chosen.cache or user_cache_path("backhaul", appauthor=False) / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    found = []
    # Beside the records that are copied: copies and originals share a disk, and never memory.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=cache) as scratch:
        names = chosen.only or [name for name in known if name not in PEERS]
        names += [*PEERS] if chosen.with_peer else []
        wanted = {name: part for name, part in parts(sizes, cache).items() if name in names}
        for figure in measured(wanted, Path(scratch)):
            sys.stdout.write(f"{figure.to_line()}\n")
            sys.stdout.flush()
            found.append(figure)
    sys.stdout.write(f"\n{figures.table(found)}")
    return 0


def say(line: str) -> None:
    """What is going on, for people."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
