"""Files of snapshots: the same whoever makes them, kept a while, and never more than a few."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.feed import Cursor
from sync.central import snapshots
from sync.central.snapshots import GOOD_FOR, OTHERS, Snapshots
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


def test_an_old_position_that_somebody_names_is_never_the_newest(store: Store, made: Snapshots) -> None:
    said = made.newest("WH1", NOW)
    old = Cursor(said.cursor.gen, said.cursor.pos - 5)
    assert whole(made, old)
    assert made.newest("WH1", NOW) == said
    # Also where nothing was told of yet.
    other = Snapshots(store.database, store.centre_id)
    try:
        assert whole(other, old)
        assert other.newest("WH1", NOW).cursor == said.cursor
    finally:
        other.close()


def test_whoever_names_many_positions_is_given_few_and_disturbs_nobody(made: Snapshots) -> None:
    said = made.newest("WH1", NOW)
    gen, pos = said.cursor.gen, said.cursor.pos
    given = [n for n in range(1, 12) if made.piece("WH1", Cursor(gen, pos - n), 0, NOW) is not None]
    assert len(given) == OTHERS
    folder = made._folder
    assert folder is not None
    assert len(list(Path(folder.name).iterdir())) == OTHERS + 1
    assert ("WH1", said.cursor) in made._made
    assert made.piece("WH1", Cursor(gen, pos - 20), 0, NOW + GOOD_FOR) is not None
    assert len(list(Path(folder.name).iterdir())) == OTHERS + 1
    assert made.newest("WH1", NOW) == said


def test_one_in_the_middle_of_the_last_snapshot_goes_on(store: Store, made: Snapshots) -> None:
    cursors = []
    for n in range(3):
        announce(store, 1, f"later-{n}")
        cursors.append(made.newest("WH1", NOW + n * GOOD_FOR).cursor)
    for n in range(1, 1 + OTHERS):
        assert made.piece("WH1", Cursor(cursors[0].gen, n), 0, NOW) is not None
    assert [("WH1", cursor) in made._made for cursor in cursors] == [False, True, True]
