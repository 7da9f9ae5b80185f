"""Whole copies of a PostgreSQL centre, by PostgreSQL's own pg_dump and pg_restore.

A dump is one consistent look while the centre works. It holds no owners and no rights: who restores it owns
it, and gives the service its rights anew. What stood in the place of a restored centre is kept in a schema of
its own until somebody drops it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from app.domain.refusal import Refused, Unavailable
from sync.central.store import under_way
from sync.central.store.copying import HEADS, PAST_HEADS
from sync.central.store.lasting import put_in_place

MAGIC = b"PGDMP"
"""How a dump's file begins."""

_ASIDE = under_way.ASIDE
_PATIENCE = 10
_SECRETS = ("sslpassword", "oauth_client_secret")
_SERVICE = "backhaul"
_TABLES = text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
# Who is connected is looked up once in a transaction, unless that is forgotten.
_A_MOMENT = text("SELECT pg_sleep(0.2), pg_stat_clear_snapshot()")


def dump(url: str, target: Path) -> None:
    """Writes the whole centre to `target`, which is replaced only by a complete dump.

    Raises:
        Refused: pg_dump is not on this computer.
        Unavailable: the database does not answer, or the dump could not be written.
    """
    unfinished = target.with_name(f"{target.name}.part")
    try:
        _run(
            "pg_dump",
            url,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            # What a restore put aside is no part of the centre; its schema would be in the next one's way.
            f"--exclude-schema={_ASIDE}*",
            f"--file={unfinished}",
        )
        with unfinished.open("rb+") as whole:
            os.fsync(whole.fileno())
        put_in_place(unfinished, target)
    except OSError as wrong:
        raise Unavailable(f"Not copied to {target}: {wrong}. Check the disk and the space left.") from wrong
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def load(url: str, source: Path, *, replace: bool) -> str:
    """Puts a dump into an empty database, or with `replace` in the place of what is there.

    What an unfinished one left is undone first. It is marked as under way until `under_way.finish`.

    Returns:
        The schema in which the replaced tables are kept; empty when there were none.

    Raises:
        Refused: pg_restore is not here, the database is not empty, or somebody is connected to it.
        Unavailable: the database does not answer or the dump could not be read; all is as it was.
    """
    _program("pg_restore")
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as conn:
            if (unfinished := under_way.begun(conn)) is not None:
                _require_alone(conn)
                _undo(conn, unfinished)
            aside = _put_aside(conn, replace=replace)
            under_way.begin(conn, aside)
        try:
            _run("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", str(source))
        except Unavailable:
            with engine.begin() as conn:
                under_way.end(conn)
                _put_back(conn, aside)
            raise
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()
    return aside


def generation_of(url: str, aside: str) -> int:
    """The feed's generation of what a `load` put aside; 0 when that was no centre.

    Raises:
        Unavailable: the database does not answer.
    """
    if not aside:
        return 0
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as conn:
            if conn.scalar(text("SELECT to_regclass(:name)"), {"name": f"{aside}.meta"}) is None:
                return 0
            found = conn.scalar(text(f"SELECT value FROM {aside}.meta WHERE name = 'feed_gen'"))  # noqa: S608
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()
    return int(found or 0)


def heads_of(url: str, aside: str) -> dict[tuple[str, int], int]:
    """By station and epoch, how far each chain is in what a `load` put aside.

    Raises:
        Unavailable: the database does not answer.
    """
    engine = create_engine(url, hide_parameters=True)
    found = dict[tuple[str, int], int]()
    try:
        with engine.connect() as conn:
            for table, asked in (("station", HEADS), ("past_chain", PAST_HEADS)):
                place = f"{aside}.{table}"
                if aside and conn.scalar(text("SELECT to_regclass(:name)"), {"name": place}) is not None:
                    rows = conn.execute(text(asked.replace(f"FROM {table}", f"FROM {place}")))
                    found |= {(str(of), int(epoch)): int(seq) for of, epoch, seq in rows}
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()
    return found


def rows_of(url: str, aside: str, table: str, asked: str) -> list[tuple[Any, ...]]:
    """What a `load` put aside answers; nothing without that table.

    Raises:
        Unavailable: the database does not answer.
    """
    engine, place = create_engine(url, hide_parameters=True), f"{aside}.{table}"
    try:
        with engine.connect() as conn:
            if not aside or conn.scalar(text("SELECT to_regclass(:name)"), {"name": place}) is None:
                return []
            return [tuple(row) for row in conn.execute(text(asked.replace(f"FROM {table}", f"FROM {place}")))]
    except OperationalError as away:
        raise Unavailable(f"The centre's database did not answer: {away.orig}") from away
    finally:
        engine.dispose()


def take_back(url: str, aside: str) -> None:
    """Undoes a `load`: drops what it put there and puts back what it put aside, if there was anything.

    Raises:
        Unavailable: the database does not answer; both are as they are.
    """
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.begin() as conn:
            _undo(conn, aside)
    except OperationalError as away:
        kept = f"; what was there before is kept in {aside}" if aside else ""
        raise Unavailable(f"The copy was not taken out again{kept}: {away.orig}") from away
    finally:
        engine.dispose()


def _put_aside(conn: Connection, *, replace: bool) -> str:
    tables = list(conn.scalars(_TABLES))
    if not tables:
        return ""
    if not replace:
        raise Refused(
            "restore.target",
            f"The database has {len(tables)} tables.",
            "Expected an empty database.",
            "Make a new database for it, or give --replace; the tables that are there are then kept aside.",
        )
    _require_alone(conn)
    schemas = set(conn.scalars(text("SELECT nspname FROM pg_namespace")))
    number = 1
    while (aside := f"{_ASIDE}{number}") in schemas:
        number += 1
    conn.execute(text(f"CREATE SCHEMA {aside}"))
    quote = conn.dialect.identifier_preparer.quote
    for table in tables:
        conn.execute(text(f"ALTER TABLE {quote(table)} SET SCHEMA {aside}"))
    return aside


def _require_alone(conn: Connection) -> None:
    others = conn.scalar(_OTHERS)
    for _ in range(_PATIENCE if others else 0):
        # The server takes a moment to notice that a program which just stopped has gone.
        conn.execute(_A_MOMENT)
        others = conn.scalar(_OTHERS)
        if not others:
            break
    if others:
        raise Refused(
            "restore.in_use",
            f"{others} other connections use the database.",
            "Expected nobody: a centre that runs would go on with half of each.",
            "Stop the centre first.",
        )


def _undo(conn: Connection, aside: str) -> None:
    quote = conn.dialect.identifier_preparer.quote
    for table in list(conn.scalars(_TABLES)):
        conn.execute(text(f"DROP TABLE {quote(table)} CASCADE"))
    _put_back(conn, aside)


def _put_back(conn: Connection, aside: str) -> None:
    if not aside:
        return
    here = conn.dialect.identifier_preparer.quote(str(conn.scalar(text("SELECT current_schema()"))))
    quote = conn.dialect.identifier_preparer.quote
    kept = text("SELECT tablename FROM pg_tables WHERE schemaname = :aside")
    for table in list(conn.scalars(kept, {"aside": aside})):
        conn.execute(text(f"ALTER TABLE {aside}.{quote(table)} SET SCHEMA {here}"))
    conn.execute(text(f"DROP SCHEMA {aside}"))


def _run(program: str, url: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on a database, with no secret in sight of others on this computer."""
    with _connection(url) as (where, environment):
        done = subprocess.run(
            [_program(program), f"--dbname={where}", *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
    if done.returncode != 0:
        said = done.stdout.strip().splitlines() or ["nothing"]
        raise Unavailable(f"{program} did not do it; it said: {said[0]}")


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(
            "backup.program",
            f"There is no {name} on this computer.",
            "Expected PostgreSQL's own client programs on the path.",
            "Install them (Debian: postgresql-client), of the server's version or newer.",
        )
    return found


@contextmanager
def _connection(url: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Where a database is, for a command line, and the environment with its password.

    Other secrets have no variable of their own: they go in a file that only this user can read, for so long.
    """
    parsed = make_url(url)
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    password = given.pop("password", None)
    secrets = {name: given.pop(name) for name in _SECRETS if name in given}
    # Hosts without ports come as a list of nothings.
    if not str(given.get("port", "")).strip(","):
        given.pop("port", None)
    environment = dict(os.environ) | ({"PGPASSWORD": str(password)} if password else {})
    if not secrets:
        yield make_conninfo(**given), environment
        return
    if "service" in given:
        raise Refused(
            "backup.service",
            f"Read an address with both a service and {', '.join(secrets)}.",
            "Expected secrets in the service's own file.",
            "Put them there and take them out of the address.",
        )
    with tempfile.NamedTemporaryFile("w", prefix="backhaul-", encoding="utf-8") as file:
        lines = [f"[{_SERVICE}]", *(f"{name}={said}" for name, said in secrets.items())]
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        yield make_conninfo(service=_SERVICE, **given), environment | {"PGSERVICEFILE": file.name}
