"""`backhaul backup`: a copy of the record that is whole even while the station works."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.record import expect_record
from app.domain.refusal import Refused
from app.ledger.backup import backup


@click.command(epilog="Example: backhaul backup bench-07.db --data ./bench-07")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
@click.option("--force", is_flag=True, help="Replace TARGET when it is there already.")
def command(target: Path, data: Path | None, *, force: bool) -> None:
    """Copy the station's record to TARGET, also while the station works.

    The signing key (station.key) is not in the copy; a record is only of use with its key.
    """
    folder = Folder(data or default_folder())
    expect_record(folder)
    if target.exists() and not force:
        raise Refused(
            "backup.exists",
            f"{target} is there already.",
            "A new file was expected.",
            "Name another file, or give --force to replace it.",
        )
    backup(folder.record, sqlite.choose().module, target)
    click.echo(f"Copied {folder.record} to {target}.", err=True)
    if folder.photos.exists():
        click.echo(
            f"Photos are not in it: copy the folder {folder.photos} too. Those that did not reach "
            "the centre yet are nowhere else.",
            err=True,
        )
