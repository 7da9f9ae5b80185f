"""`backhaul demo`: the main job, end to end, on a generated business."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from app.command.files import writing
from app.command.station import has_display

RETURNS = 220
SEED = 2026


@click.command(epilog="Example: backhaul demo; backhaul demo --headless --json --out ./demo")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Keep labels, pictures, records and summary here."
)
@click.option("--headless", is_flag=True, help="Drive itself, as where there is no display.")
@click.option("--json", "as_json", is_flag=True, help="stdout is one JSON object, nothing else.")
@click.option("--returns", default=RETURNS, show_default=True, type=click.IntRange(1, 20_000), help="Lines.")
@click.option("--seed", default=SEED, show_default=True, help="Another seed, another business.")
@click.option("--theme", type=click.Choice(["system", "light", "dark"]), default="system", show_default=True)
def command(out: Path | None, returns: int, seed: int, theme: str, *, headless: bool, as_json: bool) -> int:
    """Try Backhaul on a generated business: a centre, a bench, and boxes to scan."""
    alone = headless or not has_display()
    if alone:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.demo.program import run  # noqa: PLC0415 - Qt reads its platform when it is imported

    def say(line: str) -> None:
        click.echo(line, err=True)

    with _folder(out) as folder:
        found = run(folder, seed, returns, say, alone=alone, theme=theme)
        text = json.dumps(found, indent=2, ensure_ascii=False)
        with writing(folder / "summary.json"):
            (folder / "summary.json").write_text(f"{text}\n", encoding="utf-8")
        click.echo(text if as_json else _plain(found, out), err=False)
    return 1 if found["violations"] else 0


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="backhaul-demo-") as made:
            yield Path(made)
        return
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    if (out / "station").exists() or (out / "centre").exists():
        raise click.UsageError(f"{out} holds an earlier demo. Name an empty folder.")
    yield out


def _plain(found: Mapping[str, object], out: Path | None) -> str:
    verdict = "every law held" if not found["violations"] else f"VIOLATIONS: {found['violations']}"
    kept = f" Labels, pictures and records are in {out}." if out else ""
    return (
        f"{found['returns']} batches graded, each of like units under one label: "
        f"{found['units_graded']} units, {found['units_restocked']} of them back on sale. "
        f"Units that can be promised (ATP) went from {found['atp_before']} to {found['atp_after']}, "
        f"with {found['units_promised_meanwhile']} more promised meanwhile. "
        f"{found['labels']} labels, {found['events_sent']} events sent, "
        f"{found['waiting']} waiting, {found['seconds']} s: {verdict}.{kept}"
    )
