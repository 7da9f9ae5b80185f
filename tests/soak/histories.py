"""The simulator's parts: histories with either sort of signatures, and bugs that they must find."""

from __future__ import annotations

import random
from itertools import count

from tests.simulator.mutants import MUTANTS
from tests.simulator.run import Outcome
from tests.simulator.signing import Signing
from tests.simulator.steps import LENGTH
from tests.simulator.team import Job, do
from tests.soak.lane import Lane, say
from tests.soak.tally import Tally

# Steps of a history, by the least seconds of a slice that has time for some of them.
_LENGTHS = ((90.0, LENGTH), (30.0, 160), (0.0, 60))
# Histories after which a bug counts as one that is not found.
_MOST = 300


def real(lane: Lane) -> Tally:
    """Histories with the signatures of the product."""
    return _histories(lane, Signing.REAL)


def standin(lane: Lane) -> Tally:
    """Histories with quick signatures; more of them."""
    return _histories(lane, Signing.STANDIN)


def mutants(lane: Lane) -> Tally:
    """Bug after bug, one history each, round after round, until the time is over or each is found.

    It is found when a law is broken that holds in the same history without it.
    """
    tally, names = Tally(), sorted(MUTANTS)
    random.Random(lane.slice.seed).shuffle(names)
    mine = names[lane.slice.index :: lane.slice.of]
    for tries, seed in zip(count(1), lane.slice.seeds(), strict=False):
        for name in tuple(mine):
            if not lane.goes_on(f"{tally.caught} caught, {len(mine)} to go") and tally.caught:
                tally.undecided = len(mine)
                return tally
            job = Job(seed, Signing.STANDIN, MUTANTS[name].copies, name, _length(lane))
            if do(job).holds:
                continue
            without = _one(tally, Job(seed, job.how, job.copies, lane.slice.mutant, job.length))
            if without.holds:
                mine.remove(name)
                tally.caught += 1
                tally.tried += 1
                say(f"{lane.slice.part}: {name} was caught, {tries} histories")
        if not mine or tries == _MOST:
            break
    tally.tried += len(mine)
    tally.lived = mine
    return tally


def _histories(lane: Lane, how: Signing) -> Tally:
    tally = Tally()
    for number, seed in enumerate(lane.slice.seeds()):
        if not lane.goes_on(f"{tally.histories.total()} seeds, {tally.broken.total()} laws broken"):
            break
        # Disks are copied in every other history, and in one lane from the first on.
        _one(tally, Job(seed, how, bool((number + lane.slice.index) % 2), lane.slice.mutant, _length(lane)))
    return tally


def _one(tally: Tally, job: Job) -> Outcome:
    outcome = do(job)
    tally.histories[str(job.how)] += 1
    tally.copied += job.copies
    tally.acts += outcome.acts
    copies = " --copies" if job.copies else ""
    again = f"--replay {job.seed} --steps {job.length} --signing {job.how}{copies}"
    tally.breaks(outcome.broken, f"python -m tests.simulator {again}")
    return outcome


def _length(lane: Lane) -> int:
    """Long histories where there is time for some of them."""
    return next(steps for least, steps in _LENGTHS if lane.slice.seconds >= least)
