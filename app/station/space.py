"""How much of the disk is left, and from when on a person is told.

Photos stop while a reserve is left for facts (`RESERVE`); the warning comes long before.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

_GIB, _MIB = 2**30, 2**20
RESERVE = 256 * _MIB
"""Bytes of the disk that photos leave free for facts."""

LOW = 2 * _GIB
"""Bytes below which every disk is low."""

_SHARE = 20
# On a disk of terabytes a twentieth is years of records: no reason to warn.
_MOST = 10 * _GIB


@dataclass(frozen=True, slots=True)
class Space:
    """Bytes of a disk: how many are free, and how many there are."""

    free: int
    total: int

    @property
    def low(self) -> bool:
        """True below 2 GiB, and on larger disks below a twentieth, at most 10 GiB."""
        return self.free < max(LOW, min(self.total // _SHARE, _MOST))

    @property
    def photos_stopped(self) -> bool:
        """True when what is left is kept for facts."""
        return self.free < RESERVE

    @property
    def left(self) -> str:
        """What is free, for people: "1.4 GB", "180 MB"."""
        return f"{self.free / _GIB:.1f} GB" if self.free >= _GIB else f"{self.free // _MIB} MB"


def space_of(folder: Path) -> Space | None:
    """The disk that a folder stands on; None when it does not say."""
    try:
        found = shutil.disk_usage(folder)
    except OSError:
        return None
    return Space(found.free, found.total)
