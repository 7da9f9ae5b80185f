"""Rows per second of a replay: a generated file of trade, played through the whole system by the program."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from app.domain.fields import Fields
from tests.bench.figures import Figure
from tests.bench.grown import Say
from tests.bench.starting import ROOT
from tests.generated_trade import write_trade_csv

_SEED = 3
_PATIENCE_S = 3600


@dataclass(frozen=True, slots=True)
class Size:
    """How large the file is."""

    months: int
    invoices_per_month: int


def measure(folder: Path, size: Size, say: Say) -> list[Figure]:
    """The figure, or none where there is no replay."""
    if importlib.util.find_spec("app.replay") is None:
        say("there is no replay to measure")
        return []
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "trade.csv"
    written = write_trade_csv(
        file, seed=_SEED, months=size.months, invoices_per_month=size.invoices_per_month
    )
    say(f"replaying {written.rows:,} rows")
    done = subprocess.run(
        [sys.executable, "-m", "app", "replay", str(file), "--json", "--out", str(folder / "out")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the replay ended with {done.returncode}: {done.stderr[-500:]}")
    report = Fields(json.loads(done.stdout), "the replay's report")
    seconds = float(str(report.raw()["seconds"]))
    rows = report.whole("rows", least=1)
    notes = {"rows": rows, "seconds": seconds, "violations": report.whole("violations")}
    return [Figure("replay.rows", "rows/s", {"value": rows / max(seconds, 0.1)}, notes=notes)]
