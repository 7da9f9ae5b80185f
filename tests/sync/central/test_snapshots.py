"""Files of snapshots: the same whoever makes them, kept a while, and never more than a few."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.feed import Cursor
from sync.central import snapshots
from sync.central.snapshots import GOOD_FOR, Snapshots
from tests.sync.central.receiving import NOW, Store, store_in
from tests.sync.central.vouching import announce


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        announce(found, 40)
        yield found


@pytest.fixture
def made(store: Store) -> Iterator[Snapshots]:
    found = Snapshots(store.database, store.centre_id)
    yield found
    found.close()


def whole(made: Snapshots, cursor: Cursor, site: str = "WH1") -> bytes:
    data = b""
    while piece := made.piece(site, cursor, len(data), NOW):
        data += piece
    return data


def test_another_process_makes_the_very_same_file(store: Store, made: Snapshots) -> None:
    said = made.newest("WH1", NOW)
    announce(store, 3, "later")
    other = Snapshots(store.database, store.centre_id)
    try:
        data = whole(other, said.cursor)
    finally:
        other.close()
    assert data == whole(made, said.cursor)
    assert (len(data), said.mirror.rows) == (said.size, 40)
    assert len(gzip.decompress(data).splitlines()) == 40


def test_one_that_is_some_minutes_old_is_as_good(store: Store, made: Snapshots) -> None:
    first = made.newest("WH1", NOW)
    announce(store, 1, "later")
    assert made.newest("WH1", NOW + GOOD_FOR - timedelta(seconds=1)) == first
    assert made.newest("WH1", NOW + GOOD_FOR).cursor.pos == first.cursor.pos + 1
    assert made.newest("WH2", NOW).site == "WH2"


def test_a_position_of_another_feed_has_none(made: Snapshots) -> None:
    said = made.newest("WH1", NOW)
    assert made.piece("WH1", Cursor(said.cursor.gen + 1, 1), 0, NOW) is None
    assert made.piece("WH1", Cursor(said.cursor.gen, said.cursor.pos + 1), 0, NOW) is None


def test_closed_it_leaves_nothing_behind(made: Snapshots) -> None:
    said = made.newest("WH1", NOW)
    folder = made._folder
    assert folder is not None
    made.close()
    assert not Path(folder.name).exists()
    assert whole(made, said.cursor)


def test_only_a_few_files_stay(made: Snapshots, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "MOST", 2)
    cursors = [made.newest(site, NOW).cursor for site in ("A", "B", "C")]
    folder = made._folder
    assert folder is not None
    assert len(list(Path(folder.name).iterdir())) == 2
    # One that is gone is made anew.
    assert whole(made, cursors[0], "A")
