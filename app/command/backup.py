"""`backhaul backup`: a copy of the record that is whole even while the station works."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.record import open_record
from app.ledger.backup import backup


@click.command(epilog="Example: backhaul backup bench-07.db --data ./bench-07")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
def command(target: Path, data: Path | None) -> None:
    """Copy the station's record to TARGET."""
    folder = Folder(data or default_folder())
    with open_record(folder, must_exist=True) as ledger:
        backup(ledger, target)
    click.echo(f"Copied {folder.record} to {target}.", err=True)
