"""A few numbers of how the centre stands."""

from __future__ import annotations

from collections.abc import Mapping

from sync.central.store.standing import standing
from tests.sync.central.checks.busy import Busy, busy_at
from tests.sync.central.shop import Shop
from tests.sync.central.working import Workshop


def now(shop: Shop) -> Mapping[str, tuple[str, float]]:
    return shop.ask(lambda conn: standing(conn, shop.clock.now()))


def test_a_quiet_centre(shop: Shop) -> None:
    shop.items("A")
    found = now(shop)
    assert {name: value for name, (_, value) in found.items()} == {
        "backhaul_exceptions_open": 0,
        "backhaul_exceptions_overdue": 0,
        "backhaul_events_waiting": 0,
        "backhaul_work_open": 0,
        "backhaul_work_late": 0,
        "backhaul_feed_generation": 1,
        "backhaul_feed_position": 3,
    }


def test_what_does_not_fit_is_counted(postgres_url: str) -> None:
    with busy_at(postgres_url) as busy:
        found = {name: value for name, (_, value) in now(busy.shop).items()}
        assert found["backhaul_events_waiting"] == waiting(busy) > 0
        assert found["backhaul_exceptions_open"] == len(busy.shop.cases()) > 0


def test_what_should_have_been_answered_is_counted(shop: Shop) -> None:
    shop.items("A")
    shop.count("A", -1)
    shop.disposition("X", rma="R-9-1", line=1)
    shop.clock.pass_by(hours=49)
    found = now(shop)
    # Stock below zero is due in two days, what the centre does not know later.
    assert (found["backhaul_exceptions_open"][1], found["backhaul_exceptions_overdue"][1]) == (3, 1)


def waiting(busy: Busy) -> int:
    asked = "SELECT count(*) FROM receipt WHERE state IN ('unposted', 'parked')"
    return int(busy.shop.ask(lambda conn: conn.exec_driver_sql(asked).scalar_one()))


def test_work_is_counted_while_it_waits_and_when_it_is_late(workshop: Workshop) -> None:
    workshop.unit("L-1", "C")
    workshop.unit("L-2", "B")
    workshop.shop.clock.pass_by(hours=25)
    workshop.time_tells()
    found = {name: value for name, (_, value) in now(workshop.shop).items()}
    assert (found["backhaul_work_open"], found["backhaul_work_late"]) == (2, 1)
