"""Rows that a checkpoint vouches for are found changed, whoever changed them and whichever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync.central.checks.trail import check_trail
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.vouching import announce, granted, vouch, worked


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        granted(found)
        bench = Bench()
        found.enrol(bench)
        for day in range(3):
            announce(found, 2, f"day {day}")
            worked(found, bench, 2)
            vouch(found, found.clock.now() + timedelta(days=day))
        announce(found, 1, "after")
        yield found


def broken(store: Store, *changes: str) -> set[str]:
    """What is found once these rows were changed, which is taken back."""
    with store.database.write() as conn, conn.begin_nested() as planted:
        for change in changes:
            assert conn.exec_driver_sql(change).rowcount > 0, change
        found = {f"{one.subject}: {one.found}" for one in check_trail(conn)}
        planted.rollback()
    return found


def test_a_trail_that_was_left_alone_holds(store: Store) -> None:
    with store.database.read() as conn:
        assert list(check_trail(conn)) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            "UPDATE feed SET document = '{}' WHERE key = 'day 1-0'",
            {"checkpoint 2: other feed", "checkpoint 3: other feed"},
        ),
        ("UPDATE feed SET document = '{}' WHERE key = 'after-0'", set()),
        (
            "UPDATE receipt SET received_at = '2020' WHERE id = (SELECT max(id) FROM receipt)",
            {"checkpoint 3: other receipts"},
        ),
        (
            "DELETE FROM receipt WHERE id = (SELECT max(id) FROM receipt)",
            {"checkpoint 3: 5 entries of receipts"},
        ),
        (
            "UPDATE audit_checkpoint SET sig = '00' WHERE number = 1",
            {"checkpoint 1: bytes that are not signed"},
        ),
        (
            "UPDATE audit_checkpoint SET sig = 'no digits' WHERE number = 1",
            {"checkpoint 1: bytes that are not signed"},
        ),
        (
            "UPDATE audit_checkpoint SET policy_key = 9 WHERE number = 2",
            {"checkpoint 2: bytes that are not signed"},
        ),
    ],
)
def test_each_change_is_named(store: Store, change: str, expected: set[str]) -> None:
    assert broken(store, change) == expected


def test_a_checkpoint_that_is_gone_leaves_a_gap(store: Store) -> None:
    (found,) = broken(store, "DELETE FROM audit_checkpoint WHERE number = 2")
    assert found.startswith("checkpoint 3: number 3, after ")
