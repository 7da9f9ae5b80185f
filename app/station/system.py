"""The one home of the machine's clock and of its randomness."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.ids import uuid7

_NOISE = 10
_MILLI = 1000.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_LOCALTIME = Path("/etc/localtime")


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """The current UTC instant."""
        return datetime.now(UTC)  # noqa: TID251 - the one home

    def monotonic_ms(self) -> float:
        """Milliseconds on the machine's monotonic clock."""
        return time.perf_counter() * _MILLI


class SystemIds:
    """Identities from the machine's secure random source."""

    def event_id(self, now_ms: int) -> str:
        """A fresh UUIDv7."""
        return str(uuid7(now_ms, secrets.token_bytes(_NOISE)))

    def secret(self, size: int) -> bytes:
        """Fresh unpredictable bytes."""
        return secrets.token_bytes(size)


def boot_id() -> str:
    """A name for this boot of the machine, so that monotonic times are only compared within one."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        # No such file outside Linux: the process's own start stands in for the boot.
        return secrets.token_hex(16)


class LocalZone(tzinfo):
    """The zone this machine keeps, where it has no IANA name: each offset is asked of the system."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        """The offset at a local time."""
        return self._there(dt).utcoffset() if dt is not None else None

    def dst(self, dt: datetime | None) -> None:
        """Not known: the system says the whole offset only."""

    def tzname(self, dt: datetime | None) -> str | None:
        """What the system calls the zone at a local time."""
        return self._there(dt).tzname() if dt is not None else None

    def fromutc(self, dt: datetime) -> datetime:
        """A UTC time as the local one."""
        return dt.replace(tzinfo=UTC).astimezone().replace(tzinfo=self)

    @staticmethod
    def _there(dt: datetime) -> datetime:
        return dt.replace(tzinfo=None).astimezone()


def iana_name(environment: Mapping[str, str], localtime: Path = _LOCALTIME) -> str | None:
    """The IANA name of the zone that this environment and this machine's link stand for, None for none.

    `TZ` goes before the machine's own setting, as everywhere else; an empty one is UTC.
    """
    chosen = environment.get("TZ")
    if chosen is None:
        chosen = str(localtime.resolve()) if localtime.is_symlink() else "/"
    name = chosen.removeprefix(":").rpartition("zoneinfo/")[2] or "UTC"
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return name


def site_zone() -> tzinfo:
    """The zone people here live in."""
    name = iana_name(os.environ)
    return ZoneInfo(name) if name else LocalZone()


def zone_name() -> str:
    """What is recorded as the zone of an event: its IANA name, or what the machine calls it."""
    return iana_name(os.environ) or time.tzname[0] or "UTC"
