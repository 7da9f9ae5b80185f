"""The steps together make exactly the tables that the program works with."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select, text

from sync.central.rules.spelling import look_alike
from sync.central.store.database import create_database
from sync.central.store.migration import SCRIPTS
from sync.central.store.tables import item, metadata


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_steps_make_the_tables_of_this_version(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'c.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    database = create_database(url)
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
    database.close()


def test_every_column_and_index_is_the_same(tmp_path: Path) -> None:
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.read() as conn:
        stepped = _described(conn)
    database.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    metadata.create_all(engine)
    with engine.connect() as conn:
        declared = _described(conn)
    engine.dispose()
    assert stepped == declared


def _described(conn: Connection) -> dict[str, list[object]]:
    """Columns with type, default and place in the key, keys to other tables, and indexes, of every table."""
    asked = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'")
    found: dict[str, list[object]] = {}
    for name in sorted(conn.scalars(asked)):
        columns = [tuple(row)[1:] for row in conn.execute(text(f"PRAGMA table_xinfo({name!r})"))]
        keys = [tuple(row)[2:] for row in conn.execute(text(f"PRAGMA foreign_key_list({name!r})"))]
        sql = text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :of ORDER BY name"
        )
        indexes = [tuple(row) for row in conn.execute(sql, {"of": name})]
        found[name] = [sorted(columns), sorted(keys), indexes]
    return found


def test_items_of_the_first_version_get_their_folded_codes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    skus = ["K-10", "k 1O", "\uff2b-1", *(f"S{n}" for n in range(2_100))]
    engine = create_engine(url)
    with engine.begin() as conn:
        steps = EnvironmentContext(config, scripts, fn=lambda at, _: scripts._upgrade_revs("0001", at))
        with steps:
            steps.configure(connection=conn, transactional_ddl=True)
            steps.run_migrations()
        insert = text("INSERT INTO item VALUES (:sku, '{}', 'none', 0, 'GBP', false, 0, NULL)")
        conn.execute(insert, [{"sku": sku} for sku in skus])
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        found = {row.sku: row.folded for row in conn.execute(select(item.c.sku, item.c.folded))}
    database.close()
    assert found == {sku: look_alike(sku) for sku in skus}
