"""Things and words are what their events say, and a changed row is named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.central.checks.units import check_units
from tests.sync.central.discarding import undo
from tests.sync.central.shop import Shop, open_shop
from tests.sync.central.unit_words import decide, keep_unnamed, name, repaired, returned, with_ways


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Shop]:
    """A thing that waits, a named and an undone one, and a word; what is planted is not proven."""
    with open_shop(tmp_path, prove=False) as shop:
        with_ways(shop)
        keep_unnamed(shop, "H07-1-X")
        keep_unnamed(shop, "H07-2-X")
        name(shop, "H07-2-X", grade="A")
        undo(shop, keep_unnamed(shop, "H07-3-X"))
        repaired(shop, "L07-1-X", returned(shop))
        decide(shop, "L07-1-X", "quarantine")
        yield shop


def found(shop: Shop) -> set[str]:
    return {violation.subject.split(" ")[0] for violation in shop.ask(lambda conn: list(check_units(conn)))}


@pytest.mark.parametrize(
    ("change", "subjects"),
    [
        ("UPDATE unidentified SET state = 'named' WHERE label = 'H07-1-X'", {"thing"}),
        ("UPDATE unidentified SET state = 'waiting' WHERE label = 'H07-3-X'", {"thing"}),
        ("UPDATE unidentified SET station = 'x' WHERE label = 'H07-1-X'", {"thing"}),
        ("UPDATE unidentified SET event_id = 'x' WHERE label = 'H07-1-X'", {"thing", "event"}),
        ("UPDATE unidentified SET case_key = 'x' WHERE label = 'H07-1-X'", {"thing"}),
        ("UPDATE unidentified SET named_by = NULL WHERE label = 'H07-2-X'", {"thing", "event"}),
        ("DELETE FROM unidentified WHERE label = 'H07-1-X'", {"event"}),
        ("DELETE FROM blind_unit WHERE label = 'H07-2-X'", {"event"}),
        ("UPDATE event SET body = '{}' WHERE kind = 'unit.redecided'", {"event"}),
    ],
)
def test_a_changed_row_is_named(day: Shop, change: str, subjects: set[str]) -> None:
    assert found(day) == set()
    day.act(lambda act: act.conn.execute(text(change)))
    assert found(day) == subjects
