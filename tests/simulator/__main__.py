"""`python -m tests.simulator`: many histories, or mutants of the product, or one history told again."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial

from tests.simulator.coverage import table
from tests.simulator.ground import ground
from tests.simulator.mutants import MUTANTS, mutated
from tests.simulator.run import Outcome, happen
from tests.simulator.shrink import shrunk, story
from tests.simulator.signing import Signing
from tests.simulator.steps import LENGTH, plan
from tests.simulator.team import Job, do, hunt, work


def main(words: Sequence[str] | None = None) -> int:
    """Runs what was asked for; 1 when a law was broken, or a mutant lived."""
    asked = _asked(words)
    if asked.replay is not None:
        return _replay(asked)
    if asked.mutants:
        return _mutants(asked)
    return _seeds(asked)


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many histories; of a mutant, at most")
    parser.add_argument("--from", type=int, default=1, dest="first", metavar="K", help="the first seed")
    parser.add_argument("--signing", type=Signing, default=Signing.STANDIN, choices=list(Signing))
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--copies", action="store_true", help="disks are copied and put back")
    parser.add_argument("--mutant", default="", choices=["", *MUTANTS], metavar="NAME")
    parser.add_argument("--mutants", action="store_true", help="how soon each mutant is found")
    parser.add_argument("--replay", type=int, metavar="SEED", help="tell one history, shrunk if it is broken")
    parser.add_argument("--steps", type=int, default=LENGTH, help="how long a history is")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no seed after so long")
    parser.add_argument("--quiet", action="store_true")
    return parser.parse_args(words)


def _replay(asked: argparse.Namespace) -> int:
    planned = plan(asked.replay, length=asked.steps, copies=asked.copies)
    ground(asked.signing)
    with mutated(asked.mutant):
        outcome = happen(planned, asked.signing, digested=True)
        if not outcome.holds:
            _say(f"seed {planned.seed} is broken; making it shorter")
            planned, outcome = shrunk(planned, lambda fewer: happen(fewer, asked.signing))
    _say(story(planned, outcome))
    _say(f"digest {outcome.digest}" if outcome.digest else "")
    return 0 if outcome.holds else 1


def _seeds(asked: argparse.Namespace) -> int:
    began, seeds = time.monotonic(), range(asked.first, asked.first + asked.seeds)
    told = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Whoever stops a long run is still told what was run.
        signal.signal(number, lambda *_: told.set())
    jobs = (
        Job(seed, asked.signing, asked.copies, asked.mutant, asked.steps)
        for seed in seeds
        if time.monotonic() - began < asked.seconds and not told.is_set()
    )
    broken, reached, acts, events, cpu, done = list[Outcome](), Counter[str](), 0, 0, 0.0, 0
    for outcome in work(do, jobs, asked.jobs):
        done += 1
        acts, events, cpu = acts + outcome.acts, events + outcome.events, cpu + outcome.seconds
        reached.update({sign: 1 for sign, times in outcome.reached.items() if times})
        if not outcome.holds:
            broken.append(outcome)
            _say(f"seed {outcome.seed} is broken:\n  " + "\n  ".join(outcome.broken))
        elif not asked.quiet and done % 50 == 0:
            _say(f"{done} seeds, {len(broken)} broken")
    lasted = time.monotonic() - began
    _say(table(reached, done))
    _say(
        f"{done} seeds ({asked.signing} signing), {acts} acts, {events} events, {len(broken)} broken; "
        f"{lasted:.0f} s, {cpu:.0f} s of processor: {done / cpu if cpu else 0:.2f} seeds/s per core"
    )
    return 1 if broken else 0


def _mutants(asked: argparse.Namespace) -> int:
    """Each mutant against seed after seed until one is broken."""
    lived = list[str]()
    names = [name for name, mutant in MUTANTS.items() if asked.copies or not mutant.copies]
    for name in sorted(MUTANTS.keys() - set(names)):
        _say(f"{name:20s} not tried: only copied disks can show that {MUTANTS[name].what}")
    first = [Job(asked.first, asked.signing, asked.copies, name, asked.steps) for name in names]
    for job, tried, law in work(partial(hunt, most=asked.seeds), first, asked.jobs):
        what = MUTANTS[job.mutant].what
        if law:
            _say(f"{job.mutant:20s} {tried:3d} seeds  {what}  [{law.splitlines()[-1][:90]}]")
        else:
            lived.append(job.mutant)
            _say(f"{job.mutant:20s} NOT in {tried} seeds  {what}")
    _say(f"{len(lived)} of {len(names)} mutants lived: {', '.join(sorted(lived)) or 'none'}")
    return 1 if lived else 0


def _say(line: str) -> None:
    if line:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
