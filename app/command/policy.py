"""`backhaul policy`: is a returns policy whole?"""

from __future__ import annotations

from pathlib import Path

import click

from app.domain.policy import read_policy
from app.domain.refusal import Refused


@click.group(epilog="Example: backhaul policy check returns.toml")
def command() -> None:
    """Look at returns policies."""


@command.command(epilog="Exit code 1, with file, line and key, when the policy has a mistake.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check that FILE is complete: known words, no gap, no rule that can never fire."""
    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Refused(
            "policy.unreadable",
            f"{file} cannot be read: {wrong}.",
            "Expected a TOML text.",
            "Name another file.",
        ) from None
    policy = read_policy(source, file.name)
    click.echo(f"{file.name}: version {policy.version}, {len(policy.rules)} rules, complete.")
