"""`backhaul approver`: who may sign at this station without the centre."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TextIO

import click

from app.bootstrap.approvers import listed, make_approver
from app.bootstrap.folder import Folder, default_folder
from app.command import badge_file

_CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DATA = click.option("--data", type=click.Path(path_type=Path), help="The station's data folder.")


@click.group(epilog="Example: backhaul approver make RUTH --badge ruth.pdf")
def command() -> None:
    """Make keys of approvers at this station, and see how they stand. Close its window first."""


@command.command(
    epilog="Example: backhaul approver make RUTH --badge ruth.pdf > ruth.json; then add actions, sites and "
    "limits to ruth.json and POST it to /v1/approvers of the centre."
)
@click.argument("code")
@click.option("--name", help="What the badge says; the code when left out.")
@click.option(
    "--badge", "file", type=click.Path(path_type=Path), required=True, help="Where the new badge's PDF goes."
)
@click.option("--pin-file", type=click.File(), help="Read the PIN from this file; - is standard input.")
@_DATA
def make(code: str, name: str | None, file: Path, pin_file: TextIO | None, data: Path | None) -> None:
    """Make the key and the badge of the approver CODE; a former key of that approver here is replaced.

    The PIN is asked for, or read from a file; never written into the command. What the centre is asked with
    goes to standard output: the public key and its own proof, no secret.
    """
    if not _CODE.fullmatch(code):
        raise click.UsageError(
            "CODE is 1 to 64 letters, digits, dots or dashes: the person's id, as in events."
        )
    pin = badge_file.read_pin(pin_file)
    with badge_file.begun(file):
        made = make_approver(Folder(data or default_folder()), code, pin)
        badge_file.write(file, name or code, made.badge)
    click.echo(json.dumps(dict(made.asked), indent=2))
    badge_file.tell(file)
    click.echo(f"The station's own secret is kept {made.kept}.", err=True)
    click.echo("Nothing is signed before the centre enrolled this key: POST /v1/approvers.", err=True)


@command.command("list", epilog="Example: backhaul approver list --json")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@_DATA
def list_(*, as_json: bool, data: Path | None) -> None:
    """Whose key was made here, whether the centre certified it, and how the PIN stands."""
    found = listed(Folder(data or default_folder()))
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for entry in found:
        state = "certified" if entry["certified"] else "not certified by the centre yet"
        pins = (
            "locked: another approver or the centre unlocks"
            if entry["locked"]
            else (f"{entry['wrong_pins']} wrong PINs in a row")
        )
        click.echo(f"{entry['approver']}: {state}; {pins}")
    if not found:
        click.echo("Nobody's key was made here: backhaul approver make CODE --badge FILE.", err=True)
