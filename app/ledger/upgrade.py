"""The version gate: makes a new database, upgrades an older one, refuses a newer or a strange one.

An upgrade is one transaction over all its steps, after a copy of the file was put beside it: a step that
fails, or a power cut, leaves the old database as it was.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.domain.clock import Clock
from app.domain.refusal import Refused, Unavailable
from app.ledger.copying import copy_database
from app.ledger.database import Database
from app.ledger.tables import APPLICATION_ID, SCHEMA

NEWER = "ledger.newer"
"""The refusal of a record that a newer program wrote."""

_MAGIC = b"SQLite format 3\x00"
_NOT_A_DATABASE = 26


@dataclass(frozen=True, slots=True)
class _Found:
    """What the file said before anything was changed; `schema` is empty for a new one."""

    schema: str
    app_ver: str


def make_current(database: Database, clock: Clock, app_ver: str) -> None:
    """Brings the file to this program's schema; one that is current is only looked at.

    Raises:
        Refused: `ledger.newer`, `ledger.not_sqlite` or `ledger.not_ours`; the file is untouched.
        Unavailable: the file cannot be read, copied or written; it is as it was.
    """
    found = _look(database.path, database.dbapi)
    if found.schema == SCHEMA:
        return
    if found.schema > SCHEMA:
        raise Refused(
            NEWER,
            f"{database.path} was written by Backhaul {found.app_ver} (schema {found.schema}).",
            f"This is Backhaul {app_ver}, which knows schemas up to {SCHEMA}.",
            f"Install Backhaul {found.app_ver} or later; nothing was changed. To bring its events to the "
            f"centre without it: `backhaul sync export FILE --data {database.path.parent}`.",
        )
    if found.schema:
        _copy(database, found.schema, clock.now())
    _climb(database)


def _look(path: Path, dbapi: Any) -> _Found:
    try:
        if path.exists():
            with path.open("rb") as file:
                start = file.read(len(_MAGIC))
            if start and start != _MAGIC:
                raise _strange("ledger.not_sqlite", path, "is not a database")
        # A plain look: the station's own way of opening would already change the journal mode.
        with closing(dbapi.connect(str(path), isolation_level=None)) as connection:
            return _read(connection, path)
    except (OSError, dbapi.DatabaseError) as wrong:
        if getattr(wrong, "sqlite_errorcode", 0) == _NOT_A_DATABASE:
            raise _strange("ledger.not_sqlite", path, "is not a database") from None
        raise Unavailable(f"The station's database {path} cannot be opened: {wrong}.") from wrong


def _read(connection: Any, path: Path) -> _Found:
    def one(statement: str) -> Any:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None

    application = one("PRAGMA application_id")
    if not application and not one("SELECT count(*) FROM sqlite_master"):
        return _Found("", "")
    if application != APPLICATION_ID:
        raise _strange("ledger.not_ours", path, "is a database of another program")
    schema = one("SELECT version_num FROM alembic_version")
    app_ver = one("SELECT value FROM meta WHERE name = 'app_ver'")
    return _Found(str(schema), str(app_ver))


def _strange(code: str, path: Path, what: str) -> Refused:
    return Refused(
        code,
        f"{path} {what}.",
        "The database of a Backhaul station was expected there.",
        "Choose another data folder; nothing was changed.",
    )


def _copy(database: Database, schema: str, now: datetime) -> None:
    path = database.path
    target = path.with_name(f"{path.stem}-schema{schema}-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    with closing(database.dbapi.connect(str(path), isolation_level=None)) as source:
        copy_database(database.dbapi, source, target)


def _climb(database: Database) -> None:
    # Loaded only when there is something to do: it would double the time to the first window.
    from app.ledger.steps import climb  # noqa: PLC0415

    climb(database)
