"""`python -m tests.approvals --fuzz N`: N mutations of valid approvals; 1 when any was still valid."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from tests.approvals.fuzz import Fuzzer, Report

_SHOWN = 10


def main(arguments: Sequence[str]) -> int:
    """One run."""
    parser = argparse.ArgumentParser(prog="python -m tests.approvals", description=__doc__)
    parser.add_argument("--fuzz", type=int, default=10_000, metavar="N", help="how many mutations")
    parser.add_argument("--seed", type=int, default=2026, help="another seed, other mutations")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    found = Fuzzer(chosen.seed).run(chosen.fuzz)
    sys.stdout.write(told(found, time.monotonic() - began))
    return 1 if found.still_valid else 0


def told(found: Report, seconds: float) -> str:
    """The figures, one a line, and the first of those that were still valid."""
    kinds = ", ".join(f"{count} x {kind}" for kind, count in sorted(found.tried.items()))
    outcomes = ", ".join(f"{count} x {outcome}" for outcome, count in sorted(found.outcomes.items()))
    lines = [
        f"seconds      {seconds:.0f}",
        f"mutations    {found.tried.total()}: {kinds}",
        f"outcomes     {outcomes}",
        f"still valid  {len(found.still_valid)}",
        *found.still_valid[:_SHOWN],
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
