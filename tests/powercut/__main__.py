"""`python -m tests.powercut`: cuts the power at every write, and says what it cost: nothing, or red.

The product waits for the disk at each commit (FULL), and must lose nothing. The same runs are also made with
less care (NORMAL, OFF), where losses must show: a harness that sees none there would see none anywhere.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from functools import partial
from pathlib import Path

from tests.powercut.hunt import Found, Terms, hunt
from tests.powercut.scenes import SCENES

_SHM = Path("/dev/shm")  # noqa: S108 - memory where there is some: nobody waits for a disk that is made up
# Of what is asked for, so many images more show that losses would be seen.
_SHOWN = 20
# Images that all scenes make once: of fewer, each scene gets its part.
_ROUND = 37_000


def main(arguments: Sequence[str]) -> int:
    """Runs until enough images were opened; 1 when anything was lost or broken, or a loss was not seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.powercut", description=__doc__)
    parser.add_argument("--images", type=int, default=100_000, help="stop after so many")
    parser.add_argument("--jobs", type=int, default=1, help="processes at work")
    parser.add_argument("--seed", type=int, default=1, help="another seed, other goods, other cuts")
    parser.add_argument("--scene", choices=list(SCENES), action="append", help="only these")
    chosen = parser.parse_args(arguments)
    names = chosen.scene or list(SCENES)
    started, fine = time.monotonic(), True
    share = min(1.0, chosen.images / (_ROUND * len(names) / len(SCENES)))
    for synchronous, images in (
        ("FULL", chosen.images),
        ("NORMAL", chosen.images // _SHOWN),
        ("OFF", chosen.images // _SHOWN),
    ):
        begun = time.monotonic()
        tallies = _hunted(
            names,
            chosen.seed,
            Terms(synchronous, share if synchronous == "FULL" else share / _SHOWN),
            images,
            chosen.jobs,
        )
        sys.stdout.write(table(synchronous, tallies, time.monotonic() - begun))
        sys.stdout.flush()
        # A record that is only made, or copied, has few commits to lose: all together must.
        bad = any(found.lost or found.broken for found in tallies)
        fine = fine and bad == (synchronous != "FULL")
    verdict = "Nothing was lost at FULL, and losses were seen without it." if fine else "RED"
    sys.stdout.write(f"{verdict} {time.monotonic() - started:.0f} s.\n")
    return 0 if fine else 1


def _hunted(names: Sequence[str], seed: int, terms: Terms, images: int, jobs: int) -> list[Found]:
    tallies = {name: Found(name, seed) for name in names}
    todo = _runs(names, seed)
    with ProcessPoolExecutor(jobs) as pool:
        running = {pool.submit(partial(_one, terms), *next(todo)) for _ in range(jobs)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                found = each.result()
                tallies[found.scene].add(found)
                opened = sum(tally.images for tally in tallies.values())
                if opened < images:
                    running.add(pool.submit(partial(_one, terms), *next(todo)))
    return list(tallies.values())


def _runs(names: Sequence[str], seed: int) -> Iterator[tuple[str, int]]:
    while True:
        yield from ((name, seed) for name in names)
        seed += 1


def _one(terms: Terms, name: str, seed: int) -> Found:
    where = _SHM if _SHM.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="backhaul-powercut-", dir=where) as scratch:
        return hunt(name, seed, terms, Path(scratch))


def table(synchronous: str, tallies: Sequence[Found], seconds: float) -> str:
    """The figures of one mode, a line for each scene, and the first examples of what went wrong."""
    total = Found("all", 0)
    for tally in tallies:
        total.add(tally)
    wide = max(len(tally.scene) for tally in tallies)
    lines = [f"synchronous={synchronous}: {total.images} images in {seconds:.0f} s"]
    lines.append(f"  {'':<{wide}}  operations  commits   images  lost  broken")
    lines += [
        f"  {tally.scene:<{wide}}  {tally.entries:>10}  {tally.commits:>7}  {tally.images:>7}"
        f"  {tally.lost:>4}  {tally.broken:>6}"
        for tally in (*tallies, total)
    ]
    lines += [f"  {example}" for example in total.examples]
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
