"""What makes an environment ready for this checkout, and which steps are still to be done.

The deciding half of preparing: a stamp inside `.venv` says what was proved when it was last made ready; set
against what the checkout wants now, it gives the plan. Standard library only.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

OLDEST_PYTHON = (3, 11)
STAMP = "ready.json"
"""The stamp's name inside the environment."""
UNFINISHED = "unfinished"
"""A file of this name inside the environment says that it is being changed, or that a change was cut off."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the environment must be for the checkout as it stands.

    Attributes:
        root: where the checkout is; an environment does not survive being moved.
        lock: SHA-256 of constraints.txt.
        project: SHA-256 of pyproject.toml.
        platforms: the Qt platforms whose libraries must be present.
        database: whether a PostgreSQL server is wanted, as tests and measurements do.
    """

    root: str
    lock: str
    project: str
    platforms: frozenset[str]
    database: bool = False


@dataclass(frozen=True, slots=True)
class Stamp:
    """What was proved of an environment when it was last made ready.

    Attributes:
        root: see Wanted.
        python: its Python, as "3.11".
        lock: see Wanted.
        project: see Wanted.
        platforms: the Qt platforms looked into.
        libraries: paths of the system libraries that Qt loads; one that vanishes makes the stamp untrue.
        server: path of PostgreSQL's initdb, empty while there is none; as the libraries.
    """

    root: str
    python: str
    lock: str
    project: str
    platforms: tuple[str, ...]
    libraries: tuple[str, ...]
    server: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which steps are to be done, each implying the ones after it but the last two."""

    environment: bool
    packages: bool
    project: bool
    libraries: bool
    database: bool = False

    def __bool__(self) -> bool:
        return self.environment or self.packages or self.project or self.libraries or self.database


def plan(stamp: Stamp | None, wanted: Wanted, python: str | None, *, finished: bool) -> Plan:
    """Decide what is to be done.

    Args:
        stamp: what was proved last, None for an environment that this program never finished.
        wanted: what must be true.
        python: the version that the environment's Python runs as ("3.11"), None when there is none that runs.
        finished: False when an earlier run was cut off while it changed the environment.
    """
    server = wanted.database and not (stamp is not None and stamp.server and Path(stamp.server).exists())
    usable = finished and python is not None and version_numbers(python) >= OLDEST_PYTHON
    if not usable or (stamp is not None and (stamp.root, stamp.python) != (wanted.root, python)):
        return Plan(environment=True, packages=True, project=True, libraries=True, database=server)
    if stamp is None or stamp.lock != wanted.lock:
        return Plan(environment=False, packages=True, project=True, libraries=True, database=server)
    libraries = not wanted.platforms <= set(stamp.platforms) or not all(map(os.path.exists, stamp.libraries))
    return Plan(
        environment=False,
        packages=False,
        project=stamp.project != wanted.project,
        libraries=libraries,
        database=server,
    )


def version_numbers(text: str) -> tuple[int, ...]:
    """The numbers of a dotted version."""
    return tuple(int(part) for part in text.split("."))


def wanted_here(
    root: Path, environment: Mapping[str, str], *, screen: bool, database: bool = False
) -> Wanted:
    """Read what the checkout needs; with `screen`, also for the display that the variables name."""
    platforms = {"offscreen"}
    if screen and environment.get("QT_QPA_PLATFORM", "") in {"", "xcb", "wayland"}:
        platforms |= {"xcb"} if environment.get("DISPLAY") else set()
        platforms |= {"xcb", "wayland"} if environment.get("WAYLAND_DISPLAY") else set()
    return Wanted(
        root=str(root),
        lock=hashlib.sha256((root / "constraints.txt").read_bytes()).hexdigest(),
        project=hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest(),
        platforms=frozenset(platforms),
        database=database,
    )


def read_stamp(path: Path) -> Stamp | None:
    """The stamp at a path; None when there is none or it is not one of this form."""
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        fields |= {name: tuple(fields[name]) for name in ("platforms", "libraries")}
        return Stamp(**fields)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write_stamp(path: Path, stamp: Stamp) -> None:
    """Write a stamp so that a reader sees all of it or none."""
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(stamp), indent=1), encoding="utf-8")
    draft.replace(path)


def ready(root: Path, wanted: Wanted) -> bool:
    """Tell, from inside the environment, whether its stamp is true."""
    venv = root / ".venv"
    python = "{}.{}".format(*sys.version_info[:2])
    finished = not (venv / UNFINISHED).exists()
    stamp = read_stamp(venv / STAMP)
    return not plan(stamp, wanted, python, finished=finished)
