"""PostgreSQL's server programs: where they are, and installing them. Standard library only."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from system_packages import Apt, Stop

PACKAGE = "postgresql"
DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian and its kin put each version, off the path."""


def find(place: Path = DEBIAN) -> str:
    """The path of initdb: on PATH, or of the newest version that the system has; empty for none."""
    found = shutil.which("initdb")
    if found is not None:
        return found
    versions = sorted(place.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return str(versions[-1]) if versions else ""


def ensure(apt: Apt | None, look: Callable[[], str], say: Callable[[str], None]) -> str:
    """Make the programs present; give the path of initdb.

    Raises:
        Stop: they are missing and could not be installed here.
    """
    found = look()
    if found:
        return found
    why = "the tests of the centre need PostgreSQL 15 or newer, not on this system"
    if apt is None:
        raise Stop(f"{why}; install its server programs (where dnf is: sudo dnf install postgresql-server)")
    say("fetching and installing PostgreSQL (about 20 MB)")
    apt.install([PACKAGE], why)
    found = look()
    if not found:
        raise Stop("still no initdb after apt-get")
    return found
