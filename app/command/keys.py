"""`backhaul keys`: where the secrets of a station are kept."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import keys
from app.bootstrap.folder import Folder, default_folder


@click.command(epilog="Example: backhaul keys --data ./bench-07 --move store")
@click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")
@click.option(
    "--move",
    type=click.Choice(["store", "file"]),
    help="Move the pepper into the key store of this system, or back into its file. Close the window first.",
)
def command(data: Path | None, move: str | None) -> None:
    """Say where this station's keys are kept; move the pepper of its approvers' keys.

    The file goes only after the key store gave the pepper back. From then on this user has to have unlocked
    the store whenever somebody's badge is read.
    """
    folder = Folder(data or default_folder())
    if move is not None:
        click.echo(f"The pepper is {keys.move(folder, to_store=move == 'store')} now.", err=True)
    for sentence in keys.kept(folder):
        click.echo(sentence)
