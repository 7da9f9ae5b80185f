from __future__ import annotations

import sqlite3
from pathlib import Path

from app.ledger.database import Database
from app.ledger.steps import climb, scripts
from app.ledger.tables import metadata


def test_steps_are_one_line_numbered_from_one() -> None:
    steps = list(scripts().walk_revisions())[::-1]
    assert [step.revision for step in steps] == [f"{n:04d}" for n in range(1, len(steps) + 1)]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]
    assert all(Path(step.path).name.startswith(f"v{step.revision}_") for step in steps)


def test_climbing_twice_is_climbing_once(tmp_path: Path) -> None:
    database = Database(tmp_path / "d.db", sqlite3)
    for _ in range(2):
        climb(database)
        names = database.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert set(names.scalars()) == {*metadata.tables, "alembic_version"}
    database.close()


def test_references_are_watched_again_afterwards(tmp_path: Path) -> None:
    database = Database(tmp_path / "d.db", sqlite3)
    climb(database)
    assert database.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()
