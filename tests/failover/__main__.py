"""`python -m tests.failover`: takes workers and databases away under load; it costs nothing, or is red.

Needs PostgreSQL's server programs. The figures are of this machine; the durations are in commands, not in
seconds, so that a slow machine proves as much.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.failover.trials import HARMS, trial
from tests.postgres import find_programs


def main(arguments: Sequence[str]) -> int:
    """Runs the trials; 1 when anything acknowledged was lost or done twice."""
    parser = argparse.ArgumentParser(prog="python -m tests.failover", description=__doc__)
    parser.add_argument("--commands", type=int, default=2000, help="acknowledged commands a trial (2000)")
    parser.add_argument("--rounds", type=int, default=1, help="how often each is tried (1)")
    parser.add_argument("--only", choices=sorted(HARMS), help="one kind of harm")
    chosen = parser.parse_args(arguments)
    programs = find_programs()
    if programs is None:
        parser.error("PostgreSQL's server programs (initdb, pg_ctl) are not installed here")
    held = True
    for name in [chosen.only] if chosen.only else HARMS:
        for _ in range(chosen.rounds):
            with tempfile.TemporaryDirectory(prefix="pg") as folder:
                report = trial(name, programs, Path(folder), chosen.commands)
            sys.stdout.write(f"{report.line}\n")
            sys.stdout.flush()
            held = held and not report.wrong
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
