"""`backhaul enrol`: join a centre."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder, default_folder


@click.command(epilog="Example: backhaul enrol --centre https://centre.example --code 7F3A...")
@click.option("--centre", required=True, help="The centre's address.")
@click.option("--code", required=True, help="The one-time code the centre's administrator gave.")
@click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")
@click.option("--name", default="BENCH", show_default=True, help="What you call this bench.")
def command(centre: str, code: str, data: Path | None, name: str) -> None:
    """Join this station to a centre. What was recorded before is kept and sent."""
    identity = join(Folder(data or default_folder()), centre, code, name)
    click.echo(f"Joined as {identity.name}, bench {identity.bench} at {identity.site}.", err=True)
