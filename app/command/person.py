"""`backhaul person`: who may sign in at this station."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

import click

from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.people_here import Somebody, listed, make_person
from app.command import badge_file
from app.command.files import writing
from app.station.people import ROLES

_DATA = click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")


@click.group(epilog="Example: backhaul person make ana --name 'Ana K.' --badge ana.pdf")
def command() -> None:
    """Make people known at this station, and see who may sign in. Close its window first."""


@command.command(
    epilog="Example: backhaul person make dana --name 'Dana R.' --role supervisor --pin --badge dana.pdf"
)
@click.argument("code")
@click.option("--name", required=True, help="As the screen and the badge say it.")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@click.option(
    "--badge", "file", type=click.Path(path_type=Path), required=True, help="Where the new badge's PDF goes."
)
@click.option("--pin", "asks", is_flag=True, help="Ask for a PIN; a supervisor needs one.")
@click.option("--pin-file", type=click.File(), help="Read the PIN from this file; - is standard input.")
@_DATA
def make(
    *, code: str, name: str, role: str, file: Path, asks: bool, pin_file: TextIO | None, data: Path | None
) -> None:
    """Make CODE known: the person's id, as in events. From then on somebody signs in before anything else.

    A former badge and PIN of that person here are replaced. An approver of this station keeps both: nothing
    is written to the file then.
    """
    pin = badge_file.read_pin(pin_file) if asks or pin_file is not None else None
    with badge_file.begun(file):
        made = make_person(Folder(data or default_folder()), Somebody(code, name, role), pin)
        if made is not None:
            badge_file.write(file, name, made)
    if made is None:
        with writing(file):
            file.unlink()
        click.echo(f"{code} approves here: the badge and the PIN of that are for signing in too.", err=True)
        return
    badge_file.tell(file)


@command.command("list", epilog="Example: backhaul person list --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_DATA
def list_(*, as_json: bool, data: Path | None) -> None:
    """Who may sign in here, when they were here last, and how their PINs stand."""
    found = listed(Folder(data or default_folder()))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for entry in found:
        pins = "locked" if entry["locked"] else f"{entry['wrong_pins']} wrong PINs in a row"
        known = pins if entry["pin"] else "no PIN"
        click.echo(f"{entry['person']}: {entry['name']}, {entry['role']}; {known}; seen {entry['seen']}")
    if not found:
        click.echo("Nobody signs in here: backhaul person make CODE --name NAME --badge FILE.", err=True)
