"""`backhaul restore`: a copy of the record put back."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.restoring import restore


@click.command(epilog="Example: backhaul restore bench-07.db --data ./bench-07 --replace")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
@click.option("--replace", is_flag=True, help="Put it in the place of the record there, which is kept aside.")
def command(source: Path, data: Path | None, *, replace: bool) -> None:
    """Put a copy of the station's record back. The folder must hold the station's key (station.key).

    What was recorded after the copy and had reached the centre stays there. The station goes on in a new
    epoch, which the centre shows as one exception.
    """
    aside = restore(Folder(data or default_folder()), source, replace=replace)
    click.echo(f"The record of {source} is back, and every law holds.", err=True)
    if aside is not None:
        click.echo(f"What was there before is kept in {aside}.", err=True)
    click.echo("With the next sync the station goes on in a new epoch.", err=True)
