"""What one of several worker processes of a centre does; imports no window."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.bootstrap import sqlite
from app.bootstrap.papers import outfit
from app.bootstrap.policy_key import policy_signer
from app.domain.ids import Ids
from app.domain.refusal import Refused
from app.domain.signing import Signer
from app.station.keyfile import load_or_make
from app.station.system import SystemClock, SystemIds
from sync.central.centre import Settings
from sync.central.service import create_app, serve_on
from sync.central.store.chain import key_of_chain
from sync.central.store.database import Database, create_database

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
        signer, approving = _signer(given, database, ids), policy_signer(database, given.key, ids)
        parts = (database, given.settings, SystemClock(), ids, signer)
        app = create_app(*parts, outfit=outfit(), policy_key=approving)
        serve_on(app, listener, ready)
    finally:
        database.close()


def _signer(given: Work, database: Database, ids: Ids) -> Signer:
    """The key that the chain is sealed with; a worker never makes one, the parent did."""
    with database.read() as conn:
        sealed_with = key_of_chain(conn)
    signer = load_or_make(given.key, ids) if given.key.exists() else None
    if signer is None or signer.public_key != sealed_with:
        raise Refused(
            "key.other",
            f"The key in {given.key} is gone, or is not the one this centre's chain is sealed with.",
            "Expected the centre's own key, as it was when the centre started.",
            "Put it back from where a copy is kept, and start the centre again.",
        )
    return signer


def access_lines() -> None:
    """Sends the access log to stderr, each line as it is."""
    log = logging.getLogger(_ACCESS)
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
