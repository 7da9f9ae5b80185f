"""Bringing a database to this version of the tables, and refusing one from the future.

All steps are one transaction, so that one which fails leaves the database as it was; a file is copied before
it. On PostgreSQL a lock lets one process do it while others that start at the same time wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from app.domain.refusal import Refused
from sync.central.store.copying import copy_of
from sync.central.store.tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"
# Any number that no other program on the same server takes for this.
_LOCK = text("SELECT pg_advisory_xact_lock(4702110)")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which version to which; empty for a database that was new. `copy` is what was put aside before."""

    before: str
    now: str
    copy: Path | None = None

    @property
    def changed(self) -> bool:
        """True when any step ran."""
        return self.before != self.now


def upgrade(engine: Engine, file: Path | None = None) -> Upgraded:
    """Runs the missing steps, all in one transaction; an older `file` is copied beside itself first.

    Raises:
        Refused: the database was written by a newer program.
    """
    head, _ = _versions()
    with engine.connect() as conn, conn.begin():
        before = _gate(conn)
    if before == head:
        return Upgraded(before, head)
    copy = None
    if before and file is not None:
        copy = copy_of(engine, file, f"schema{before}")
    with engine.connect() as conn, conn.begin():
        if conn.dialect.name == "postgresql":
            conn.execute(_LOCK)
        before = _gate(conn)
        if before != head:
            _climb(conn, *_steps())
    return Upgraded(before, head, copy)


def version_of(conn: Connection) -> str:
    """The version that the tables are at; empty when there are none."""
    return next(iter(MigrationContext.configure(conn).get_current_heads()), "")


def _steps() -> tuple[Config, ScriptDirectory]:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config, ScriptDirectory.from_config(config)


@cache
def _versions() -> tuple[str, frozenset[str]]:
    """This program's version, and all that it knows; reading its steps costs more than opening a file."""
    _, scripts = _steps()
    known = frozenset(step.revision for step in scripts.walk_revisions())
    return str(scripts.get_current_head()), known


def _climb(conn: Connection, config: Config, scripts: ScriptDirectory, to: str = "head") -> None:
    steps = EnvironmentContext(
        config,
        scripts,
        fn=lambda at, _: scripts._upgrade_revs(to, at),  # noqa: SLF001
    )
    with steps:
        steps.configure(connection=conn, target_metadata=metadata, transactional_ddl=True)
        steps.run_migrations()


def _gate(conn: Connection) -> str:
    head, known = _versions()
    found = version_of(conn)
    if found and found not in known:
        raise Refused(
            "database.too_new",
            f"The centre's database is at version {found}.",
            f"This program knows versions up to {head}.",
            "Start the newer program again, or restore a backup made before the upgrade.",
        )
    return found
