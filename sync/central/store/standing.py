"""How the centre stands now, in a few numbers that programs watch."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, select, text

from sync.central.store.feed import position
from sync.central.store.tables import exception, receipt


def standing(conn: Connection) -> Mapping[str, tuple[str, float]]:
    """Each number by its name, with a sentence on what it is."""
    gen, pos = position(conn)
    return {
        "backhaul_exceptions_open": ("Exceptions that nobody has closed.", conn.scalar(_open) or 0),
        "backhaul_events_waiting": ("Stored events that are not posted yet.", conn.scalar(_waiting) or 0),
        "backhaul_feed_generation": ("The change feed's generation; a restore begins a new one.", gen),
        "backhaul_feed_position": ("The change feed's last position.", pos),
    }


_open = select(func.count()).select_from(exception).where(exception.c.state == "open")
# The partial index is only used for a condition written out, so the states stand here as words.
_waiting = select(func.count()).select_from(receipt).where(text("receipt.state IN ('unposted', 'parked')"))
