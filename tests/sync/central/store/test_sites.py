"""Sites as sourcing weighs them: by their documents, the hour and what they have sent today."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.domain.refusal import Refused
from sync.central.commands.catalogue import put_locations
from sync.central.rules.sourcing.shapes import Departure, Line, Need, Rate, Site
from sync.central.store.sites import freight, sites
from tests.sync.central.shop import Shop

ZONES = {"GB": {"base_minor": 400, "per_unit_minor": 10, "days": 3}}
NEED = Need("o1", (Line(1, "A", 1),), zone="GB")


def put(shop: Shop, code: str, **policy: Any) -> None:
    document = {"code": code, "kind": "site", "name": code, "site": code} | policy
    assert shop.act(lambda act: put_locations(act, [document]))["rejected"] == []


def known(shop: Shop, *codes: str) -> tuple[Site, ...]:
    return shop.ask(lambda conn: sites(conn, codes, shop.clock.now()))


def test_a_site_that_says_nothing_costs_nothing_and_serves_every_zone(shop: Shop) -> None:
    (site,) = known(shop, "WH1")
    assert site == Site("WH1")
    assert freight(NEED, site) == Rate(0)


def test_a_table_serves_its_zones_alone(shop: Shop) -> None:
    put(shop, "WH1", zones=ZONES, currency="GBP")
    (site,) = known(shop, "WH1")
    assert freight(NEED, site) == Rate(400, 10)
    assert freight(Need("o1", NEED.lines, zone="FR"), site) is None
    assert freight(Need("o1", NEED.lines), site) == Rate(0)


def test_what_was_released_today_took_its_labour(shop: Shop) -> None:
    put(shop, "WH1", labour_units_per_day=2)
    shop.items("A")
    shop.receive({"A": 5})
    for code in ("o1", "o2", "o3"):
        shop.order({"A": 1})
        shop.release(code)
    assert known(shop, "WH1")[0].parcels_left == 0
    shop.clock.at += timedelta(days=1)
    assert known(shop, "WH1")[0].parcels_left == 2


@pytest.mark.parametrize(
    ("tz", "leaves"),
    # It is 10:00 UTC: morning in London, evening in Tokyo, and already the next day on Kiritimati.
    [("Europe/London", 1), ("Asia/Tokyo", 2), ("Pacific/Kiritimati", 2), ("America/New_York", 1)],
)
def test_a_cut_off_is_passed_by_the_sites_own_clock(shop: Shop, tz: str, leaves: int) -> None:
    shop.clock.at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    put(shop, "WH1", cutoffs=[{"at": "15:30", "tz": tz}])
    assert known(shop, "WH1")[0].departures == (Departure(date(2026, 12, leaves), ZoneInfo(tz)),)


def test_a_day_has_labour_from_the_sites_own_midnight_on(shop: Shop) -> None:
    put(shop, "WH1", labour_units_per_day=1, cutoffs=[{"at": "15:30", "tz": "America/New_York"}])
    shop.items("A")
    shop.receive({"A": 5})
    shop.clock.at = datetime(2026, 12, 1, 10, tzinfo=UTC)
    shop.order({"A": 1})
    shop.release("o1")
    # Midnight in UTC, evening there.
    shop.clock.at = datetime(2026, 12, 2, 1, tzinfo=UTC)
    assert known(shop, "WH1")[0].parcels_left == 0
    shop.clock.at = datetime(2026, 12, 2, 6, tzinfo=UTC)
    assert known(shop, "WH1")[0].parcels_left == 1


def test_what_no_cut_off_is_for_leaves_on_the_day_of_the_site(shop: Shop) -> None:
    shop.clock.at = datetime(2026, 12, 1, 16, tzinfo=UTC)
    put(shop, "WH1", cutoffs=[{"at": "15:30", "tz": "Asia/Tokyo", "zone": "GB"}])
    tokyo = ZoneInfo("Asia/Tokyo")
    assert known(shop, "WH1")[0].departures == (
        Departure(date(2026, 12, 2), tokyo, "GB"),
        Departure(date(2026, 12, 2), tokyo),
    )


def test_two_currencies_are_refused(shop: Shop) -> None:
    put(shop, "WH1", zones=ZONES, currency="GBP")
    put(shop, "WH2", zones=ZONES, currency="EUR")
    with pytest.raises(Refused) as no:
        known(shop, "WH1", "WH2")
    assert no.value.code == "wave.currencies"
