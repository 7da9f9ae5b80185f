"""All parts of a soak: what each gets of the time, and how many processes may work on it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.approvals import forged, honest, misused
from tests.approvals.cases import CASES
from tests.approvals.fuzz import Fuzzer
from tests.simulation.__main__ import returns_for
from tests.simulation.soak import Limits, Soak
from tests.simulation.world import world
from tests.soak.disks import io_faults, power_cuts
from tests.soak.histories import mutants, real, standin
from tests.soak.lane import Lane, Slice, say
from tests.soak.tally import Tally

_TABLES = (forged, honest, misused)  # importing them fills the table of cases
_AT_ONCE = 300
# Less time than this is no time to begin with; so many kills then.
_SHORT_S = 20.0
_FEW_KILLS = Limits(kills=2)
# What a soak of kills needs of its time for the last look at everything.
_LOOKING = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """How it is run, its weight in the time, and whether it is one process that others can work beside."""

    run: Callable[[Lane], Tally]
    weight: float
    beside: bool = True


def kills(lane: Lane) -> Tally:
    """A real station's process is killed at its work, over and over; its centre and its scanner are not."""
    tally, seed = Tally(), next(lane.slice.seeds())
    wanted = returns_for(Limits(seconds=lane.slice.seconds))
    with (
        tempfile.TemporaryDirectory(prefix="backhaul-soak-") as scratch,
        world(Path(scratch), seed, wanted, say) as made,
    ):
        limits = _FEW_KILLS if lane.left() < _SHORT_S else Limits(seconds=lane.left() * (1 - _LOOKING))
        report = Soak(made, seed, limits, say).run()
    tally.kills, tally.saved = report.kills.total(), report.saved
    found = report.findings
    for what, laws in (("lost", found.lost), ("doubled", found.doubled), ("other", found.violations)):
        tally.broken[what] += len(laws)
        tally.examples += [f"kills, seed {seed}: {law}" for law in laws]
    return tally


def approvals(lane: Lane) -> Tally:
    """Every case of the table once, then mutations until the time is over."""
    tally, fuzzer = Tally(), Fuzzer(next(lane.slice.seeds()))
    for case in CASES[lane.slice.index :: lane.slice.of]:
        judged = case.made().judged()
        right = (judged.verdict, frozenset(judged.reasons)) == (case.verdict, case.reasons)
        tally.cases += 1
        tally.cases_right += right
        if not right:
            tally.examples.append(f"approval case {case.name}: {judged.verdict}")
    found = fuzzer.report
    while lane.goes_on(f"{found.tried.total()} mutations, {len(found.still_valid)} still valid"):
        fuzzer.run(_AT_ONCE)
    tally.mutations, tally.still_valid = found.tried.total(), len(found.still_valid)
    tally.examples += found.still_valid
    return tally


PARTS: Mapping[str, Part] = {
    "I/O faults": Part(io_faults, 8),
    "kills": Part(kills, 20, beside=False),
    "mutants": Part(mutants, 15),
    "stand-in": Part(standin, 20),
    "real signing": Part(real, 15),
    "power cuts": Part(power_cuts, 14),
    "approvals": Part(approvals, 8),
}
"""Those that cannot stop at once come first: what they take too much is taken from those that can.

The tests of I/O faults are before all others, in processes where nothing was done yet.
"""


def work(given: Slice) -> Tally:
    """One lane of a part; one that breaks down is told, and stops no other."""
    try:
        return PARTS[given.part].run(Lane(given))
    except Exception as fault:  # noqa: BLE001 - whatever it is, the table says it and the end is red
        return Tally(failed=[f"{given.part} broke down: {fault!r}"])
