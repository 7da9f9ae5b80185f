"""`backhaul central papers`: what goes with goods that leave for good."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap import serving
from app.bootstrap.whereabouts import photo_folder
from app.command.database import DB, usage


@click.command(
    epilog="Example: backhaul central papers --db sqlite:///centre.db --consignment G-12-K --out papers"
)
@DB
@click.option("--consignment", "code", required=True, help="Whose papers.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder they go to.")
@click.option("--photos", type=click.Path(path_type=Path), help="The folder that serve got by --photos.")
def papers(url: str, code: str, out: Path, photos: Path | None) -> None:
    """Write a consignment's papers as PDF and CSV: claim, manifest, donation list or disposal certificate."""
    folder = photo_folder(url, photos)
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True, photos=folder) as centre:
        for path in centre.papers(code, out):
            click.echo(str(path))
