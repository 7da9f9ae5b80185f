"""`backhaul policy`: is a policy whole, what does another version change, what would it have decided?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from app.bootstrap import serving
from app.bootstrap.resources import read_text
from app.command.database import DB, usage
from app.command.hindsight import told
from app.domain.policy import Policy, read_policy
from app.domain.policy.changes import changes
from app.domain.policy.reach import require_reached
from app.domain.policy.reading_work import require_works
from app.domain.policy.redecided import redecided
from app.domain.policy.work_reach import cost_notes
from app.domain.refusal import Refused
from sync.central.rules.allocation_policy import is_allocation_policy, read_allocation_policy

_FILE = click.Path(path_type=Path)
_LISTED = 200


@click.group(epilog="Example: backhaul policy check returns.toml")
def command() -> None:
    """Look at returns and allocation policies, and try a returns policy before it is published."""


@command.command(
    epilog="Example: backhaul policy check returns.toml allocation.toml. "
    "Exit code 1, with file, line and key, when one has a mistake."
)
@click.argument("files", type=_FILE, nargs=-1, required=True, metavar="FILE...")
def check(files: Sequence[Path]) -> int:
    """Check that each FILE is complete: known words, no gap, no contradiction, nothing that never comes up.

    A file with kind = "allocation" is read as an allocation policy, any other as a returns policy. Of each
    file the first mistake is named.
    """
    mistaken = 0
    for file in files:
        try:
            click.echo(_checked(file))
        except Refused as no:
            mistaken += 1
            click.echo(f"{no}", err=True)
    return 1 if mistaken else 0


def _checked(file: Path) -> str:
    source = read_text(file)
    if is_allocation_policy(source):
        allocation = read_allocation_policy(source, file.name)
        return f"{file.name}: allocation policy, version {allocation.version}, complete."
    policy = _returns(file)
    require_reached(policy, file.name)
    require_works(policy, file.name)
    size = f"{len(policy.questions)} questions, {len(policy.rules)} rules, {len(policy.works)} works"
    whole = f"{file.name}: version {policy.version}, {size}, complete."
    return "\n".join([whole, *(f"  Note: {note}" for note in cost_notes(policy))])


def _returns(file: Path) -> Policy:
    return read_policy(read_text(file), file.name)


@command.command(
    epilog="Example: backhaul policy diff returns-2026.toml returns-2027.toml. "
    "Exit code 0 whether or not they differ."
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def diff(old: Path, new: Path, *, as_json: bool) -> None:
    """Say what the returns policy NEW changes of OLD, and for which units another disposition comes out."""
    before, after = _returns(old), _returns(new)
    said, found = list(changes(before, after)), redecided(before, after)
    if as_json:
        document = {
            "old": before.version,
            "new": after.version,
            "changes": said,
            "decided_otherwise": [one.to_json() for one in found],
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    click.echo(f"Policy {after.version} instead of {before.version}.")
    for sentence in said or ["It says the same."]:
        click.echo(f"  {sentence}")
    click.echo("Decided otherwise:" if found else "Every unit is decided as before.")
    for one in found[:_LISTED]:
        click.echo(f"  {one.sentence(after)}")
    if len(found) > _LISTED:
        click.echo(f"  and {len(found) - _LISTED} more; --json has all of them.")


@command.command(
    epilog="Example: backhaul policy simulate --db sqlite:///centre.db --candidate returns-2027.toml "
    "--from 2026-11-01"
)
@DB
@click.option("--candidate", type=_FILE, required=True, help="The returns policy that is to be tried.")
@click.option("--from", "since", help="Start (a date or an instant); else from the first disposition on.")
@click.option("--to", "until", help="End, which is not in it; else up to the last disposition.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def simulate(url: str, candidate: Path, since: str | None, until: str | None, *, as_json: bool) -> None:
    """Show what would have become of past returns under a candidate policy; nothing is changed."""
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        found = centre.in_hindsight(candidate, since, until)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(told(found)))
