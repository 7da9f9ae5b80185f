"""Where a unit goes by its grade, or who is asked."""

from __future__ import annotations

import pytest

from sync.central.commands.put_away import Standing, decided, key_of, record_of, site_of, stands, to_do
from tests.sync.central.shop import Shop
from tests.sync.central.unit_words import with_ways


@pytest.fixture
def ways(shop: Shop) -> Shop:
    return with_ways(shop)


def test_a_rule_decides_where_it_can(ways: Shop) -> None:
    found = ways.ask(lambda conn: decided(conn, "A", "B"))
    assert found is not None
    assert found.outcome.place == "F-01"
    assert ways.ask(lambda conn: stands(conn, found, "WH1"))
    assert not ways.ask(lambda conn: stands(conn, found, "WH2"))
    assert not ways.ask(lambda conn: stands(conn, found, None))


@pytest.mark.parametrize(("sku", "grade"), [("A", None), ("A", "Z"), ("A", "D"), ("NONE", "A")])
def test_nothing_is_decided_without_a_grade_an_item_or_a_rule_that_needs_no_word(
    ways: Shop, sku: str, grade: str | None
) -> None:
    assert ways.ask(lambda conn: decided(conn, sku, grade)) is None


def test_records_and_sites_are_looked_up(ways: Shop) -> None:
    assert ways.ask(lambda conn: record_of(conn, "NONE")) is None
    assert [ways.ask(lambda conn, p=place: site_of(conn, p)) for place in ("F-01", "X")] == ["WH1", None]  # type: ignore[misc]


def test_the_to_do_says_where(ways: Shop) -> None:
    unit = Standing("L07-1-X", "A", 2)
    decision = ways.ask(lambda conn: decided(conn, "A", "B"))
    assert "REFURB, F-01" in to_do(unit, "R-1", decision).fix
    case = to_do(unit, "R-1", None)
    assert (case.key, case.qty, "where its grade says" in case.fix) == (key_of("L07-1-X"), 2, True)
