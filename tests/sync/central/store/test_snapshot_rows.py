"""The rows of a snapshot are those a station would mirror that pulled page after page, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain import canonical
from app.domain.feed import Cursor
from sync.central.store.feed import Record, position, publish
from sync.central.store.pages import page_after
from sync.central.store.snapshot_rows import lines_at
from tests.sync.central.receiving import Store, store_in


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        yield found


def publish_all(store: Store, *records: Record) -> Cursor:
    with store.database.write() as conn:
        publish(conn, records)
        return Cursor(*position(conn))


def test_it_is_what_pulling_would_have_brought_at_any_position(store: Store) -> None:
    cursors = [
        publish_all(store, Record("tariff", "a", {"n": 1}), Record("tariff", "b", {"n": 2.5})),
        publish_all(
            store, Record("tariff", "a", {"n": 3}), Record("approval_unlock", "x", {"sites": ["WH2"]})
        ),
        publish_all(store, Record("approval_unlock", "y", {"sites": ["WH1"]}), Record("tariff", "b", {})),
    ]
    with store.database.read() as conn:
        for cursor in cursors:
            pulled = dict[tuple[str, str], tuple[int, object]]()
            for change in page_after(conn, Cursor(0, 0), 100, site="WH1").changes:
                if change.pos <= cursor.pos:
                    pulled[change.kind, change.key] = change.pos, change.document
            rows = [canonical.decode(line.rstrip()) for line in lines_at(conn, cursor, "WH1")]
            told = {(row["kind"], row["key"]): (row["pos"], json.loads(row["document"])) for row in rows}  # type: ignore[index]
            assert told == pulled
            assert [row["pos"] for row in rows] == sorted(row["pos"] for row in rows)  # type: ignore[index]
