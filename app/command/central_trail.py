"""`backhaul central checkpoints`, `hold`: what the centre vouched for, and what others kept of it."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.evidence import put, said_in
from app.bootstrap.serving import open_centre
from app.command.central_keeping import KEY
from app.command.database import DB, usage
from app.domain.proof.elsewhere import Carried, carried, written
from app.domain.refusal import Refused
from sync.central.store import checkpoints as kept_here
from sync.central.store import trail_held
from sync.central.store.act import Act
from sync.central.store.approval_keys import root_key
from sync.central.store.enrolment import find_station
from sync.wire.trail import Holding

_MOST = 100_000


@click.command(epilog="Example: backhaul central checkpoints kept.json --db sqlite:///centre.db --daily")
@click.argument("target", type=click.Path(path_type=Path))
@DB
@KEY
@click.option("--daily", is_flag=True, help="Only the first of each day.")
def checkpoints(target: Path, url: str, key: Path | None, *, daily: bool) -> None:
    """Write this centre's signed checkpoints to TARGET, to be kept elsewhere; backhaul verify takes it."""
    with (
        usage(),
        open_centre(url, key, must_exist=True) as centre,
        centre.acting("backhaul", "keep")() as act,
    ):
        found = kept_here.listed(act.conn, None, _MOST, daily=daily)
        root = root_key(act.conn)
    put(target, written(((kept.checkpoint, kept.grant) for _, kept in reversed(found)), root))
    click.echo(
        f"{len(found)} checkpoints are in {target}. Keep it where this centre cannot change it.", err=True
    )


@click.command(epilog="Example: backhaul central hold bench-07.json bench-12.json --db sqlite:///centre.db")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@DB
@KEY
def hold(files: tuple[Path, ...], url: str, key: Path | None) -> int:
    """Hold the centre's record against checkpoints that stations keep.

    Exit code 1, and a case, on any difference. One of an earlier generation is not held against it: an export
    is, by backhaul verify.
    """
    count, found = 0, list[trail_held.Differing]()
    with (
        usage(),
        open_centre(url, key, must_exist=True) as centre,
        centre.acting("backhaul", "hold")() as act,
    ):
        root = root_key(act.conn)
        if root is None:
            raise Refused(
                "checkpoints.rootless",
                "This centre has pinned no root.",
                "Expected one: without it no checkpoint can be believed.",
                "Put a policy key in use first (backhaul central policy-key).",
            )
        for file in files:
            for one in carried(said_in(file), file.name, root):
                count += 1
                found += _held(act, one)
    for differing in found:
        click.echo(f"checkpoint {differing.number} ({differing.holder}): {differing.why}")
    said = "nothing contradicts them" if not found else f"{len(found)} of them are contradicted"
    click.echo(f"{count} checkpoints: {said}.", err=True)
    return 1 if found else 0


def _held(act: Act, one: Carried) -> list[trail_held.Differing]:
    said = one.said
    why = trail_held.difference(act.conn, Holding(said.feed, said.receipts, said.feed_gen, said.number))
    if not why:
        return []
    known = find_station(act.conn, one.holder) is not None
    found = trail_held.Differing(one.holder if known else trail_held.CARRIED, said.number, why, proven=True)
    trail_held.open_difference(act.conn, found, act.posted_at)
    return [found]
