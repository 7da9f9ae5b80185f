"""Bringing a database to this version of the tables, and refusing one from the future."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from app.domain.refusal import Refused
from sync.central.store.tables import metadata

SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Runs the missing steps, all in one transaction.

    Raises:
        Refused: the database was written by a newer program.
    """
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as conn, conn.begin():
        _gate(conn, scripts)
        steps = EnvironmentContext(
            config,
            scripts,
            fn=lambda at, _: scripts._upgrade_revs("head", at),  # noqa: SLF001
        )
        with steps:
            steps.configure(connection=conn, target_metadata=metadata, transactional_ddl=True)
            steps.run_migrations()


def _gate(conn: Connection, scripts: ScriptDirectory) -> None:
    known = {step.revision for step in scripts.walk_revisions()}
    for revision in MigrationContext.configure(conn).get_current_heads():
        if revision not in known:
            raise Refused(
                "database.too_new",
                f"The centre's database is at version {revision}.",
                f"This program knows versions up to {scripts.get_current_head()}.",
                "Start the newer program again, or restore a backup made before the upgrade.",
            )
