"""The simulator: whole histories of stations and their centre a second and core, in both ways of signing."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.figures import Figure, Target
from tests.bench.grown import Say
from tests.simulator.ground import ground
from tests.simulator.run import Outcome
from tests.simulator.signing import Signing
from tests.simulator.steps import LENGTH
from tests.simulator.team import Job, do

# A model of the protocol alone, without a database or a bench, tells 40 to 66 a second.
_LIKE_THE_MODEL = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How many histories of each way, of so many steps."""

    seeds: int
    steps: int = LENGTH


class BrokenError(Exception):
    """A law did not hold in a history."""


def measure(size: Size, say: Say) -> list[Figure]:
    """Histories for each second that the processor worked on them."""
    return [_of(how, size, say) for how in Signing]


def _of(how: Signing, size: Size, say: Say) -> Figure:
    say(f"{size.seeds} histories with {how} signatures")
    # Laid once, and every history stands on it.
    ground(how)
    found = [_told(Job(seed, how, length=size.steps)) for seed in range(1, size.seeds + 1)]
    seconds = sum(outcome.seconds for outcome in found)
    notes = {
        "seeds": size.seeds,
        "steps": size.steps,
        "acts": sum(outcome.acts for outcome in found),
        "events": sum(outcome.events for outcome in found),
    }
    targets = (
        (Target("value", _LIKE_THE_MODEL, at_least=True, absolute=True),) if how is Signing.STANDIN else ()
    )
    return Figure(
        f"histories.{how}", "seeds/s", {"value": size.seeds / seconds}, targets=targets, notes=notes
    )


def _told(job: Job) -> Outcome:
    outcome = do(job)
    if not outcome.holds:
        raise BrokenError(f"seed {job.seed} with {job.how} signatures: {outcome.broken[0]}")
    return outcome
