"""`python -m tests.fuzz --seconds N`: requests of every shape until time is over; 1 when anything broke."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from sync.central.centre import Settings
from tests.centre import running_centre
from tests.fuzz.furnished import furnish
from tests.fuzz.probe import Outcome, Probe
from tests.postgres import running_cluster

_A_ROUND = 8


def main(arguments: Sequence[str]) -> int:
    """One long run against a centre of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="begin no route after so long")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, other requests")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    chosen = parser.parse_args(arguments)
    # The centre's own tracebacks would bury the findings; each finding says what was sent.
    logging.disable(logging.CRITICAL)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="backhaul-fuzz-")))
        url = stack.enter_context(running_cluster()).database() if chosen.postgresql else None
        settings = Settings(app_ver="test", rate=0)
        centre = stack.enter_context(running_centre(folder, url=url, settings=settings))
        probe = Probe(centre, furnish(centre))
        stack.callback(probe.close)
        began, seeded = time.monotonic(), chosen.seed
        while time.monotonic() < began + chosen.seconds:
            probe.once(_A_ROUND, seeded, until=began + chosen.seconds)
            seeded += 1
    sys.stdout.write(report(probe.outcome, time.monotonic() - began))
    return 1 if probe.outcome.faults else 0


def report(outcome: Outcome, seconds: float) -> str:
    """The figures, one a line, and below them every kind of fault once."""
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(outcome.statuses.items()))
    lines = [
        f"seconds    {seconds:.0f}",
        f"requests   {outcome.cases}",
        f"routes     {len(outcome.routes)}, {len(outcome.good)} of them with success at least once",
        f"statuses   {statuses}",
        f"faults     {len(outcome.faults)}",
    ]
    lines += [f"{route}: {kind}\n  {text}" for (route, kind), text in sorted(outcome.faults.items())]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
