"""How the centre stands now, in a few numbers that programs watch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, text

from app.domain.clock import to_text
from sync.central.store.feed import position
from sync.central.store.tables import exception, receipt, work_order


def standing(conn: Connection, now: datetime) -> Mapping[str, tuple[str, float]]:
    """Each number by its name, with a sentence on what it is."""
    gen, pos = position(conn)
    return {
        "backhaul_exceptions_open": ("Exceptions that nobody has closed.", conn.scalar(_open) or 0),
        "backhaul_exceptions_overdue": (
            "Those of them that should have been answered by now.",
            conn.scalar(_overdue, {"now": to_text(now)}) or 0,
        ),
        "backhaul_events_waiting": ("Stored events that are not posted yet.", conn.scalar(_waiting) or 0),
        "backhaul_work_open": ("Work orders that wait or are under way.", conn.scalar(_work) or 0),
        "backhaul_work_late": ("Those of them whose step is over its time.", conn.scalar(_late) or 0),
        "backhaul_feed_generation": ("The change feed's generation; a restore begins a new one.", gen),
        "backhaul_feed_position": ("The change feed's last position.", pos),
    }


_open = select(func.count()).select_from(exception).where(exception.c.state == "open")
# The partial index is only used for a condition written out, so the state stands here as a word.
_overdue = (
    select(func.count())
    .select_from(exception)
    .where(text("exception.state = 'open'"), exception.c.due_at < bindparam("now"))
)
_live = text("work_order.state IN ('open', 'started')")
_work = select(func.count()).select_from(work_order).where(_live)
_late = _work.where(work_order.c.late_at.is_not(None))
# The partial index is only used for a condition written out, so the states stand here as words.
_waiting = select(func.count()).select_from(receipt).where(text("receipt.state IN ('unposted', 'parked')"))
