"""`backhaul central`: serve a centre, give out tokens, check its ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import click

from app.bootstrap import serving
from app.command.simulated import said
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
    with _usage(), serving.open_centre(url, Path("unused"), must_exist=True) as centre:
        found = centre.simulate(policy, owner, since, until)
    click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(said(found)))


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
