"""The steps together make exactly the tables that the program works with."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from sync.central.store.database import create_database
from sync.central.store.tables import metadata


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_steps_make_the_tables_of_this_version(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}" if kind == "sqlite" else request.getfixturevalue("postgres_url")
    database = create_database(url)
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
    database.close()


def test_every_table_and_index_is_word_for_word_the_same(tmp_path: Path) -> None:
    asked = text("SELECT name, sql FROM sqlite_master WHERE name <> 'alembic_version' ORDER BY name")
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.read() as conn:
        stepped = conn.execute(asked).all()
    database.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    metadata.create_all(engine)
    with engine.connect() as conn:
        declared = conn.execute(asked).all()
    engine.dispose()
    assert [row for row in stepped if "alembic" not in row.name] == declared
