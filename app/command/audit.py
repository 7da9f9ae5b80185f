"""`backhaul audit`: the record of one station, recomputed."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.evidence import put
from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.record import open_record
from app.domain.proof.elsewhere import written
from app.ledger.approvers import root_of
from app.ledger.audit import audit
from app.ledger.witness import differences, kept


@click.command(
    epilog="Example: backhaul audit --data ./bench-07. Exit code 1 when anything differs.",
)
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
@click.option(
    "--checkpoints",
    "target",
    type=click.Path(path_type=Path),
    help="New file for the centre's checkpoints as this station keeps them; backhaul verify takes it.",
)
def command(data: Path | None, target: Path | None) -> int:
    """Recompute every balance from its moves, check conservation, serials and the signed chain."""
    folder = Folder(data or default_folder())
    with open_record(folder, must_exist=True) as ledger:
        if target is not None:
            found = kept(ledger.connection)
            put(target, written(found, root_of(ledger.connection), ledger.head.station_id))
            click.echo(f"{len(found)} checkpoints are in {target}.", err=True)
        report = audit(ledger)
        contradicted = differences(ledger.connection)
    for violation in report.violations:
        click.echo(str(violation))
    # The station's own record may hold, and the centre's still contradict what it told this station before.
    for differing in contradicted:
        click.echo(f"the centre's record: {differing}", err=differing.restored)
    for question in report.questions:
        click.echo(
            f"open question: {question}. Each arrival is of another return: it was sold in between if the "
            "centre says so.",
            err=True,
        )
    verdict = "no difference" if not report.violations else f"{len(report.violations)} differences"
    click.echo(
        f"{report.events} events, {report.moves} moves, {report.accounts} accounts: {verdict}.", err=True
    )
    return 1 if report.violations or any(not one.restored for one in contradicted) else 0
