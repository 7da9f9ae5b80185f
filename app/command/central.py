"""`backhaul central`: serve a centre, give out tokens, check its ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from app.bootstrap import importing, serving
from app.domain.refusal import Refused

_DATABASES = frozenset({"sqlite", "postgresql"})
# What was typed wrong, rather than what the centre says no to.
_USAGE = frozenset({"database.url", "token.role"})


def _address(_ctx: click.Context, _option: click.Parameter, url: str) -> str:
    """The option --db, when it names a database the centre can be on."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] in _DATABASES and rest.strip("/") and _readable(url):
        return url
    # An address may hold a password: only the part before :// is quoted.
    raise click.BadParameter(
        f"Read an address that begins with {scheme[:30]!r}. "
        "Expected sqlite:///centre.db or postgresql+psycopg://host/name."
    )


def _readable(url: str) -> bool:
    """False for a port that is no number, and for brackets that do not close."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        return False
    return True


@contextmanager
def _usage() -> Iterator[None]:
    """Says as a usage error what was wrong in the command line itself."""
    try:
        yield
    except Refused as no:
        if no.code in _USAGE:
            raise click.UsageError(str(no)) from no
        raise


DB = click.option(
    "--db",
    "url",
    required=True,
    callback=_address,
    help="SQLAlchemy URL: sqlite:///centre.db or postgresql+psycopg://...",
)


@click.group(epilog="Example: backhaul central serve --db sqlite:///centre.db --port 8080")
def command() -> None:
    """Serve and look after a centre."""


@command.command(epilog="Example: backhaul central serve --db sqlite:///centre.db --port 8080")
@DB
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option("--key", type=click.Path(path_type=Path), help="The centre's signing key file.")
@click.option("--access-log", is_flag=True, help="One line a request on stderr, without personal data.")
@click.option("--announce", is_flag=True, help="Say URL and an admin token of this run as a JSON line.")
@click.option("--until-stdin-ends", "led", is_flag=True, help="Stop when whoever holds stdin open is gone.")
def serve(
    url: str, host: str, port: int, key: Path | None, *, access_log: bool, announce: bool, led: bool
) -> None:
    """Serve the centre until stopped. Plain HTTP: beyond this computer, put TLS in front."""
    if led:
        serving.stop_when_stdin_ends()
    with _usage(), serving.ended_in_order(), serving.open_centre(url, key, access_log=access_log) as centre:
        if announce:
            with centre.announced_admin() as led_by:
                centre.serve(host, port, lambda at: click.echo(json.dumps({"url": at, "token": led_by})))
            return
        token = centre.first_admin()

        def ready(address: str) -> None:
            click.echo(f"The centre answers at {address} (OpenAPI at {address}/openapi.json).", err=True)
            if token:
                click.echo(f"Admin token, shown this once: {token}", err=True)

        centre.serve(host, port, ready)


@command.command(epilog="Example: backhaul central token --db sqlite:///centre.db --role planner --name Kim")
@DB
@click.option(
    "--role", required=True, help="admin, integrator, planner, service, finance, supervisor, auditor."
)
@click.option("--name", required=True, help="Whom or what the token is for.")
def token(url: str, role: str, name: str) -> None:
    """Make a bearer token; it is shown once and stored only as its hash."""
    with _usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        click.echo(centre.new_token(role, name))


def _columns(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The options --column, as known columns with the names they have in the file."""
    pairs = [text.partition("=") for text in given]
    if not all(ours.strip() and equals and theirs.strip() for ours, equals, theirs in pairs):
        raise click.BadParameter("Expected OURS=THEIRS, such as name=product_name.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@command.command(
    "import",
    epilog="Example: backhaul central import items.csv --kind items --db sqlite:///centre.db "
    "--report findings.csv. Exit code 1 when a row was rejected.",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", type=click.Choice(list(importing.KINDS)), required=True, help="What the rows are.")
@DB
@click.option("--key", type=click.Path(path_type=Path), help="The centre's signing key file.")
@click.option(
    "--column", "columns", multiple=True, callback=_columns, help="OURS=THEIRS, for another header."
)
@click.option("--system", help="The external system on whose word the rows are; else the centre's.")
@click.option("--dry-run", "dry", is_flag=True, help="Judge every row and write nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="Write every finding to this CSV file.")
def import_(
    file: Path,
    kind: str,
    url: str,
    *,
    key: Path | None,
    columns: dict[str, str],
    system: str | None,
    report: Path | None,
    dry: bool,
) -> int:
    """Import a CSV FILE of items or locations; what is wrong or questionable is named row by row."""
    with _usage(), serving.open_centre(url, key, must_exist=True) as centre:
        answer = importing.import_file(
            centre.acting("import", f"import:{file.name}"),
            file,
            kind,
            columns=columns,
            system=system,
            dry=dry,
            report=report,
            said=lambda rows: click.echo(f"{rows} rows", err=True),
        )
    click.echo(json.dumps(answer, ensure_ascii=False))
    return 1 if answer["rejected"] else 0


@command.command(epilog="Exit code 1 when anything differs.")
@DB
def audit(url: str) -> int:
    """Recompute balances, reservations and chains of the centre."""
    with _usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        found = centre.audit()
    violations = found["violations"]
    if not isinstance(violations, list):
        raise Refused("audit.unreadable", f"Read {violations!r}.", "Expected a list.", "Report this.")
    for violation in violations:
        click.echo(json.dumps(violation, ensure_ascii=False))
    click.echo(f"{len(violations)} differences.", err=True)
    return 1 if violations else 0


@command.command(epilog="Exit code 1 when something is left; with --dry-run, when anything differs.")
@DB
@click.option("--key", type=click.Path(path_type=Path), help="The centre's signing key file.")
@click.option("--dry-run", is_flag=True, help="Say what differs and change nothing.")
def repair(url: str, key: Path | None, *, dry_run: bool) -> int:
    """Make balances and other sums anew from the rows they repeat, on the record; facts are never touched."""
    unread = Path("unused") if dry_run and key is None else key
    with _usage(), serving.open_centre(url, unread, must_exist=True) as centre:
        report = centre.repair(dry_run=dry_run)
    lines = [entry.to_json() for entry in report.corrections] + [entry.to_json() for entry in report.left]
    for line in lines:
        click.echo(json.dumps(line, ensure_ascii=False))
    done, rest = len(report.corrections), len(report.left)
    said = "would be corrected" if dry_run else "corrected"
    click.echo(f"{done} {said}, {rest} left for somebody to look at.", err=True)
    for event_id in report.event_ids:
        click.echo(f"On the record as event {event_id}.", err=True)
    return 1 if rest or (dry_run and done) else 0
