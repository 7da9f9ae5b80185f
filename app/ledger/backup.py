"""A copy of the station's record while it works."""

from __future__ import annotations

from pathlib import Path

from app.ledger.copying import copy_database
from app.ledger.writer import Ledger


def backup(ledger: Ledger, target: Path) -> None:
    """Copies everything recorded so far to `target`, which is replaced only by a complete copy.

    Raises:
        Unavailable: the copy could not be written; `target` is as it was.
    """
    copy_database(ledger.dbapi, ledger.connection.connection.driver_connection, target)
