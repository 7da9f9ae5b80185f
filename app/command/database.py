"""What the commands about a centre share: its address, and what was typed wrong in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import click

from app.bootstrap.environment import DB_VARIABLE
from app.domain.refusal import Refused
from sync.central.store.migration import Upgraded

_DATABASES = frozenset({"sqlite", "postgresql"})
# What was typed wrong, rather than what the centre says no to.
_USAGE = frozenset({"database.url", "token.role", "serve.workers", "serve.plain"})


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


def tell_upgrade(upgraded: Upgraded) -> None:
    """Says to people that an older database was changed, and where its copy is."""
    if upgraded.before and upgraded.changed:
        click.echo(f"The database was brought from version {upgraded.before} to {upgraded.now}.", err=True)
    if upgraded.copy is not None:
        click.echo(f"As it was before, it is in {upgraded.copy}.", err=True)


@contextmanager
def usage() -> Iterator[None]:
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
    envvar=DB_VARIABLE,
    show_envvar=True,
    help="SQLAlchemy URL: sqlite:///centre.db or postgresql+psycopg://... One with a password belongs in the "
    f"environment variable {DB_VARIABLE}: others on this computer see command lines.",
)
