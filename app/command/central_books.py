"""`backhaul central journal`: the journal for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.bootstrap import serving
from app.command.database import DB, usage

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    epilog="Example: backhaul central journal --db sqlite:///centre.db --owner ACME --format beancount "
    "--out acme.beancount",
)
@DB
@click.option("--owner", required=True, help="Whose books.")
@click.option("--format", "form", type=click.Choice(["csv", "beancount"]), default="csv", show_default=True)
@click.option("--from", "first", type=_DAY, help="First day that entries count for.")
@click.option("--until", type=_DAY, help="Last day that entries count for.")
@click.option("--out", type=click.Path(path_type=Path), help="Into this file, not to stdout.")
def journal(
    *, url: str, owner: str, form: str, first: datetime | None, until: datetime | None, out: Path | None
) -> None:
    """Write an owner's journal as CSV, a row a line, or as the text that beancount reads."""
    days = (_text(first), _text(until))
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        if out is None:
            centre.export_journal(owner, *days, form, lambda part: click.echo(part, nl=False))
            return
        with click.open_file(str(out), "w", encoding="utf-8", atomic=True) as file:
            centre.export_journal(owner, *days, form, file.write)


def _text(day: datetime | None) -> str | None:
    return day.date().isoformat() if day is not None else None
