"""The demo as a user runs it: every part real, in its own processes, on a pseudo-terminal."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.command.root import run

RETURNS = 14

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One demo for all tests of this file; they only read it."""
    out = tmp_path_factory.mktemp("demo") / "out"
    found = subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "demo",
            "--headless",
            "--json",
            "--returns",
            str(RETURNS),
            "--out",
            str(out),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return out


def test_the_figures_of_the_demo_add_up(folder: Path) -> None:
    found = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    assert found["returns"] >= RETURNS
    assert found["violations"] == []
    assert found["waiting"] == 0
    assert found["units_restocked"] > 0
    assert (
        found["atp_after"] - found["atp_before"] + found["units_promised_meanwhile"]
        == found["units_restocked"]
    )
    assert found["labels"] == found["returns"]
    assert found["units_graded"] == sum(found["by_disposition"].values())


def test_labels_pictures_and_trace_are_kept(folder: Path) -> None:
    zpl, pdf = (sorted(path.stem for path in folder.glob(f"labels/*.{kind}")) for kind in ("zpl", "pdf"))
    assert zpl == pdf != []
    assert {"ask.png", "ok.png", "end.png"} <= {path.name for path in folder.glob("screens/*.png")}
    lines = [json.loads(line) for line in (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["scan"] for line in lines] == list(range(1, len(lines) + 1))
    assert all(line["ms_painted"] is not None for line in lines)
    assert {line["band"] for line in lines} == {"ask", "ok"}


def test_three_scans_save_a_good_unit(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "trace.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = [line["kind"] for line in lines]
    jobs = [kinds[n : n + 3] for n in range(len(kinds) - 2) if kinds[n] == "Text" and kinds[n + 2] == "GRI"]
    assert jobs
    assert all(job[1] in {"Gtin14", "Gs1"} for job in jobs)


def test_both_records_audit_clean_and_a_planted_difference_turns_each_red(
    folder: Path, tmp_path: Path
) -> None:
    assert run(["audit", "--data", str(folder / "station")]) == 0
    centre = folder / "centre" / "centre.db"
    assert run(["central", "audit", "--db", f"sqlite:///{centre}"]) == 0
    for source, copy in ((folder / "station" / "station.db", "station.db"), (centre, "centre.db")):
        with sqlite3.connect(source) as db, sqlite3.connect(tmp_path / copy) as changed:
            db.backup(changed)
            changed.execute("update balance set qty = qty + 1 where rowid = (select min(rowid) from balance)")
        db.close()
        changed.close()
    (tmp_path / "station.key").write_bytes((folder / "station" / "station.key").read_bytes())
    assert run(["audit", "--data", str(tmp_path)]) == 1
    assert run(["central", "audit", "--db", f"sqlite:///{tmp_path / 'centre.db'}"]) == 1


def test_an_earlier_demo_is_never_overwritten(folder: Path) -> None:
    assert run(["demo", "--headless", "--out", str(folder)]) == 2
