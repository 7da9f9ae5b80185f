"""A station's clock that is wrong in every way: the order of what happened never is."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.clock import Hlc
from app.domain.envelope import header_fields
from app.ledger import outbox
from app.ledger.audit import audit
from tests.app.ledger.fixtures import founded, station
from tests.app.ledger.station import START, Station

__all__ = ["founded", "station"]
DAY = timedelta(days=1)
BEFORE_IT_WAS_BUILT = datetime(2001, 1, 1, tzinfo=UTC)
# London's clocks go back at this instant; a leap second would be the one after it.
DST = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
LEAP = datetime(2016, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)

JUMPS = {
    "400 days ahead and back": [START + 400 * DAY, START],
    "three days back": [START - 3 * DAY],
    "before the program was built": [BEFORE_IT_WAS_BUILT],
    "frozen": [START] * 6,
    "summer time ends": [DST - timedelta(minutes=1), DST, DST + timedelta(minutes=1)],
    "a leap second, twice the same": [LEAP, LEAP, LEAP + timedelta(milliseconds=1)],
}


@pytest.mark.parametrize("name", JUMPS)
def test_whatever_the_clock_does_the_chain_is_in_order(station: Station, name: str) -> None:
    with station.open() as ledger:
        ledger.record(station.disposition())
        for at in JUMPS[name]:
            station.clock.at = at
            ledger.record(station.disposition())
            ledger.close()
        _in_order(station)


def test_a_clock_that_jumps_at_every_event_orders_nothing(station: Station) -> None:
    rng = random.Random(3)
    with station.open() as ledger:
        for _ in range(60):
            station.clock.at = START + timedelta(seconds=rng.uniform(-4e7, 4e7))
            ledger.record(station.disposition())
    _in_order(station)


def _in_order(station: Station) -> None:
    with station.open() as ledger:
        assert audit(ledger).clean
        events = outbox.pending(ledger, 1000)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        times = [Hlc.parse(header_fields(event.header).text("hlc")) for event in events]
        assert all(later > earlier for earlier, later in itertools.pairwise(times))
