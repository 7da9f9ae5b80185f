from __future__ import annotations

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, create_engine, select

from app.queries.prepared import prepare

SHELF = Table("shelf", MetaData(), Column("place", Text), Column("level", Integer), Column("full", Integer))


def test_values_go_to_their_marks_in_whatever_order_they_are_given() -> None:
    question = prepare(
        select(SHELF.c.place)
        .where(SHELF.c.full == 0, SHELF.c.level >= bindparam("least"), SHELF.c.place != bindparam("but"))
        .order_by(SHELF.c.place)
        .limit(bindparam("most"))
    )
    with create_engine("sqlite://").connect() as connection:
        SHELF.create(connection)
        for place, level, full in (("A", 1, 0), ("B", 2, 0), ("C", 2, 1), ("D", 3, 0), ("E", 4, 0)):
            connection.execute(SHELF.insert().values(place=place, level=level, full=full))
        found = question.ask(connection, most=2, but="D", least=2)
        assert [row.place for row in found] == ["B", "E"]
        assert question.ask(connection, most=9, but="", least=5).first() is None
        with pytest.raises(KeyError, match="least"):
            question.ask(connection, most=2, but="D")
