"""A few numbers of how the centre stands."""

from __future__ import annotations

from sync.central.store.standing import standing
from tests.sync.central.checks.busy import Busy, busy_at
from tests.sync.central.shop import Shop


def test_a_quiet_centre(shop: Shop) -> None:
    shop.items("A")
    found = shop.ask(standing)
    assert {name: value for name, (_, value) in found.items()} == {
        "backhaul_exceptions_open": 0,
        "backhaul_events_waiting": 0,
        "backhaul_feed_generation": 1,
        "backhaul_feed_position": 3,
    }


def test_what_does_not_fit_is_counted(postgres_url: str) -> None:
    with busy_at(postgres_url) as busy:
        found = {name: value for name, (_, value) in busy.shop.ask(standing).items()}
        assert found["backhaul_events_waiting"] == waiting(busy) > 0
        assert found["backhaul_exceptions_open"] == len(busy.shop.cases()) > 0


def waiting(busy: Busy) -> int:
    asked = "SELECT count(*) FROM receipt WHERE state IN ('unposted', 'parked')"
    return int(busy.shop.ask(lambda conn: conn.exec_driver_sql(asked).scalar_one()))
