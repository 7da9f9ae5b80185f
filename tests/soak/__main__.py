"""`python -m tests.soak --seconds N`: everything that hurts, for so long, and one table; 1 when any was lost.

Each part gets its share of the time, one after the other: a station's process is killed, bugs are put in,
histories are simulated, calls to the disk fail, the power goes, approvals are forged.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.simulator.mutants import MUTANTS
from tests.soak.lane import Slice, say
from tests.soak.parts import PARTS
from tests.soak.sharing import Shares
from tests.soak.table import as_json, table
from tests.soak.tally import Tally, red
from tests.soak.workers import Workers


def main(words: Sequence[str] | None = None) -> int:
    """One soak."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long, about")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other histories, other moments")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work, where a part is one process")
    parser.add_argument("--only", choices=list(PARTS), action="append", help="only these parts")
    parser.add_argument(
        "--mutant",
        default="",
        choices=["", *MUTANTS],
        metavar="NAME",
        help="histories get this bug: ends red",
    )
    parser.add_argument("--json", action="store_true", help="one object on stdout in place of the table")
    asked = parser.parse_args(words)
    began = time.monotonic()
    parts = [name for name in PARTS if name in (asked.only or PARTS)]
    tally = soak(parts, asked.seconds, Slice("", 0, asked.jobs, 0, asked.seed, asked.mutant))
    why, lasted = red(tally, parts), time.monotonic() - began
    sys.stdout.write((as_json if asked.json else table)(tally, lasted, why))
    return 1 if why else 0


def soak(parts: Sequence[str], seconds: float, given: Slice) -> Tally:
    """These parts in their order, each for its share of the time, in as many lanes as are given."""
    whole = Tally()
    shares = Shares({name: PARTS[name].weight for name in parts}, seconds, time.monotonic)
    with Workers(given.of) as workers:
        for name in parts:
            lanes = given.of if PARTS[name].beside else 1
            share, began = shares.take(name), time.monotonic()
            say(f"{name}: {share:.0f} s")
            slices = [Slice(name, lane, lanes, share, given.seed, given.mutant) for lane in range(lanes)]
            found = workers.do(slices)
            whole.add(found)
            bad = "".join(f"; {why}" for why in red(found, ()))
            say(f"{name}: done in {time.monotonic() - began:.0f} s{bad}")
    return whole


if __name__ == "__main__":
    sys.exit(main())
