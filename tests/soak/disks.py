"""The parts that hurt the disk: the power goes at any write, and each call to it fails."""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest

from tests.iofaults.every_call import every_call
from tests.iofaults.failing import FailingDisk, Kind
from tests.iofaults.scenarios import SCENARIOS
from tests.powercut.hunt import Terms, hunt
from tests.powercut.scenes import SCENES
from tests.simulator.ground import memory
from tests.soak.lane import Lane
from tests.soak.tally import CARELESS, FULL, Tally

_ROOT = Path(__file__).resolve().parents[2]
_REWRITTEN = "ignore::pytest.PytestAssertRewriteWarning"
# The scene with most commits: what waits for no disk is seen to be lost in it.
_BUSY = "events, pages, receipts, photos"
_SHOWN = 0.02
# Calls of a work that fail in one try, of a hundred places.
_PLACES = 8
# Seconds for which a lane would open all images of all scenes once.
_WHOLE_S = 600.0


def power_cuts(lane: Lane) -> Tally:
    """Scene after scene, with the power cut at every write; losses are shown first."""
    tally, names, seeds = Tally(), cycle(SCENES), lane.slice.seeds()
    share = max(_SHOWN, min(1.0, lane.slice.seconds / _WHOLE_S))
    with tempfile.TemporaryDirectory(prefix="backhaul-powercut-", dir=memory()) as scratch:
        for mode in CARELESS:
            _cut(tally, _BUSY, next(seeds), Terms(mode, _SHOWN), Path(scratch))
        for name in names:
            if not lane.goes_on(f"{tally.images[FULL]} images at FULL, {tally.cut_lost[FULL]} lost"):
                break
            seed = next(seeds)
            _cut(tally, name, seed, Terms(FULL, share), Path(scratch))
            if name == _BUSY:
                for mode in CARELESS:
                    _cut(tally, name, seed, Terms(mode, share * _SHOWN), Path(scratch))
    return tally


def _cut(tally: Tally, name: str, seed: int, terms: Terms, scratch: Path) -> None:
    found = hunt(name, seed, terms, scratch)
    mode = terms.synchronous
    tally.images[mode] += found.images
    tally.cut_lost[mode] += found.lost
    tally.cut_broken[mode] += found.broken
    if mode == FULL:
        tally.examples += found.examples


@dataclass
class Counting:
    """A plugin of pytest: this lane's part of the tests, until the time is over, and what they came to."""

    lane: Lane
    tally: Tally = field(default_factory=Tally)
    stop: bool = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leaves the other lanes theirs."""
        items[:] = items[self.lane.slice.index :: self.lane.slice.of]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """What failed in a test is known as long as its disk is there."""
        disk = getattr(item, "funcargs", {}).get("disk")
        if isinstance(disk, FailingDisk):
            self.tally.io_faults += disk.failed.total()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test counts once; it fails wherever it fails."""
        self.tally.io_tests += report.when == "call"
        if report.failed:
            self.tally.failed.append(f"{report.nodeid} failed")

    def pytest_runtest_logfinish(self) -> None:
        """No test is begun after the time."""
        self.stop = not self.lane.goes_on(f"{self.tally.io_faults} faults injected")

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """A test that is left out when the time is over."""
        del item
        return True if self.stop else None


def _works(lane: Lane, tally: Tally) -> None:
    """Calls of whole works fail, others with each seed, until the time is over."""
    works = cycle((scenario, kind) for scenario in SCENARIOS for kind in Kind)
    for (scenario, kind), seed in zip(works, lane.slice.seeds(), strict=False):
        if not lane.goes_on(f"{tally.io_faults} faults injected"):
            break
        rng = random.Random(seed)
        places = rng.sample(range(101), _PLACES)
        with tempfile.TemporaryDirectory(prefix="backhaul-iofaults-", dir=memory()) as scratch:
            found = every_call(scenario, kind, Path(scratch), lasting=bool(seed % 2), places=places)
        tally.io_faults += found.failed
        tally.failed += [f"{scenario.name}, {kind.value}: {wrong}" for wrong in found.wrong]


def io_faults(lane: Lane) -> Tally:
    """Each call to the disk fails, in every test of that; then in whole works until the time is over."""
    counting = Counting(lane)
    folder = str(_ROOT / "tests" / "iofaults")
    with contextlib.redirect_stdout(sys.stderr):
        ended = pytest.main(
            # What pytest would have rewritten was imported by this process before.
            [folder, f"--rootdir={_ROOT}", "-p", "no:cacheprovider", "-W", _REWRITTEN],
            [counting],
        )
    _works(lane, counting.tally)
    if ended not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        counting.tally.failed.append(f"the tests of I/O faults ended with {ended!r}")
    return counting.tally
