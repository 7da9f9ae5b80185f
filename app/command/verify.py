"""`backhaul verify`: an export of a centre, checked without that centre."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.bootstrap.evidence import opened, said_in
from app.domain import canonical
from app.domain.approvals.signed import Signed
from app.domain.proof import MANIFEST, Carried, Manifest, Summary, carried, contradictions
from app.domain.proof import verify as verified
from app.domain.proof.elsewhere import apart, root_of
from app.domain.refusal import Refused, Unavailable

_KEY_SIZE = 32


@click.command(
    epilog="Example: backhaul verify evidence.tar --root 3b6a27bc... --checkpoint bench-07.json. "
    "Exit code 1 on any finding.",
)
@click.argument("export", type=click.Path(path_type=Path), required=False)
@click.option("--root", help="Public key of the root of approvals as you kept it (64 hexadecimal digits).")
@click.option(
    "--checkpoint",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Checkpoints kept elsewhere (backhaul audit --checkpoints at a station, backhaul central "
    "checkpoints): EXPORT must contain exactly their history. Again for more; they are held against "
    "each other too, also without EXPORT.",
)
def command(export: Path | None, root: str | None, files: tuple[Path, ...]) -> int:
    """Check every chain, signature, approval, checkpoint and sum in EXPORT; needs no server."""
    key = _key(root)
    if export is None:
        if not files:
            raise click.UsageError("Name an EXPORT, or files with --checkpoint.")
        return _compared(_brought(files, key))
    kept = _brought(files, key or _key(_root_in(export)))
    summary, found = Summary(), 0
    for finding in verified(opened(export), summary, key, kept):
        found += 1
        click.echo(str(finding))
    _summarize(summary, found)
    if kept:
        click.echo(
            f"{len(kept)} checkpoints were brought from elsewhere, {summary.contained} of them are of this "
            f"centre: {'the export contains exactly their history' if not found else 'see the findings'}.",
            err=True,
        )
    if root is None and summary.root:
        click.echo(f"The root was taken from the export itself: hold {summary.root} against yours.", err=True)
    return 1 if found else 0


def _summarize(summary: Summary, found: int) -> None:
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


def _compared(kept: Sequence[Carried]) -> int:
    """Holds checkpoints against each other alone."""
    found = list(contradictions(kept))
    for finding in found:
        click.echo(str(finding))
    said = "they do not contradict each other" if not found else f"{len(found)} contradictions"
    click.echo(f"{len(kept)} checkpoints: {said}.", err=True)
    if rest := apart(kept):
        click.echo(
            f"{rest} pairs are of different lengths: only an export can tell whether one goes on from the "
            "other. Give EXPORT too.",
            err=True,
        )
    return 1 if found else 0


def _brought(files: Sequence[Path], root: bytes | None) -> Sequence[Carried]:
    """The checkpoints in all files, every one signed under the root; else the one that the files name."""
    said = [(file, said_in(file)) for file in files]
    if root is None and said:
        named = {root_of(one) for _, one in said}
        root = _key(next(iter(named)) or None) if len(named) == 1 else None
        if root is None:
            raise Refused(
                "verify.root",
                "The files of checkpoints name no root, or different ones.",
                "Expected one root that all of them hang on.",
                "Give it with --root, as you wrote it down when the centre began.",
            )
        click.echo(
            f"The root was taken from the files themselves: hold {root.hex()} against yours.", err=True
        )
    return [one for file, fields in said for one in carried(fields, file.name, root or b"")]


def _root_in(export: Path) -> str | None:
    """The root that an export names; whether it is signed is found when it is verified."""
    try:
        (line,) = list(opened(export).lines(MANIFEST))
        return Manifest.read(Signed.from_json(canonical.decode(line.rstrip()), "manifest")).root_key or None
    except (Refused, Unavailable, OSError, ValueError):
        return None


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
