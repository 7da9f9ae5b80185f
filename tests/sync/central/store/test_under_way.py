"""The mark of a restore: there from its first transaction to its end."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from app.domain.refusal import Refused, Unavailable
from sync.central.store import under_way


def test_what_was_begun_is_known_until_it_ends(empty_postgres_url: str) -> None:
    engine = create_engine(empty_postgres_url)
    with engine.begin() as conn:
        assert under_way.begun(conn) is None
        under_way.begin(conn, "replaced_7")
    with engine.begin() as conn:
        assert under_way.begun(conn) == "replaced_7"
    with pytest.raises(Refused, match="Run the restore again") as no:
        under_way.standing(empty_postgres_url)
    assert no.value.code == "restore.unfinished"
    for _ in range(2):
        under_way.finish(empty_postgres_url)
        assert under_way.standing(empty_postgres_url) == under_way.Standing(tables=False, kept=())
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE notes (x int)"))
        conn.execute(text("CREATE SCHEMA replaced_1"))
    assert under_way.standing(empty_postgres_url) == under_way.Standing(tables=True, kept=("replaced_1",))
    engine.dispose()


def test_a_database_that_is_away_is_said() -> None:
    away = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"
    for asked in (under_way.standing, under_way.finish):
        with pytest.raises(Unavailable):
            asked(away)
