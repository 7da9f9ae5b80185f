"""Seeds on several cores: each worker process has its own ground and takes the next seed when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from tests.simulator.ground import ground
from tests.simulator.mutants import mutated
from tests.simulator.run import Outcome, run
from tests.simulator.signing import Signing
from tests.simulator.steps import LENGTH

_AHEAD = 2
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """One seed to run: how it is signed, whether disks are copied, which bug is put in, how many steps."""

    seed: int
    how: Signing
    copies: bool = False
    mutant: str = ""
    length: int = LENGTH


def do(job: Job) -> Outcome:
    """Runs one job in this process, upon ground that was laid without any bug."""
    ground(job.how)
    with mutated(job.mutant):
        return run(job.seed, job.how, copies=job.copies, length=job.length)


def hunt(job: Job, most: int) -> tuple[Job, int, str]:
    """How many seeds it takes from this one on until a law is broken, and which; an empty text for none."""
    for tried, seed in enumerate(range(job.seed, job.seed + most), 1):
        outcome = do(replace(job, seed=seed))
        if not outcome.holds:
            return job, tried, outcome.broken[0]
    return job, most, ""


def work(make: Callable[[Job], T], jobs: Iterable[Job], workers: int) -> Iterator[T]:
    """What is made of jobs, as it comes; stopping to ask stops the work."""
    if workers <= 1:
        yield from map(make, jobs)
        return
    queue = iter(jobs)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        under_way: set[Future[T]] = {pool.submit(make, job) for job in islice(queue, workers * _AHEAD)}
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {pool.submit(make, job) for job in islice(queue, len(done))}
            yield from (future.result() for future in done)
    finally:
        pool.shutdown(cancel_futures=True)
