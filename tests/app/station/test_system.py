from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.station import system
from app.station.system import LocalZone, SystemClock, SystemIds, iana_name, site_zone, zone_name

SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
WINTER = datetime(2026, 12, 1, 22, 30, tzinfo=UTC)
# The rules of central Europe without a name: what a machine without zone files may be set to.
RULES = "CET-1CEST,M3.5.0,M10.5.0/3"


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose zone has rules and no IANA name."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", RULES)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("set_to", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":America/New_York", "America/New_York"),
        ("/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo"),
        ("", "UTC"),
        (RULES, None),
        ("Nowhere/Land", None),
        ("../../etc/passwd", None),
    ],
)
def test_tz_goes_before_the_machine(set_to: str, name: str | None) -> None:
    assert iana_name({"TZ": set_to}) == name


def test_without_tz_the_machine_s_link_says_the_zone(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    assert iana_name({}, link) is None
    link.symlink_to("/usr/share/zoneinfo/Europe/Madrid")
    # Where zone files are elsewhere, the link still names the zone.
    assert iana_name({}, link) == "Europe/Madrid"
    link.unlink()
    link.write_bytes(b"TZif")
    assert iana_name({}, link) is None


def test_a_zone_with_a_name_is_taken_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert site_zone() == ZoneInfo("Europe/Berlin")
    assert zone_name() == "Europe/Berlin"


@pytest.mark.usefixtures("unnamed")
def test_a_zone_without_a_name_is_the_machine_s_own() -> None:
    zone = site_zone()
    assert isinstance(zone, LocalZone)
    assert zone_name() == "CET"
    # Half past midnight of the next day in summer, half past eleven in winter.
    assert SUMMER.astimezone(zone).date().isoformat() == "2026-07-02"
    assert WINTER.astimezone(zone).isoformat() == "2026-12-01T23:30:00+01:00"
    assert SUMMER.astimezone(zone).tzname() == "CEST"
    assert SUMMER.astimezone(zone).astimezone(UTC) == SUMMER
    assert (zone.utcoffset(None), zone.tzname(None)) == (None, None)
    assert SUMMER.astimezone(zone).dst() is None


def test_clock_and_ids_are_the_machine_s() -> None:
    clock, ids = SystemClock(), SystemIds()
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic_ms() <= clock.monotonic_ms()
    assert len({ids.event_id(5) for _ in range(50)}) == 50
    assert [len(ids.secret(size)) for size in (1, 32)] == [1, 32]


def test_a_boot_has_a_name_also_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert system.boot_id()
    monkeypatch.setattr(system, "_BOOT_ID", tmp_path / "none")
    assert len(system.boot_id()) == 32
