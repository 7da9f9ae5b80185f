"""The conventions every table is declared with."""

from __future__ import annotations

from sqlalchemy import create_mock_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateTable

from sync.central.store.tables import event, metadata
from sync.central.store.tables.base import words


def _dialect(url: str) -> Dialect:
    return create_mock_engine(url, lambda *_: None).dialect


def test_a_text_column_is_not_null_unless_said() -> None:
    assert not words("name").nullable
    assert words("name", null=True).nullable


def test_numbers_count_up_by_themselves_in_both_databases() -> None:
    assert "id INTEGER NOT NULL" in str(CreateTable(event).compile(dialect=_dialect("sqlite://")))
    assert "id BIGSERIAL NOT NULL" in str(
        CreateTable(event).compile(dialect=_dialect("postgresql+psycopg://"))
    )


def test_every_constraint_has_a_name_so_that_a_later_step_can_change_it() -> None:
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
