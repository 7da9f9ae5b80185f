"""Each call of a scenario fails, one after the other, and what is there then is looked at."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.refusal import Unavailable
from tests.iofaults.failing import FailingDisk, Kind
from tests.iofaults.files import failing_disk
from tests.iofaults.scenario import Scenario


@dataclass
class Failed:
    """What a scenario came to: how many calls it makes, how many failed, and how often that was refused."""

    name: str
    calls: int = 0
    failed: int = 0
    refused: int = 0
    wrong: list[str] = field(default_factory=list)


def every_call(
    scenario: Scenario, kind: Kind, scratch: Path, *, lasting: bool = False, places: Sequence[int] = ()
) -> Failed:
    """Lets call after call fail, or those at some `places` of a hundred, from the first to the last."""
    ready = scratch / "ready"
    ready.mkdir(parents=True)
    scenario.prepare(ready)
    trial = _Trial(scenario, kind, lasting, scratch, Failed(scenario.name))
    # Failing at a call that never comes only counts them.
    calls = _FAR - trial.once(_FAR)
    found = trial.found
    found.calls, found.refused = calls, 0
    for at in sorted({1 + (calls - 1) * place // 100 for place in places}) or range(1, calls + 1):
        trial.once(at)
    return found


_FAR = 1 << 30


@dataclass(frozen=True, slots=True)
class _Trial:
    scenario: Scenario
    kind: Kind
    lasting: bool
    scratch: Path
    found: Failed

    def once(self, at: int) -> int:
        """Call number `at` fails; how many calls were left until then."""
        folder = self.scratch / "at work"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.scratch / "ready", folder)
        disk = FailingDisk()
        with failing_disk(folder, disk):
            disk.arm(at, self.kind, lasting=self.lasting)
            done = self._does(folder, f"call {at}", disk)
            left = disk.left
            disk.disarm()
        self.found.failed += bool(disk.fired)
        try:
            wrong = self.scenario.look(folder, done)
        except Exception as broken:  # noqa: BLE001 - a damaged file breaks the program anywhere
            wrong = f"{type(broken).__name__}: {broken}"
        if wrong:
            self.found.wrong.append(f"call {at}, {disk.fired}: {wrong}")
        return left

    def _does(self, folder: Path, call: str, disk: FailingDisk) -> bool:
        try:
            self.scenario.do(folder)
        except Unavailable:
            self.found.refused += 1
            return False
        except Exception as wrong:  # noqa: BLE001 - whatever else leaves it is what is looked for
            self.found.wrong.append(f"{call}, {disk.fired}: {type(wrong).__name__}: {wrong}")
            return False
        return True
