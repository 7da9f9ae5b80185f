"""`python -m tests.simulator.record`: the histories that were run; each row's command runs them again.

A row is one run of many histories with copied disks: `python -m tests.simulator --copies --signing SIGNING
--from FIRST --seeds HISTORIES`, at that commit. What was broken then is mended since, with a test for each.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

RECORD = Path(__file__).with_name("record.csv")
_COUNTED = ("histories", "lost", "doubled", "broken")


def sums() -> dict[str, Counter[str]]:
    """Histories, and what became of them, by how they were signed."""
    found = {"real": Counter[str](), "standin": Counter[str]()}
    with RECORD.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            found[row["signing"]].update({name: int(row[name]) for name in _COUNTED})
    return found


def told() -> str:
    """The record in one sentence, as the README has it."""
    real, standin = sums().values()
    whole = real + standin
    signed = f"{real['histories']:,} with real signing and {standin['histories']:,} with the stand-in"
    came_to = f"{whole['lost']} lost, {whole['doubled']} doubled"
    return (
        f"{signed}, all with copied disks: {came_to}; the {whole['broken']} that broke another law hold since"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{told()}\n")
