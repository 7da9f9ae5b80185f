"""The harness at its smallest: every part gives its figures; what they are is never a reason to fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import PEERS, QUICK, parts
from tests.bench.starting import ROOT
from tests.postgres import required_programs

FIGURES = {
    "record": {"record.empty", "record.700", "record.growth"},
    "scan": {"scan.saved", "scan.painted", "scan.painted.unsaved"},
    "push": {"push.events", "push.signatures"},
    "start": {"start.usable", "memory.idle"},
    "replay": {"replay.rows"},
    "sourcing": {
        f"sourcing.{way}{what}" for way in ("strict", "quick", "long") for what in ("", ".lines", ".time")
    },
    "capture": {
        f"capture.{database}.{what}"
        for database in ("sqlite", "postgres")
        for what in ("command", "http", "http.8", "rate", "hot")
    },
    "allocation": {f"allocation.{what}" for what in ("rules", "stored", "memory", "growth")},
    "atp": {"atp.sqlite.one", "atp.postgres.one", "atp.all.fold", "atp.all.memory", "atp.all.repair"},
    "import": {"import.rows", "import.memory"},
    "ingest": {"ingest.events", "ingest.signatures"},
    "snapshot": {"snapshot.make", "snapshot.make.memory", "snapshot.take", "snapshot.take.memory"},
    "catching": {"catching_up.time", "catching_up.events"},
    "histories": {"histories.real", "histories.standin"},
}
LARGE = {"capture", "atp", "ingest"}


def test_every_part_is_tried_here() -> None:
    # Peers are installed from outside: only who asks for them gets them.
    assert set(parts(QUICK, Path())) == {*FIGURES, *PEERS}


@pytest.mark.slow
@pytest.mark.parametrize("part", FIGURES)
def test_a_part_gives_its_figures(tmp_path: Path, part: str) -> None:
    if part in LARGE:
        required_programs()
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--tiny", "--only", part, "--cache", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    lines, _, table = done.stdout.partition("\n\n")
    found = [json.loads(line) for line in lines.splitlines()]
    assert {figure["figure"] for figure in found} == FIGURES[part]
    for figure in found:
        assert all(value > 0 for value in (*figure["ours"].values(), *figure["limit"].values()))
        assert figure["figure"] in table
    # Grown records stay for the next time, everything else goes.
    assert not list(tmp_path.glob("bench-*"))
