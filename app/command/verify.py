"""`backhaul verify`: an export of a centre, checked without that centre."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.evidence import opened
from app.domain.proof import Summary
from app.domain.proof import verify as verified
from app.domain.refusal import Refused

_KEY_SIZE = 32


@click.command(
    epilog="Example: backhaul verify evidence.tar --root 3b6a27bc... Exit code 1 on any finding.",
)
@click.argument("export", type=click.Path(path_type=Path))
@click.option("--root", help="Public key of the root of approvals as you kept it (64 hexadecimal digits).")
def command(export: Path, root: str | None) -> int:
    """Check every chain, signature, approval, checkpoint and sum in EXPORT; needs no server."""
    summary, found = Summary(), 0
    for finding in verified(opened(export), summary, _key(root)):
        found += 1
        click.echo(str(finding))
    covered, positions = summary.covered
    click.echo(
        f"{summary.events} events, {summary.positions} positions, {summary.accounts} accounts, "
        f"{summary.entries} journal entries, {summary.checkpoints} checkpoints, of which the last covers "
        f"{covered} receipts and {positions} positions: "
        f"{'everything holds' if not found else f'{found} findings'}.",
        err=True,
    )
    for state, number in sorted(summary.waiting.items()):
        click.echo(f"{number} events are {state}: they are here and count nowhere yet.", err=True)
    if summary.unheld:
        click.echo(
            f"The first {summary.unheld} events came, the centre says, before it judged approvals that are "
            "missing: they were not held to that.",
            err=True,
        )
    if root is None and summary.root:
        click.echo(f"The root was taken from the export itself: hold {summary.root} against yours.", err=True)
    return 1 if found else 0


def _key(text: str | None) -> bytes | None:
    if text is None:
        return None
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != _KEY_SIZE:
        raise Refused(
            "verify.root",
            f"Read the root {text[:80]!r}.",
            "Expected 64 hexadecimal digits.",
            "backhaul central export says them; compare with what you wrote down when the centre began.",
        )
    return found
