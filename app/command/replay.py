"""`backhaul replay`: a published file of real trade, played through the whole system."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.command.files import writing
from app.domain.refusal import Unavailable
from app.replay.run import Asked, Stopped, replay
from app.replay.stopping import Stopping
from app.station.system import SystemClock

SEED = 2011


@click.command(
    epilog="Example: backhaul replay online_retail.csv.gz --months 1 --json --out ./replay. "
    "Exit code 1 when a law is violated or the replay was stopped."
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--months", type=click.IntRange(min=1), help="Only the first so many calendar months.")
@click.option("--json", "as_json", is_flag=True, help="stdout is one JSON object, nothing else.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Keep centre, bench and journal here; go on from here."
)
@click.option("--db", "url", help="The centre's database, as postgresql+psycopg://...; else a SQLite file.")
@click.option("--seed", default=SEED, show_default=True, help="Supply, grades and approvals.")
def command(
    file: Path, months: int | None, out: Path | None, url: str | None, seed: int, *, as_json: bool
) -> int:
    """Play FILE, the Online Retail CSV (plain or gzip): sales, returns, write-offs, counts.

    Every row ends as applied, as an exception with its reason, or rejected as malformed.
    """
    with _folder(out) as folder, Stopping() as stopping:
        try:
            report = replay(Asked(file, months, seed, folder, url), SystemClock(), _say, stopping.asked)
        except (Stopped, Unavailable) as why:
            _say(f"{why} {_again(out)}")
            return 1
        text = json.dumps(report.to_json(), indent=2, ensure_ascii=False)
        with writing(folder / "report.json"):
            (folder / "report.json").write_text(f"{text}\n", encoding="utf-8")
        for violation in report.violations:
            _say(str(violation))
        click.echo(text if as_json else report.to_text())
    return 1 if report.violations else 0


def _again(out: Path | None) -> str:
    if out is None:
        return "Nothing is kept without --out: name a folder to be able to go on."
    return f"What is finished is kept in {out}; the same command goes on from there."


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is not None:
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="backhaul-replay-") as made:
        yield Path(made)


def _say(line: str) -> None:
    click.echo(line, err=True)
    sys.stderr.flush()
