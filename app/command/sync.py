"""`backhaul sync`: events carried by file where no network reaches."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import carrying
from app.bootstrap.folder import Folder, default_folder
from app.command.central_keeping import KEY
from app.command.database import DB, usage
from app.domain.clock import to_text


@click.group(epilog="Example: backhaul sync export bench-07.events --data ./bench-07")
def command() -> None:
    """Carry a station's events to the centre by file, from whatever machine."""


@command.command("export", epilog="Example: backhaul sync export bench-07.events --data ./bench-07")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
@click.option("--force", is_flag=True, help="Replace TARGET when it is there already.")
def export(target: Path, data: Path | None, *, force: bool) -> None:
    """Write every event of a station to TARGET, under a manifest that the station signs.

    The station must not be running.
    """
    said = carrying.export(Folder(data or default_folder()), target, replace=force)
    click.echo(f"{said.events} events are in {target}, read back and whole.", err=True)


@command.command("import", epilog="Example: backhaul sync import bench-07.events --db sqlite:///centre.db")
@click.argument("source", type=click.Path(path_type=Path))
@DB
@KEY
@click.option(
    "--salvage",
    is_flag=True,
    help="Take what is whole in a damaged file, without its manifest: where no whole one can be had.",
)
def import_(source: Path, url: str, key: Path | None, *, salvage: bool) -> int:
    """Take the events of SOURCE into a centre: an export, or a file of a second copy. Again is safe.

    An export that is not what its station wrote is refused as a whole. Exit code 1 when something was not
    taken.
    """
    with usage():
        done = carrying.take_in(url, key, source, salvage=salvage)
    click.echo(f"{done.events} events read; what was here already counts once.", err=True)
    click.echo(_completeness(done), err=True)
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


def _completeness(done: carrying.Imported) -> str:
    said = done.proven
    if said is None:
        return (
            "Whether these are all of the station's events is not proven: the file has no manifest, or was "
            "taken without it."
        )
    return (
        f"The file is what station {said.head.station_id} signed at {to_text(said.at)}: all of its events up "
        f"to number {said.head.seq} of epoch {said.head.epoch}."
    )
