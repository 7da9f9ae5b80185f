"""`backhaul central`: serve a centre, give out tokens, check its ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.bootstrap import importing, serving
from app.bootstrap.listening import require_sheltered
from app.bootstrap.whereabouts import photo_folder
from app.command.central_books import journal
from app.command.central_keeping import backup, export, migrate, policy_key, restore
from app.command.central_papers import papers
from app.command.central_trail import checkpoints, hold
from app.command.database import DB, tell_upgrade, usage
from app.command.simulated import said
from app.domain.refusal import Refused
from sync.central.centre import RATE, STATION_BURST_S, STATION_RATE

_NO_PHOTOS = (
    "Photos are off: they stay at their stations until --photos names a folder that all workers share."
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
@click.option("--behind-tls", is_flag=True, help="Listen beyond this computer: a proxy in front speaks TLS.")
@click.option("--key", type=click.Path(path_type=Path), help="The centre's signing key file.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; more than one over PostgreSQL only.",
)
@click.option("--access-log", is_flag=True, help="One line a request on stderr, without personal data.")
@click.option(
    "--rate",
    type=click.IntRange(0, 1_000_000),
    default=RATE,
    show_default=True,
    help="Requests a second that one token may make of one worker; 0: no limit.",
)
@click.option(
    "--station-rate",
    type=click.IntRange(0, 1_000_000),
    default=STATION_RATE,
    show_default=True,
    help=f"Events a second that one station may send to one worker, {STATION_BURST_S} seconds' worth of them "
    "at once; 0: no limit.",
)
@click.option(
    "--photos", type=click.Path(path_type=Path), help="Folder for photos; beside a SQLite file when left out."
)
@click.option("--announce", is_flag=True, help="Say URL and an admin token of this run as a JSON line.")
@click.option("--until-stdin-ends", "led", is_flag=True, help="Stop when whoever holds stdin open is gone.")
def serve(
    url: str,
    host: str,
    port: int,
    key: Path | None,
    *,
    behind_tls: bool,
    workers: int,
    rate: int,
    station_rate: int,
    photos: Path | None,
    access_log: bool,
    announce: bool,
    led: bool,
) -> None:
    """Serve the centre until stopped. Plain HTTP: beyond this computer, put TLS in front."""
    with usage():
        require_sheltered(host, behind_tls=behind_tls)
    if led:
        serving.stop_when_stdin_ends()
    folder = photo_folder(url, photos)
    limits = serving.Limits(rate, station_rate)
    opened = serving.open_centre(url, key, access_log=access_log, limits=limits, photos=folder)
    with usage(), serving.ended_in_order(), opened as centre:
        tell_upgrade(centre.upgraded)
        if announce:
            with centre.announced_admin() as led_by:

                def announced(address: str) -> None:
                    click.echo(json.dumps({"url": address, "token": led_by}))

                centre.serve(host, port, announced, workers)
            return
        token = centre.first_admin()

        def ready(address: str) -> None:
            click.echo(f"The centre answers at {address} (OpenAPI at {address}/openapi.json).", err=True)
            click.echo(f"Photos are kept in {folder}." if folder else _NO_PHOTOS, err=True)
            if centre.root is not None:
                click.echo(f"The root of approvals is in {centre.root}: put it away, in a safe.", err=True)
            if token:
                click.echo(f"Admin token, shown this once: {token}", err=True)

        centre.serve(host, port, ready, workers)


@command.command(epilog="Example: backhaul central token --db sqlite:///centre.db --role planner --name Kim")
@DB
@click.option("--role", help="admin, integrator, planner, service, finance, supervisor, auditor.")
@click.option("--name", help="Whom or what the token is for.")
@click.option("--person", help="Who holds it, where the name is not the person's.")
@click.option("--site", "sites", multiple=True, help="Limits it to a site; may be given several times.")
@click.option("--days", type=click.IntRange(1, 3_650), help="It ends after so many; else when revoked.")
@click.option("--revoke", "ended", help="End the token of this name instead.")
@click.option("--list", "listed", is_flag=True, help="List all tokens instead, a JSON line each.")
def token(
    url: str,
    role: str | None,
    name: str | None,
    person: str | None,
    sites: tuple[str, ...],
    *,
    days: int | None,
    ended: str | None,
    listed: bool,
) -> None:
    """Make a bearer token, shown once and stored only as its hash; or list tokens, or end one."""
    making = role is not None or name is not None or person is not None or days is not None or bool(sites)
    if [making, ended is not None, listed].count(True) != 1 or (making and not (role and name)):
        raise click.UsageError("Expected --role and --name for a new token, or --revoke NAME, or --list.")
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        if ended is not None:
            centre.revoke(ended)
            click.echo(f"The token {ended} is good for nothing any more.", err=True)
        elif listed:
            for found in centre.tokens():
                click.echo(json.dumps(found.to_json(), ensure_ascii=False))
        else:
            click.echo(centre.new_token(role or "", name or "", sites or None, person, days=days))


def _columns(_ctx: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The options --column, as known columns with the names they have in the file."""
    pairs = [text.partition("=") for text in given]
    if not all(ours.strip() and equals and theirs.strip() for ours, equals, theirs in pairs):
        raise click.BadParameter("Expected OURS=THEIRS, such as name=product_name.")
    return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@contextmanager
def _goes_on(*, dry: bool) -> Iterator[None]:
    """Says what an import that is stopped leaves behind: every row it counted, and nothing of later ones."""
    try:
        yield
    except KeyboardInterrupt:
        if not dry:
            click.echo("The rows that were counted stay; the same file again takes the rest.", err=True)
        raise


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
    with usage(), _goes_on(dry=dry), serving.open_centre(url, key, must_exist=True) as centre:
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


@command.command(epilog="Example: backhaul central simulate --db sqlite:///centre.db --policy next.toml")
@DB
@click.option(
    "--policy",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="An allocation policy that is to be tried.",
)
@click.option("--owner", help="Whose orders; may be left out where one owner has all of them.")
@click.option("--from", "since", help="Start of a past period (a date or an instant); else the open orders.")
@click.option("--to", "until", help="End of the period; now when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def simulate(
    url: str, policy: Path, owner: str | None, since: str | None, until: str | None, *, as_json: bool
) -> None:
    """Show who would gain and lose by an allocation policy; nothing is changed."""
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        found = centre.simulate(policy, owner, since, until)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(said(found)))


@command.command(epilog="Exit code 1 when anything differs.")
@DB
def audit(url: str) -> int:
    """Recompute balances, reservations and chains of the centre."""
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
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
    with usage(), serving.open_centre(url, unread, must_exist=True) as centre:
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


for keeping in (migrate, backup, restore, policy_key, export, journal, papers, checkpoints, hold):
    command.add_command(keeping)
