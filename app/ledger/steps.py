"""Runs the migrations of a station database, all of them in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from app.ledger import migrations
from app.ledger.database import Database


def scripts() -> ScriptDirectory:
    """The shipped migrations."""
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def climb(database: Database, to: str = "head") -> None:
    """Applies every step up to `to`, or none.

    Raises:
        Unavailable: the disk or the file; nothing was changed.
    """
    directory = scripts()

    def missing(revision: Any, _context: Any) -> Iterable[Any]:
        return directory._upgrade_revs(to, revision)  # noqa: SLF001 - as Alembic's own upgrade command does

    # Tables are rebuilt under their references; the check below looks at all of them before the commit.
    database.connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    with (
        database.transaction() as tx,
        EnvironmentContext(Config(), directory, fn=missing, destination_rev=to) as environment,
    ):
        environment.configure(connection=tx.connection, transactional_ddl=True)
        environment.run_migrations()
        broken = tx.connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"migration left a broken reference: {broken}")
    # The next use opens the file in the station's own way, references watched.
    database.close()
