"""The one home of the machine's clock and of its randomness."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from pathlib import Path

from app.domain.ids import uuid7

_NOISE = 10
_MILLI = 1000.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


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


def zone_name() -> str:
    """The IANA name of this machine's zone, `UTC` when it has none."""
    link = Path("/etc/localtime")
    parts = str(link.resolve()).split("zoneinfo/", 1) if link.is_symlink() else []
    return parts[1] if len(parts) > 1 else (time.tzname[0] if time.tzname[0].isascii() else "UTC")
