"""`backhaul sync`: events carried by file where no network reaches."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import carrying
from app.bootstrap.folder import Folder, default_folder
from app.command.central_keeping import KEY
from app.command.database import DB, usage


@click.group(epilog="Example: backhaul sync export bench-07.events --data ./bench-07")
def command() -> None:
    """Carry a station's events to the centre by file, from whatever machine."""


@command.command("export", epilog="Example: backhaul sync export bench-07.events --data ./bench-07")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
@click.option("--force", is_flag=True, help="Replace TARGET when it is there already.")
def export(target: Path, data: Path | None, *, force: bool) -> None:
    """Write every event of a station to TARGET, signed as they are. The station must not be running."""
    count = carrying.export(Folder(data or default_folder()), target, replace=force)
    click.echo(f"{count} events are in {target}.", err=True)


@command.command("import", epilog="Example: backhaul sync import bench-07.events --db sqlite:///centre.db")
@click.argument("source", type=click.Path(path_type=Path))
@DB
@KEY
def import_(source: Path, url: str, key: Path | None) -> int:
    """Take the events of SOURCE into a centre: an export, or a file of a second copy. Again is safe.

    Exit code 1 when something in it was not taken.
    """
    with usage():
        done = carrying.take_in(url, key, source)
    click.echo(f"{done.events} events read; what was here already counts once.", err=True)
    if done.torn:
        click.echo(f"The last {done.torn} bytes are no whole event; all before them was read.", err=True)
    for place in done.damaged:
        click.echo(
            f"At byte {place} an event is damaged and was stepped over. Let the station sync, or import "
            "another file that holds it."
        )
    for station, epoch, upto, word in done.differing:
        click.echo(
            f"Epoch {epoch} of station {station} was taken up to number {upto} only ({word}): the centre has "
            "another record from there. Let the station sync: it sends what the centre lacks."
        )
    return 1 if done.differing or done.damaged else 0
