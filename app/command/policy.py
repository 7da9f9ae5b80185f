"""`backhaul policy`: is a returns or allocation policy whole?"""

from __future__ import annotations

from pathlib import Path

import click

from app.domain.policy import read_policy
from app.domain.refusal import Refused
from sync.central.rules.allocation_policy import is_allocation_policy, read_allocation_policy


@click.group(epilog="Example: backhaul policy check returns.toml")
def command() -> None:
    """Look at returns and allocation policies."""


@command.command(epilog="Exit code 1, with file, line and key, when the policy has a mistake.")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check that FILE is complete: known words, no gap, no contradiction, no rule that can never fire.

    A file with kind = "allocation" is read as an allocation policy, any other as a returns policy.
    """
    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise Refused(
            "policy.unreadable",
            f"{file} cannot be read: {wrong}.",
            "Expected a TOML text.",
            "Name another file.",
        ) from None
    if is_allocation_policy(source):
        allocation = read_allocation_policy(source, file.name)
        click.echo(f"{file.name}: allocation policy, version {allocation.version}, complete.")
        return
    policy = read_policy(source, file.name)
    size = f"{len(policy.questions)} questions, {len(policy.rules)} rules"
    click.echo(f"{file.name}: version {policy.version}, {size}, complete.")
