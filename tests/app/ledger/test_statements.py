from __future__ import annotations

from dataclasses import fields

import pytest

from app.ledger.statements import Statements, prepare
from app.ledger.writer import Ledger

NAMES = [field.name for field in fields(Statements)]


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_fits_the_migrated_database(ledger: Ledger, name: str) -> None:
    statement = getattr(prepare(), name)
    marks = statement.count("?")
    plan = ledger.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", (None,) * marks)
    assert not [row for row in plan.all() if row[3].startswith("SCAN") and "CONSTANT" not in row[3]]


def test_every_value_is_a_parameter() -> None:
    statements = prepare()
    for name in NAMES:
        assert "'" not in getattr(statements, name)
        assert ":" not in getattr(statements, name)
