"""`backhaul central`: serve a centre, give out tokens, check its ledger."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.bootstrap import serving
from app.command.central_keeping import backup, migrate, restore
from app.command.database import DB, tell_upgrade, usage
from app.domain.refusal import Refused
from sync.central.centre import RATE
from sync.central.tokens import TokenRecord


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
@click.option("--announce", is_flag=True, help="Say URL and an admin token of this run as a JSON line.")
@click.option("--until-stdin-ends", "led", is_flag=True, help="Stop when whoever holds stdin open is gone.")
def serve(
    url: str,
    host: str,
    port: int,
    key: Path | None,
    *,
    workers: int,
    rate: int,
    access_log: bool,
    announce: bool,
    led: bool,
) -> None:
    """Serve the centre until stopped. Plain HTTP: beyond this computer, put TLS in front."""
    if led:
        serving.stop_when_stdin_ends()
    opened = serving.open_centre(url, key, access_log=access_log, rate=rate)
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
            if token:
                click.echo(f"Admin token, shown this once: {token}", err=True)

        centre.serve(host, port, ready, workers)


@command.command(epilog="Example: backhaul central token --db sqlite:///centre.db --role planner --name Kim")
@DB
@click.option("--role", help="admin, integrator, planner, service, finance, supervisor, auditor.")
@click.option("--name", help="Whom or what the token is for.")
@click.option("--site", "sites", multiple=True, help="Limits it to a site; may be given several times.")
@click.option("--revoke", "ended", help="End the token of this name instead.")
@click.option("--list", "listed", is_flag=True, help="List all tokens instead, a JSON line each.")
def token(
    url: str, role: str | None, name: str | None, sites: tuple[str, ...], ended: str | None, *, listed: bool
) -> None:
    """Make a bearer token, shown once and stored only as its hash; or list tokens, or end one."""
    making = role is not None or name is not None or bool(sites)
    if [making, ended is not None, listed].count(True) != 1 or (making and not (role and name)):
        raise click.UsageError("Expected --role and --name for a new token, or --revoke NAME, or --list.")
    with usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        if ended is not None:
            centre.revoke(ended)
            click.echo(f"The token {ended} is good for nothing any more.", err=True)
        elif listed:
            for found in centre.tokens():
                click.echo(json.dumps(told_of(found), ensure_ascii=False))
        else:
            click.echo(centre.new_token(role or "", name or "", sites or None))


def told_of(found: TokenRecord) -> dict[str, object]:
    """A token as it is listed; `sites` null for all of them."""
    return {
        "name": found.name,
        "role": found.role,
        "sites": sorted(found.sites) if found.sites is not None else None,
        "created_at": found.created_at,
        "revoked_at": found.revoked_at,
    }


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


for keeping in (migrate, backup, restore):
    command.add_command(keeping)
