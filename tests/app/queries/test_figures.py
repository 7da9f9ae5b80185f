from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.ledger import outbox
from app.ledger.writer import Ledger
from app.queries.figures import BREAK_S, Figures, figures, local_midnight
from tests.app.ledger.station import START, Station

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2026-11-23T09:00:00Z", "2026-11-23T00:00:00Z"),
        ("2026-07-01T23:30:00Z", "2026-07-01T23:00:00Z"),
        # The night the clocks go forward, and the night they go back.
        ("2026-03-29T12:00:00Z", "2026-03-29T00:00:00Z"),
        ("2026-10-25T12:00:00Z", "2026-10-24T23:00:00Z"),
    ],
)
def test_midnight_is_the_sites(now: str, midnight: str) -> None:
    found = local_midnight(datetime.fromisoformat(now), LONDON)
    assert found == datetime.fromisoformat(midnight)
    assert found.tzinfo is UTC


def test_nothing_done_has_no_pace(ledger: Ledger) -> None:
    assert figures(ledger.connection, START) == Figures(0, None, 0)


def test_units_and_their_median_pace(station: Station, ledger: Ledger) -> None:
    # Each disposition moves the clock by a second of its own.
    for wait, qty in ((0, 1), (39, 1), (59, 2), (19, 1)):
        station.clock.forward(wait)
        ledger.record(station.disposition(qty=qty))
    found = figures(ledger.connection, START)
    assert (found.units, found.median_s, found.waiting) == (5, 30, 4)


def test_a_break_is_no_slow_unit(station: Station, ledger: Ledger) -> None:
    for wait in (0, 19, BREAK_S, 19):
        station.clock.forward(wait)
        ledger.record(station.disposition())
    assert figures(ledger.connection, START).median_s == 20


def test_what_was_before_or_taken_back_or_of_another_kind_does_not_count(
    station: Station, ledger: Ledger
) -> None:
    ledger.record(station.disposition())
    since = station.clock.at + timedelta(seconds=1)
    undone = station.disposition()
    ledger.record(undone)
    ledger.record(station.disposition(qty=2))
    ledger.record(station.arrival())
    ledger.record(station.undoing(undone))
    found = figures(ledger.connection, since)
    assert (found.units, found.median_s) == (2, None)


def test_what_waits_is_what_is_not_acknowledged(station: Station, ledger: Ledger) -> None:
    hashes = [ledger.record(station.arrival()).hash for _ in range(4)]
    assert outbox.acknowledge(ledger, 1, 3, hashes[2])
    assert figures(ledger.connection, START).waiting == 1
    assert outbox.acknowledge(ledger, 1, 4, hashes[3])
    assert figures(ledger.connection, START).waiting == 0
