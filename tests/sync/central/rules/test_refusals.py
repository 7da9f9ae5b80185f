"""Refusals are counted by the minute, and no flood of them grows without end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sync.central.rules.refusals import Met, Refusals

NOW = datetime(2026, 11, 22, 10, 0, 30, tzinfo=UTC)
MINUTE = "2026-11-22T10:00:00.000Z"
LATER = NOW + timedelta(minutes=1)


def note(refusals: Refusals, host: str = "192.0.2.1", at: datetime = NOW, who: str = "") -> bool:
    return refusals.note(at, "token.unknown", "GET /v1/items", who, host)


def test_one_source_is_one_row_a_minute() -> None:
    refusals = Refusals(b"k")
    assert [note(refusals) for _ in range(3)] == [True, False, False]
    assert note(refusals, at=LATER)
    (one, other) = refusals.under_way()
    assert (one.minute, one.code, one.times, one.route) == (MINUTE, "token.unknown", 3, "GET /v1/items")
    assert (other.times, one.source) == (1, other.source)


def test_sources_and_callers_are_told_apart_and_no_address_is_kept() -> None:
    refusals = Refusals(b"k")
    for host, who in (("192.0.2.1", ""), ("192.0.2.2", ""), ("192.0.2.1", "shop")):
        note(refusals, host, who=who)
    found = refusals.under_way()
    assert [len({met.source for met in found}), len(found)] == [2, 3]
    assert "192.0.2" not in str(found)
    # Another centre's digests say nothing here.
    other = Refusals(b"other")
    note(other)
    assert other.under_way()[0].source != found[0].source


def test_a_flood_of_sources_is_counted_together() -> None:
    refusals = Refusals(b"k", most=3)
    for number in range(50):
        note(refusals, f"192.0.2.{number}")
    found = refusals.under_way()
    assert [met.times for met in found] == [1, 1, 1, 47]
    assert (found[-1].source, found[-1].code) == ("others", "token.unknown")


def test_minutes_that_wait_for_a_database_are_bounded_too() -> None:
    refusals = Refusals(b"k", most=2)
    for minute in range(100):
        for number in range(5):
            note(refusals, f"192.0.2.{number}", NOW + timedelta(minutes=minute))
    assert sum(met.times for met in refusals.under_way()) == 500
    # Two and the others of each of the first minutes, then one row a minute.
    assert len(refusals.under_way()) < 40 + 100


def test_what_is_over_is_handed_over_once() -> None:
    refusals = Refusals(b"k")
    note(refusals)
    note(refusals, at=LATER)
    assert refusals.take(NOW) == []
    assert [met.minute for met in refusals.take(LATER)] == [MINUTE]
    assert len(refusals.under_way()) == 1
    assert len(refusals.take()) == 1
    assert refusals.take() == []


def test_what_could_not_be_kept_is_added_to_what_came_since() -> None:
    refusals = Refusals(b"k")
    note(refusals)
    taken = refusals.take()
    note(refusals)
    refusals.give_back(taken)
    assert [met.times for met in refusals.under_way()] == [2]


def test_a_row_names_nobody_as_null() -> None:
    met = Met(MINUTE, "token.unknown", "", "ab", "GET /v1/items", 2)
    assert met.to_json()["who"] is None
