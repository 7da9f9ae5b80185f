"""A few numbers of how the centre stands."""

from __future__ import annotations

from sync.central.store.standing import standing
from tests.sync.central.checks.busy import Busy, busy_at
from tests.sync.central.shop import Shop
from tests.sync.central.working import Workshop


def test_a_quiet_centre(shop: Shop) -> None:
    shop.items("A")
    found = shop.ask(standing)
    assert {name: value for name, (_, value) in found.items()} == {
        "backhaul_exceptions_open": 0,
        "backhaul_events_waiting": 0,
        "backhaul_work_open": 0,
        "backhaul_work_late": 0,
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


def test_work_is_counted_while_it_waits_and_when_it_is_late(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    workshop.unit("L-2", "B")
    workshop.shop.clock.pass_by(hours=25)
    workshop.time_tells()
    found = {name: value for name, (_, value) in workshop.shop.ask(standing).items()}
    assert (found["backhaul_work_open"], found["backhaul_work_late"]) == (2, 1)
