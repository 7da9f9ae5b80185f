"""Seeds on several cores: each worker process has its own ground and takes the next seed when it is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from tests.simulator.ground import ground
from tests.simulator.mutants import mutated
from tests.simulator.run import Outcome, run
from tests.simulator.signing import Signing

_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Job:
    """One seed to run: how it is signed, whether disks are copied, and which bug is put in, if any."""

    seed: int
    how: Signing
    copies: bool = False
    mutant: str = ""


def do(job: Job) -> Outcome:
    """Runs one job in this process, upon ground that was laid without any bug."""
    ground(job.how)
    with mutated(job.mutant):
        return run(job.seed, job.how, copies=job.copies)


def work(jobs: Iterable[Job], workers: int) -> Iterator[Outcome]:
    """The outcomes of jobs as they come; stopping to ask stops the work."""
    if workers <= 1:
        yield from map(do, jobs)
        return
    queue = iter(jobs)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    try:
        under_way: set[Future[Outcome]] = {pool.submit(do, job) for job in islice(queue, workers * _AHEAD)}
        while under_way:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            under_way |= {pool.submit(do, job) for job in islice(queue, len(done))}
            yield from (future.result() for future in done)
    finally:
        pool.shutdown(cancel_futures=True)
