"""What one of several worker processes of a centre does; imports no window."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import sqlite
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central.centre import Settings
from sync.central.service import create_app, serve_on
from sync.central.store.database import create_database

_ACCESS = "backhaul.central.access"


@dataclass(frozen=True, slots=True)
class Work:
    """What a worker is given: the database's URL, the key file that is there, and the settings."""

    url: str
    key: Path
    settings: Settings


def work(given: Work, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serves a prepared centre on a shared socket until SIGTERM.

    Raises:
        Refused: the key or the database is not what it was when the parent looked.
        Unavailable: the database does not answer.
    """
    if given.settings.access_log:
        access_lines()
    database = create_database(given.url, sqlite.choose().module)
    try:
        ids = SystemIds()
        app = create_app(database, given.settings, SystemClock(), ids, load_or_make(given.key, ids))
        serve_on(app, listener, ready)
    finally:
        database.close()


def access_lines() -> None:
    """Sends the access log to stderr, each line as it is."""
    log = logging.getLogger(_ACCESS)
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
