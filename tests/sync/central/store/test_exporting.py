"""What is exported from either database is verified with nothing but what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from app.domain.proof.shape import RECEIPTS, VERDICTS
from sync.central.store.tables import receipt
from sync.wire.sealed import sealed
from tests.app.domain.proof.exported import exported, worked
from tests.sync.central.receiving import Bench, Store, store_in


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


def test_a_worked_centre_is_exported_and_verified(store: Store) -> None:
    worked(store)
    # Bytes that are no text at all are kept as evidence, and a private part is erased by the tables' owner.
    other = Bench(station_id="ab" * 16)
    store.enrol(other)
    store.push(other, [replace(sealed(other.record()), header=b"\xff\x00")])
    export = exported(store)
    assert export.findings() == []
    assert [row["state"] for row in export.rows(RECEIPTS)].count("evidence") == 1
    (judged,) = export.rows(VERDICTS)
    assert [one["verdict"] for one in judged["approvals"]] == ["valid"]


def test_an_erased_private_part_leaves_an_export_whole(store: Store) -> None:
    worked(store)
    with store.database.write() as conn:
        conn.execute(update(receipt).values(private=None, salt=None))
    export = exported(store)
    assert export.findings() == []
    assert {row["private"] for row in export.rows(RECEIPTS)} == {None}
