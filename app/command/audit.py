"""`backhaul audit`: the record of one station, recomputed."""

from __future__ import annotations

from pathlib import Path

import click

from app.bootstrap.folder import Folder, default_folder
from app.bootstrap.record import open_record
from app.ledger.audit import audit
from app.ledger.witness import differences


@click.command(
    epilog="Example: backhaul audit --data ./bench-07. Exit code 1 when anything differs.",
)
@click.option("--data", type=click.Path(path_type=Path), default=None, help="The station's data folder.")
def command(data: Path | None) -> int:
    """Recompute every balance from its moves, check conservation, serials and the signed chain."""
    folder = Folder(data or default_folder())
    with open_record(folder, must_exist=True) as ledger:
        report = audit(ledger)
        contradicted = differences(ledger.connection)
    for violation in report.violations:
        click.echo(str(violation))
    # The station's own record may hold, and the centre's still contradict what it told this station before.
    for found in contradicted:
        click.echo(f"the centre's record: {found}", err=found.restored)
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
    return 1 if report.violations or any(not found.restored for found in contradicted) else 0
