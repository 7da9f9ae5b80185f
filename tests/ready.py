"""Databases that are at this version already: copies of one that each test process brings there once.

Bringing a new file through every step takes a fifth of a second, and thousands of tests need one. Tests of
the steps themselves begin with nothing.
"""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from sync.central.store.database import create_database

_SQLITE = "sqlite:///"


def ready(url: str) -> str:
    """The same address; a SQLite file that is not there yet is there now, at this version and empty."""
    if url.startswith(_SQLITE):
        file = Path(url.removeprefix(_SQLITE))
        if not file.exists():
            shutil.copyfile(_made_once(), file)
    return url


@functools.cache
def _made_once() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ready"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    create_database(f"{_SQLITE}{folder / 'centre.db'}").close()
    return folder / "centre.db"
