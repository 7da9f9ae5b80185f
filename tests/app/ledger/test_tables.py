from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Table

from app.domain.account import KEY_PARTS
from app.ledger.steps import scripts
from app.ledger.tables import ACCOUNT_KEY, APPLICATION_ID, SCHEMA, metadata
from app.ledger.writer import Ledger


def test_the_migrations_make_exactly_these_tables(ledger: Ledger) -> None:
    context = MigrationContext.configure(
        ledger.connection, opts={"compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_storage_is_as_declared(ledger: Ledger, table: Table) -> None:
    """What comparing leaves out: rowids, checks and partial indexes, as SQLite wrote them down."""
    stored = str(
        ledger.connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table.name,)
        ).scalar_one()
    )
    assert ("WITHOUT ROWID" in stored) == (table.dialect_options["sqlite"]["with_rowid"] is False)
    rows = ledger.connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL",
        (table.name,),
    )
    indexes: dict[str | None, str] = {row.name: row.sql for row in rows}
    assert indexes.keys() == {index.name for index in table.indexes}
    for index in table.indexes:
        where = index.dialect_options["sqlite"]["where"]
        assert indexes[index.name].endswith(f"WHERE {where}" if where is not None else ")")


def test_the_newest_step_is_the_schema() -> None:
    assert scripts().get_current_head() == SCHEMA
    assert SCHEMA.isdigit()


def test_the_file_says_whose_it_is(ledger: Ledger) -> None:
    assert ledger.connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID


def test_the_account_key_holds_every_part() -> None:
    assert sorted(ACCOUNT_KEY) == sorted(KEY_PARTS)


def test_a_move_of_nothing_cannot_be_stored(ledger: Ledger) -> None:
    stored = ledger.connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'move'").scalar()
    assert "CHECK (qty > 0)" in str(stored)
