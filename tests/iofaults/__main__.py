"""`python -m tests.iofaults`: each call to the disk of each scenario fails once, and once for good.

Refused in words, nothing half kept, and everything goes on when the disk is well: or red.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.iofaults.every_call import every_call
from tests.iofaults.failing import Kind
from tests.iofaults.scenarios import SCENARIOS

_SHM = Path("/dev/shm")  # noqa: S108 - memory where there is some
_SHOWN = 3


def main(arguments: Sequence[str]) -> int:
    """A line for each scenario and each way to fail; 1 when anything was wrong after a failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.iofaults", description=__doc__)
    named = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--scenario", choices=named, action="append", help="only these")
    parser.add_argument("--places", type=int, default=0, help="only so many calls of each, evenly; 0: all")
    chosen = parser.parse_args(arguments)
    places = [100 * n // max(1, chosen.places - 1) for n in range(chosen.places)]
    failed, wrong = 0, list[str]()
    for scenario in SCENARIOS:
        if chosen.scenario and scenario.name not in chosen.scenario:
            continue
        for kind in Kind:
            for lasting in (False, True):
                with tempfile.TemporaryDirectory(dir=_SHM if _SHM.is_dir() else None) as scratch:
                    found = every_call(scenario, kind, Path(scratch), lasting=lasting, places=places)
                how = "from then on" if lasting else "once"
                sys.stdout.write(
                    f"{scenario.name}, {kind.value} {how}: {found.failed} of {found.calls} calls failed, "
                    f"{found.refused} refused, {len(found.wrong)} wrong\n"
                )
                sys.stdout.flush()
                failed += found.failed
                wrong += found.wrong
    sys.stdout.writelines(f"  {one}\n" for one in wrong[:_SHOWN])
    sys.stdout.write(f"{failed} failures, {len(wrong)} wrong: {'RED' if wrong else 'green'}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
