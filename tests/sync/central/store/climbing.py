"""A centre's database as an earlier version left it."""

from __future__ import annotations

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from sync.central.store.migration import SCRIPTS


def climb(conn: Connection, to: str) -> None:
    """The steps up to that version."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    steps = EnvironmentContext(config, scripts, fn=lambda at, _: scripts._upgrade_revs(to, at))
    with steps:
        steps.configure(connection=conn, transactional_ddl=True)
        steps.run_migrations()
