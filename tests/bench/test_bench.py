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
# Parts that one program measures after another: starting it takes longer than a part does.
TOGETHER = (
    ("record", "scan", "start", "replay", "sourcing", "import"),
    ("capture", "atp", "ingest", "allocation"),
    ("push", "snapshot", "catching", "histories"),
)


def test_every_part_is_tried_here() -> None:
    # Peers are installed from outside: only who asks for them gets them.
    assert set(parts(QUICK, Path())) == {*FIGURES, *PEERS}
    assert sorted(part for one in TOGETHER for part in one) == sorted(FIGURES)


@pytest.mark.slow
@pytest.mark.parametrize("wanted", TOGETHER, ids=lambda wanted: wanted[0])
def test_every_part_gives_its_figures(tmp_path: Path, wanted: tuple[str, ...]) -> None:
    if LARGE.intersection(wanted):
        required_programs()
    only = [word for part in wanted for word in ("--only", part)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--tiny", *only, "--cache", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    lines, _, table = done.stdout.partition("\n\n")
    found = [json.loads(line) for line in lines.splitlines()]
    assert {figure["figure"] for figure in found} == {name for part in wanted for name in FIGURES[part]}
    for figure in found:
        assert all(value > 0 for value in (*figure["ours"].values(), *figure["limit"].values()))
        assert figure["figure"] in table
    # Grown records stay for the next time, everything else goes.
    assert not list(tmp_path.glob("bench-*"))
