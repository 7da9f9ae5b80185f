"""The stored trees give the same roots and proofs as the whole list, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.domain.merkle import Growing, Tree, consistency, follows, includes
from sync.central.store import trail
from sync.central.store.tables import audit_tile, feed
from sync.central.store.trail import WIDTH, Stored, TreeName, grow, inclusion_of, leaves_after
from tests.sync.central.receiving import Bench, Store, store_in
from tests.sync.central.vouching import announce, granted, worked


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with store_in(tmp_path, url) as found:
        granted(found)
        yield found


def whole(store: Store, tree: TreeName) -> list[bytes]:
    with store.database.read() as conn:
        return [leaf for _, leaf in leaves_after(conn, tree, 0)]


def over(leaves: list[bytes]) -> Tree:
    growing = Growing()
    for leaf in leaves:
        growing.add(leaf)
    return growing.tree


def tiles(store: Store) -> dict[int, int]:
    with store.database.read() as conn:
        rows = conn.execute(select(audit_tile.c.level, func.count()).group_by(audit_tile.c.level))
        return {int(level): int(number) for level, number in rows}


def test_roots_are_those_over_all_rows_before_and_after_growing(store: Store) -> None:
    announce(store, 2 * WIDTH + 7)
    bench = Bench()
    store.enrol(bench)
    worked(store, bench, 3)
    for name in TreeName:
        with store.database.write() as conn:
            before = Stored(conn, name).tree()
            assert grow(conn, name)
            after = Stored(conn, name).tree()
        assert before == after == over(whole(store, name))
        assert before.size == len(whole(store, name)) > 2
    assert tiles(store) == {0: 2}


def test_every_size_is_proven_to_go_on_to_the_newest(store: Store) -> None:
    announce(store, WIDTH + 40)
    leaves = whole(store, TreeName.FEED)
    with store.database.write() as conn:
        grow(conn, TreeName.FEED)
        stored = Stored(conn, TreeName.FEED)
        new = stored.tree()
        for old in (0, 1, 2, WIDTH - 1, WIDTH, WIDTH + 1, len(leaves) - 1, len(leaves)):
            path = consistency(old, new.size, stored)
            assert follows(over(leaves[:old]), new, path), old


def test_growing_stops_where_it_is_told_and_goes_on(store: Store) -> None:
    announce(store, 3 * WIDTH)
    with store.database.write() as conn:
        assert not grow(conn, TreeName.FEED, 2)
        assert grow(conn, TreeName.FEED, 2)
        assert grow(conn, TreeName.FEED, 2)
    assert tiles(store) == {0: 3}


def test_full_rows_of_tiles_get_one_above(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    # Tiles of four: three levels of them with few rows.
    monkeypatch.setattr(trail, "_DEPTH", 2)
    monkeypatch.setattr(trail, "WIDTH", 4)
    announce(store, 70)
    with store.database.write() as conn:
        assert grow(conn, TreeName.FEED)
        stored = Stored(conn, TreeName.FEED)
        found, size = stored.tree(), stored.size
        paths = {old: consistency(old, size, stored) for old in range(size)}
    leaves = whole(store, TreeName.FEED)
    assert tiles(store) == {0: 18, 1: 4, 2: 1}
    assert found == over(leaves)
    assert all(follows(over(leaves[:old]), found, path) for old, path in paths.items())


def test_an_entry_is_found_and_proven_at_its_place(store: Store) -> None:
    announce(store, WIDTH + 5)
    with store.database.write() as conn:
        grow(conn, TreeName.FEED)
        places = list(conn.scalars(select(feed.c.pos).order_by(feed.c.pos)))
        tree = Stored(conn, TreeName.FEED).tree()
        for index in (0, 1, WIDTH - 1, WIDTH, len(places) - 1):
            found = inclusion_of(conn, TreeName.FEED, places[index], tree.size)
            assert found is not None
            assert found["index"] == index
            path = found["path"]
            assert isinstance(path, list)
            leaf = bytes.fromhex(str(found["leaf"]))
            assert includes(tree, index, leaf, [bytes.fromhex(step) for step in path])
        assert inclusion_of(conn, TreeName.FEED, places[5], 5) is None
        assert inclusion_of(conn, TreeName.FEED, places[-1] + 1, tree.size) is None


def test_what_came_after_what_is_asked_about_is_not_read(store: Store) -> None:
    announce(store, WIDTH + 9)
    with store.database.write() as conn:
        grow(conn, TreeName.FEED)
        assert Stored(conn, TreeName.FEED).size > WIDTH + 4
        few = Stored(conn, TreeName.FEED, WIDTH + 4)
        assert few.tree() == over(whole(store, TreeName.FEED)[: WIDTH + 4])
        assert Stored(conn, TreeName.FEED, 5).size == WIDTH
