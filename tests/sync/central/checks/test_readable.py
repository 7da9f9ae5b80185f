"""A check that breaks is a finding and stops no other; a database that fails is no finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import OperationalError

from app.domain.laws import Violation
from app.domain.refusal import Unavailable
from sync.central.checks.readable import readable
from sync.central.store.tables import event
from tests.sync.central.checks.busy import Busy

ExpectLog = Callable[[str], None]
SEEN = Violation("law", "row 1", "this", "that")


def test_what_was_found_before_the_break_is_told_too(busy: Busy, expect_log: ExpectLog) -> None:
    expect_log("the audit of law broke on table T")

    def breaks(_: Connection) -> Iterator[Violation]:
        yield SEEN
        raise ValueError("x" * 500)

    with busy.database.read() as conn:
        first, broken = readable(conn, "law", breaks, "table T")
    assert first == SEEN
    assert (broken.law, broken.subject) == ("law", "table T")
    assert broken.found.startswith("could not be read: ValueError xxx")
    assert len(broken.found) < 200


def test_the_look_goes_on_after_a_statement_that_failed(busy: Busy, expect_log: ExpectLog) -> None:
    expect_log("the audit of law broke on its rows")

    # PostgreSQL refuses the statement, SQLite answers nothing, which is no number.
    def breaks(conn: Connection) -> tuple[Violation, ...]:
        return (SEEN,) * int(conn.exec_driver_sql("SELECT 1 / 0").scalar_one())

    with busy.database.read() as conn:
        assert [found.law for found in readable(conn, "law", breaks)] == ["law"]
        assert conn.scalar(select(event.c.id).limit(1)) is not None


def test_the_look_goes_on_after_a_break_amid_rows(busy: Busy, expect_log: ExpectLog) -> None:
    expect_log("the audit of law broke on its rows")

    def breaks(conn: Connection) -> Iterator[Violation]:
        with conn.execute(select(event.c.id), execution_options={"yield_per": 1}) as rows:
            for row in rows:
                yield SEEN
                raise LookupError(row.id)

    with busy.database.read() as conn:
        assert len(readable(conn, "law", breaks)) == 2
        assert readable(conn, "law", lambda _: (SEEN,)) == (SEEN,)


@pytest.mark.parametrize("failed", [OperationalError("SELECT", {}, Exception()), Unavailable("away")])
def test_a_database_that_fails_is_no_finding(busy: Busy, failed: Exception) -> None:
    def breaks(_: Connection) -> tuple[Violation, ...]:
        raise failed

    with busy.database.read() as conn, pytest.raises(type(failed)):
        readable(conn, "law", breaks)
