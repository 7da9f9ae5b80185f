"""Allocation of a whole backlog: by the rules in memory and in a database, beside the shortest loop."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.allocation_instance import stock_rows, waiting_lines
from tests.bench.backlog import BACKLOG, let_wait, stock_up
from tests.bench.figures import Figure, Numbers, Target, middle
from tests.bench.grown import Say
from tests.bench.shopping import open_desk
from tests.bench.starting import ROOT
from tests.bench.stores import SqliteStore

_WHOLE = 100_000
_PATIENCE_S = 3600
_MOST, _MOST_MEMORY, _MOST_STORED_S = 2.0, 2.0, 5.0
_PARTS_OF_LINES = 10


@dataclass(frozen=True, slots=True)
class Size:
    """How much is allocated: `skus` in ten sites each, `lines` and a tenth of them, how often in memory.

    `block` items are settled at a time, all in one transaction, as when an allocation policy is published.
    """

    skus: int = _WHOLE
    lines: int = _WHOLE
    rounds: int = 3
    block: int = 500


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """Seconds and memory of each way, and what ten times the lines cost."""
    few = size.lines // _PARTS_OF_LINES
    memory = {lines: _in_memory(size, lines, say) for lines in (few, size.lines)}
    say(f"stocking {size.skus:,} items in ten sites each, in a database")
    with open_desk(SqliteStore(folder / "stock"), BACKLOG) as desk:
        stock_up(desk, stock_rows(size.skus))
    stored = {lines: _stored(folder, size, lines, say) for lines in (few, size.lines)}
    for lines, told in stored.items():
        _same(told, memory[lines]["plain"])
    return _figures(memory, stored, size)


def _in_memory(size: Size, lines: int, say: Say) -> dict[str, Numbers]:
    say(f"allocating {lines:,} lines over {size.skus:,} items in memory, {size.rounds} times")
    rounds = [
        {way: _child("allocation_child", way, str(size.skus), str(lines)) for way in ("plain", "rules")}
        for _ in range(size.rounds)
    ]
    for one in rounds:
        _same(one["rules"], one["plain"])
    return {way: middle(one[way] for one in rounds) for way in ("plain", "rules")}


def _stored(folder: Path, size: Size, lines: int, say: Say) -> Numbers:
    say(f"settling {lines:,} lines in a database")
    root = folder / f"lines-{lines}"
    shutil.copytree(folder / "stock", root)
    with open_desk(SqliteStore(root), BACKLOG) as desk:
        let_wait(desk, waiting_lines(size.skus, lines))
    told = _child("settling_child", str(root), str(size.block))
    shutil.rmtree(root)
    return told


def _child(module: str, *arguments: str) -> Numbers:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *arguments],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the allocation ended with {done.returncode}: {done.stderr[-500:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _same(ours: Numbers, plain: Numbers) -> None:
    """An allocation that gives other lines other units is none to compare with."""
    for what in ("units", "lines"):
        if ours[what] != plain[what]:
            raise RuntimeError(f"the rules gave {ours[what]:g} {what}, the loop {plain[what]:g}")


def _figures(memory: dict[int, dict[str, Numbers]], stored: dict[int, Numbers], size: Size) -> list[Figure]:
    few, many = sorted(memory)
    plain, rules, kept = memory[many]["plain"], memory[many]["rules"], stored[many]
    whole = (size.skus, size.lines) == (_WHOLE, _WHOLE)
    notes = {"lines": many, "skus": size.skus, "units": plain["units"], "served": plain["lines"]}
    loop = "the shortest loop over the same rows, with its index"
    growth = {
        "rules": rules["seconds"] / memory[few]["rules"]["seconds"],
        "stored": kept["seconds"] / stored[few]["seconds"],
    }
    loops = plain["seconds"] / memory[few]["plain"]["seconds"]
    return [
        Figure(
            "allocation.rules",
            "s",
            {"value": rules["seconds"]},
            {"value": plain["seconds"]},
            loop,
            (Target("value", _MOST),) if whole else (),
            {**notes, "index_s": round(rules["index_s"], 3), "loop_index_s": round(plain["index_s"], 3)},
        ),
        Figure(
            "allocation.stored",
            "s",
            {"value": kept["seconds"]},
            {"value": plain["seconds"]},
            f"{loop}, in memory",
            (Target("value", _MOST_STORED_S, absolute=True),) if whole else (),
            {**notes, "lines_a_second": round(many / kept["seconds"]), "block": size.block},
        ),
        Figure(
            "allocation.memory",
            "MB",
            {"rules": rules["peak_mb"], "stored": kept["peak_mb"]},
            dict.fromkeys(("rules", "stored"), plain["peak_mb"]),
            "the most that the process of the shortest loop holds, its rows included",
            tuple(Target(way, _MOST_MEMORY) for way in ("rules", "stored")) if whole else (),
        ),
        Figure(
            "allocation.growth",
            "x",
            growth,
            dict.fromkeys(growth, loops),
            f"what the loop takes for {many:,} lines over what it takes for {few:,}",
        ),
    ]
