"""`python -m tests.simulation`: kills the station over and over, and says what it cost: nothing, or red."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.simulation.soak import Limits, Report, Soak
from tests.simulation.world import world

_LEAST, _MOST = 30, 2500
_RETURNS_A_SECOND = 1.5
_RETURNS_A_KILL = 4


def main(arguments: Sequence[str]) -> int:
    """Runs one soak; 1 when anything was lost, doubled or broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seconds", type=float, help="stop after so long (60 when no limit is given)")
    parser.add_argument("--kills", type=int, help="stop after so many kills")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, other goods, other moments")
    parser.add_argument("--keep", type=Path, help="keep records, traces and labels in this empty folder")
    chosen = parser.parse_args(arguments)
    limits = Limits(60.0 if chosen.seconds is chosen.kills is None else chosen.seconds, chosen.kills)
    with tempfile.TemporaryDirectory(prefix="backhaul-soak-") as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            parser.error(f"{folder} is not empty")
        with world(folder, chosen.seed, returns_for(limits), say) as made:
            report = Soak(made, chosen.seed, limits, say).run()
    sys.stdout.write(table(report))
    return 0 if report.findings.clean else 1


def returns_for(limits: Limits) -> int:
    """Boxes enough for the whole soak, and few enough to be loaded soon."""
    wanted = [_MOST]
    if limits.seconds is not None:
        wanted.append(int(limits.seconds * _RETURNS_A_SECOND))
    if limits.kills is not None:
        wanted.append(limits.kills * _RETURNS_A_KILL)
    return max(_LEAST, min(wanted))


def say(line: str) -> None:
    """Progress, for people."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def table(report: Report) -> str:
    """The figures of a soak, one a line, and below them every law that did not hold."""
    found = report.findings
    aims = ", ".join(f"{count} at {aim}" for aim, count in sorted(report.kills.items()))
    rows = (
        ("seconds", f"{report.seconds:.0f}"),
        ("kills", f"{report.kills.total()} ({aims or 'none'})"),
        ("boxes finished", str(report.boxes)),
        ("scans fired", str(report.fired)),
        ("scans answered", str(report.answered)),
        ("saved, as the trace said", str(report.saved)),
        ("saved before the trace could say so", str(report.hidden)),
        ("events in the record", str(report.events)),
        ("lost", str(len(found.lost))),
        ("doubled", str(len(found.doubled))),
        ("violations", str(len(found.violations))),
    )
    wide = max(len(name) for name, _ in rows)
    lines = [f"{name:<{wide}}  {value}" for name, value in rows]
    lines += [*found.lost, *found.doubled, *found.violations]
    lines.append("Every law held." if found.clean else "RED: a law did not hold.")
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
