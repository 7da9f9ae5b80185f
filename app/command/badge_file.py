"""The file of a new badge, and the PIN that goes with it, as both commands that make badges take them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click

from app.command.files import writing
from app.documents import badge

_OWN = 0o600
_LONGEST = 64


@contextmanager
def begun(file: Path) -> Iterator[None]:
    """Makes the file: where that fails, no key was made whose badge nobody has.

    Where the rest fails, nothing is left of a file that was not there before.
    """
    there = file.exists()
    with writing(file):
        file.touch(mode=_OWN)
    try:
        yield
    except BaseException:
        if not there:
            file.unlink(missing_ok=True)
        raise


def write(file: Path, name: str, code: str) -> None:
    """Draws the badge of that name and code, readable by its user alone."""
    with writing(file):
        file.chmod(_OWN)
        file.write_bytes(badge.render(name, code))


def tell(file: Path) -> None:
    """Says what to do with it."""
    click.echo(
        f"Wrote {file}: print it at 100 %, then remove the file. Whoever copies it has the badge.", err=True
    )


def read_pin(file: TextIO | None) -> str:
    """The PIN in a file, or one that a person types twice at the keyboard; it is shown nowhere."""
    if file is not None:
        return file.read(_LONGEST).strip()
    if not sys.stdin.isatty():
        raise click.UsageError("There is no keyboard to ask for the PIN: give --pin-file FILE, or - here.")
    return str(click.prompt("PIN (6 to 12 digits)", hide_input=True, confirmation_prompt=True)).strip()
