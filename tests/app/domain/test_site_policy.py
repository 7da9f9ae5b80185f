"""What a site says of itself, and that nothing half-read reaches sourcing."""

from __future__ import annotations

from datetime import UTC, time
from zoneinfo import ZoneInfo

import pytest

from app.domain.refusal import Refused
from app.domain.site_policy import FIELDS, Cutoff, ZoneCost, known_zone, site_policy

SITE = {
    "code": "WH1",
    "kind": "site",
    "name": "Leeds",
    "site": "WH1",
    "currency": "GBP",
    "labour_units_per_day": 1200,
    "cutoffs": [
        {"at": "15:30", "tz": "Europe/London"},
        {"at": "12:00", "tz": "Europe/London", "zone": "NI"},
        {"at": "17:00", "tz": "Europe/London", "service": "express"},
        {"at": "11:00", "tz": "Europe/London", "zone": "NI", "service": "express"},
    ],
    "zones": {"UK": {"base_minor": 295, "per_unit_minor": 20, "days": 2}, "NI": {"base_minor": 595}},
}


def test_a_site_is_read_whole() -> None:
    policy = site_policy(SITE)
    assert (policy.site, policy.labour_units_per_day, policy.currency) == ("WH1", 1200, "GBP")
    assert policy.cutoffs[0] == Cutoff(time(15, 30), "Europe/London")
    assert policy.clock == ZoneInfo("Europe/London")
    assert policy.zones == {"UK": ZoneCost(295, 20, 2), "NI": ZoneCost(595, 0, 0)}


def test_a_site_that_says_nothing_has_no_limits() -> None:
    policy = site_policy({"code": "WH1"} | dict.fromkeys(FIELDS))
    assert (policy.labour_units_per_day, policy.cutoffs, dict(policy.zones)) == (None, (), {})
    assert policy.clock is UTC


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labour_units_per_day", -1),
        ("labour_units_per_day", "many"),
        ("currency", "pounds"),
        ("currency", None),
        ("zones", ["UK"]),
        ("zones", {"UK": 295}),
        ("zones", {"": {"base_minor": 1}}),
        ("zones", {"UK": {"base_minor": -1}}),
        ("zones", {"UK": {"per_unit_minor": 1}}),
        ("zones", {"UK": {"base_minor": 1, "days": 366}}),
        ("cutoffs", [{"at": "25:00", "tz": "Europe/London"}]),
        ("cutoffs", [{"at": "15:30"}]),
        ("cutoffs", [{"at": "15:30", "tz": "Mars/Base"}]),
        ("cutoffs", [{"at": "15:30", "tz": "UTC"}, {"at": "16:30", "tz": "UTC"}]),
    ],
)
def test_what_does_not_fit_is_refused(field: str, value: object) -> None:
    with pytest.raises(Refused, match=r"cut-offs|field"):
        site_policy(SITE | {field: value})


@pytest.mark.parametrize("name", ["", "../etc/passwd", "Europe", "a\x00b", "x" * 500])
def test_what_is_no_time_zone_is_none(name: str) -> None:
    assert not known_zone(name)
