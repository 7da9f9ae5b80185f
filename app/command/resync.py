"""`backhaul resync`: the centre's records anew, from a signed snapshot."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.snapshotting import resync


@click.command(epilog="Example: backhaul resync --data ./bench-07")
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
def command(data: Path | None) -> None:
    """Fetch the centre's records anew, as one signed snapshot; what was recorded here stays.

    For a station that is new or whose copy of the centre's records is doubted. A download that breaks off
    goes on where it stopped; only a whole and proven one takes the place of what is there.
    """
    said = resync(Folder(data or default_folder()))
    click.echo(f"{said.mirror.rows} records of position {said.cursor.pos} are here.", err=True)
