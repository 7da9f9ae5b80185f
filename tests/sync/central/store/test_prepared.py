"""Bulk statements do in both databases what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, func, insert, select, update

from app.domain.refusal import Unavailable
from sync.central.store.database import Database, create_database
from sync.central.store.failures import Defective
from sync.central.store.prepared import (
    asking,
    asking_each,
    at_once,
    inserting,
    replacing,
    updating,
    upserting,
)
from sync.central.store.tables import counter, policy, rma_done

ROW = {"rma": "R-1", "line": 1, "station": "s", "qty": 2}

put = inserting(rma_done)
add = upserting(rma_done, ("rma", "line", "station"), lambda old, newer: {"qty": old.c.qty + newer.qty})
newest = replacing(counter, ("name",))
lower = updating(
    update(rma_done).where(rma_done.c.rma == bindparam("of")).values(qty=rma_done.c.qty - bindparam("less")),
    "of",
    "less",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    lite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'c.db'}" if lite else request.getfixturevalue("postgres_url")
    found = create_database(url)
    yield found
    found.close()


def test_rows_are_inserted_added_to_and_lowered(database: Database) -> None:
    with database.write() as conn:
        put.run(conn, [ROW, {**ROW, "line": 2}])
        add.run(conn, [ROW, {**ROW, "line": 3}, {**ROW, "line": 3, "qty": 5}])
        lower.run(conn, [{"of": "R-1", "less": 1}, {"of": "another", "less": 9}])
    with database.read() as conn:
        rows = conn.execute(select(rma_done.c.line, rma_done.c.qty).order_by(rma_done.c.line)).all()
    assert [tuple(row) for row in rows] == [(1, 3), (2, 1), (3, 6)]


def test_the_newer_row_replaces_the_older(database: Database) -> None:
    with database.write() as conn:
        newest.run(conn, [{"name": "x", "value": 1}, {"name": "x", "value": 2}])
    with database.read() as conn:
        assert conn.scalar(select(counter.c.value).where(counter.c.name == "x")) == 2


def test_no_rows_are_no_statement(database: Database) -> None:
    with database.write() as conn:
        for many in (put, add, lower):
            many.run(conn, [])


some = asking(
    lambda among: (
        select(rma_done.c.line, rma_done.c.qty)
        .where(
            among(rma_done.c.station, "stations"),
            rma_done.c.rma == "R-1",
            rma_done.c.qty > bindparam("least"),
        )
        .order_by(rma_done.c.line)
    )
)
numbered = updating(
    insert(policy).returning(policy.c.id), "version", "source", "as_new", "published_at", "published_by"
)


def test_a_list_stands_for_any_of_its_values(database: Database) -> None:
    stations = ["s", "with 'quotes\" and, commas", "ä", "[]"]
    with database.write() as conn:
        put.run(conn, [{**ROW, "line": n, "station": name} for n, name in enumerate(stations, 1)])
    with database.read() as conn:
        for _ in range(2):
            assert [row.line for row in some.rows(conn, stations=stations[1:], least=1)] == [2, 3, 4]
        assert some.rows(conn, stations=[], least=0) == []
        assert some.rows(conn, stations=stations, least=2) == []
        first = some.first(conn, stations=["s", "s", "never heard of"], least=0)
        assert first is not None
        assert tuple(first) == (1, 2)
        assert some.first(conn, stations=[], least=0) is None


def test_an_insert_gives_back_its_number(database: Database) -> None:
    def made(version: str) -> int:
        with database.write() as conn:
            row = numbered.one(
                conn, version=version, source="", as_new="[]", published_at="", published_by=""
            )
            assert row is not None
            return int(row.id)

    assert [made("a"), made("b")] == [1, 2]


def test_one_row_may_give_back_nothing(database: Database) -> None:
    with database.write() as conn:
        assert put.one(conn, **ROW) is None
        assert lower.one(conn, of="R-1", less=2) is None
    with database.read() as conn:
        assert conn.scalar(select(rma_done.c.qty)) == 0


unfit = asking(lambda _: select(policy.c.id).where(policy.c.version == func.no_such_function(bindparam("v"))))


def test_what_the_driver_refuses_is_told_without_a_value(database: Database) -> None:
    with pytest.raises(Exception) as told, database.read() as conn:  # noqa: PT011 - away or defective
        unfit.rows(conn, v="Ada Lovelace")
    assert isinstance(told.value, Defective | Unavailable)
    with database.read() as conn:
        assert some.rows(conn, stations=["s"], least=0) == []


def test_rows_come_one_after_the_other_and_by_name(database: Database) -> None:
    with database.write() as conn:
        put.run(conn, [{**ROW, "line": n} for n in range(1, 2501)])
    with database.read() as conn:
        assert [line for line, _ in some.each(conn, stations=["s"], least=0)] == list(range(1, 2501))
        assert some.rows(conn, stations=["s"], least=0)[-1].line == 2500


each = asking_each(
    "stations",
    lambda is_asked: (
        select(rma_done.c.station, func.sum(rma_done.c.qty))
        .where(is_asked(rma_done.c.station), rma_done.c.qty > bindparam("least"))
        .group_by(rma_done.c.station)
    ),
)


def test_rows_of_each_value_of_a_list(database: Database) -> None:
    stations = ["s", "with 'quotes\" and, commas", "ä", "[]"]
    with database.write() as conn:
        put.run(conn, [{**ROW, "line": n, "station": name} for n in (1, 2) for name in stations])
    with database.read() as conn:
        for _ in range(12):
            found = dict(each.each(conn, stations=[*stations[1:], "never heard of"], least=1))
            assert found == dict.fromkeys(stations[1:], 4)
        assert each.rows(conn, stations=[], least=0) == []
        assert each.rows(conn, stations=stations, least=2) == []


def test_several_are_asked_at_once_and_answered_in_their_order(database: Database) -> None:
    with database.write() as conn:
        put.run(conn, [ROW, {**ROW, "line": 2, "station": "t"}])
        # What was written just before is read, too.
        by_station, lines = at_once(
            conn, (each, {"stations": ["t", "s"], "least": 0}), (some, {"stations": ["s"], "least": 0})
        )
        assert sorted(by_station) == [("s", 2), ("t", 2)]
        assert list(lines) == [(1, 2)]


def test_one_that_is_refused_among_several_is_told_and_the_next_look_is_well(database: Database) -> None:
    given = {"stations": ["s"], "least": 0}
    several = ((some, given), (unfit, {"v": "Ada Lovelace"}), (some, given))
    with pytest.raises(Exception) as told, database.read() as conn:  # noqa: PT011 - away or defective
        _ = [list(rows) for rows in at_once(conn, *several)]
    assert isinstance(told.value, Defective | Unavailable)
    assert "Ada" not in str(told.value)
    with database.read() as conn:
        assert some.rows(conn, **given) == []
