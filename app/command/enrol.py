"""`backhaul enrol`: join a centre."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

import click

from app.bootstrap.enrolling import join
from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.keys import kept
from app.bootstrap.snapshotting import first_records

_LONGEST = 1024


@click.command(epilog="Example: backhaul enrol --centre https://centre.example; it asks for the code.")
@click.option("--centre", required=True, help="The centre's address.")
@click.option("--code-file", type=click.File(), help="Read the code from this file; - is standard input.")
@click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")
@click.option("--name", default="BENCH", show_default=True, help="What you call this bench.")
def command(centre: str, code_file: TextIO | None, data: Path | None, name: str) -> None:
    """Join this station to a centre. What was recorded before is kept and sent.

    The one-time code the centre's administrator gave is asked for, or read from a file; never written into
    the command, where every program of this computer could read it.
    """
    code = _code(code_file)
    folder = Folder(data or default_folder())
    identity = join(folder, centre, code, name)
    click.echo(f"Joined as {identity.name}, bench {identity.bench} at {identity.site}.", err=True)
    for sentence in kept(folder):
        click.echo(sentence, err=True)
    said = first_records(folder)
    if said is not None:
        click.echo(f"{said.mirror.rows} records of the centre are here already.", err=True)


def _code(file: TextIO | None) -> str:
    if file is not None:
        code = file.read(_LONGEST).strip()
    elif sys.stdin.isatty():
        code = str(click.prompt("One-time code", hide_input=True)).strip()
    else:
        raise click.UsageError("There is no keyboard to ask for the code: give --code-file FILE, or - here.")
    if not code:
        raise click.UsageError("The code is empty.")
    return code
