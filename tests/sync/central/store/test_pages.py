from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.domain.feed import Cursor, Page
from sync.central.store.feed import Record, position, publish
from sync.central.store.pages import MAX_SIGNS, page_after
from sync.central.store.tables import meta
from sync.wire import codec
from sync.wire.protocol import MAX_ANSWER
from tests.sync.central.receiving import Store, store_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def commit(store: Store, *sizes: int) -> None:
    """Publishes so many records in so many calls, all in one commit."""
    with store.database.write() as conn:
        for size in sizes:
            _, pos = position(conn)
            publish(
                conn,
                [Record("tariff", f"K-{pos + n}", {"sku": f"K-{pos + n}"}) for n in range(1, size + 1)],
            )


def page(store: Store, gen: int, pos: int, limit: int = 1000) -> Page:
    with store.database.read() as conn:
        return page_after(conn, Cursor(gen, pos), limit)


def test_an_empty_feed_is_a_place_to_stand(store: Store) -> None:
    assert page(store, 0, 0) == Page(1, 0)
    assert page(store, 1, 0) == Page(1, 0)


def test_changes_come_in_commit_order_with_their_documents(store: Store) -> None:
    commit(store, 2)
    commit(store, 1)
    found = page(store, 1, 1)
    assert [(c.pos, c.key, c.document) for c in found.changes] == [
        (2, "K-2", {"sku": "K-2"}),
        (3, "K-3", {"sku": "K-3"}),
    ]
    assert (found.gen, found.upto, found.more) == (1, 3, False)


def test_a_commit_is_never_cut(store: Store) -> None:
    commit(store, 2, 3)
    commit(store, 1)
    first = page(store, 1, 0, limit=1)
    assert (first.upto, len(first.changes), first.more) == (5, 5, True)
    assert page(store, 1, 5, limit=1) == Page(1, 6, page(store, 1, 5).changes, more=False)


def test_a_page_of_long_documents_ends_at_an_earlier_commit(store: Store) -> None:
    for n in range(3):
        with store.database.write() as conn:
            publish(conn, [Record("tariff", f"K-{n}-{m}", {"note": "y" * 400}) for m in range(2)])
    with store.database.read() as conn:
        ends = [page_after(conn, Cursor(1, 0), 1000, most).upto for most in (1, 900, 1700, 99_999)]
        first = page_after(conn, Cursor(1, 0), 1000, 900)
    assert ends == [2, 2, 4, 6]
    assert first.more
    assert len(first.changes) == 2


def test_the_longest_page_fits_into_an_answer(store: Store) -> None:
    sign = "\N{SLOT MACHINE}"
    for n in range(3):
        with store.database.write() as conn:
            publish(conn, [Record("tariff", f"K-{n}", {"note": sign * (MAX_SIGNS // 2)})])
    found = page(store, 1, 0)
    assert (found.upto, found.more) == (1, True)
    assert len(codec.encode(found.to_json())) < MAX_ANSWER


def test_what_is_rolled_back_takes_no_position(store: Store) -> None:
    commit(store, 1)
    with contextlib.suppress(ZeroDivisionError), store.database.write() as conn:
        publish(conn, [Record("tariff", "gone", {})])
        raise ZeroDivisionError
    commit(store, 1)
    assert [change.key for change in page(store, 1, 0).changes] == ["K-1", "K-2"]


def test_a_commit_without_changes_moves_nothing(store: Store) -> None:
    commit(store, 2)
    commit(store)
    assert page(store, 1, 0, limit=1).upto == 2


def test_another_generation_begins_anew(store: Store) -> None:
    commit(store, 3)
    with store.database.write() as conn:
        conn.execute(update(meta).where(meta.c.name == "feed_gen").values(value="2"))
    assert page(store, 1, 3).cursor == Cursor(2, 3)
    assert len(page(store, 1, 3).changes) == 3


def test_a_cursor_beyond_the_end_is_told_the_end(store: Store) -> None:
    commit(store, 3)
    assert page(store, 1, 9) == Page(1, 3)


@settings(max_examples=25)
@given(sizes=st.lists(st.lists(st.integers(0, 4), max_size=3), max_size=8), limit=st.integers(1, 9))
def test_pages_put_together_are_the_feed_cut_only_between_commits(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[list[int]], limit: int
) -> None:
    with store_in(tmp_path_factory.mktemp("feed")) as store:
        ends = {0}
        for size in sizes:
            commit(store, *size)
            ends.add(max(ends) + sum(size))
        cursor, seen = Cursor(1, 0), list[int]()
        while True:
            found = page(store, cursor.gen, cursor.pos, limit)
            seen += [change.pos for change in found.changes]
            assert found.upto in ends
            cursor = found.cursor
            if not found.more:
                break
            assert len(found.changes) >= limit
        assert seen == list(range(1, max(ends) + 1))
