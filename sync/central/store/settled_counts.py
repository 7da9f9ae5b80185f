"""Counts of bins that waited for a person and that the books agree with by now: their exceptions end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, select, update

from app.domain.event import Event
from app.domain.place import is_virtual
from sync.central.rules.counts import BinCount, differences
from sync.central.store.bin_books import Moment, books_at, known_up_to, units_of
from sync.central.store.bin_counts import AGREED, WAITING, case_key
from sync.central.store.exceptions import close_cases
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking
from sync.central.store.tables import bin_count, event, receipt


def bins_of(happened: Event) -> set[str]:
    """The places inside the building whose stock an event changes."""
    ends = (end for move in happened.moves for end in (move.source, move.target))
    return {end.location for end in ends if not is_virtual(end.location)}


def settle(conn: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Ends what was asked about counts that the books agree with since these facts were entered.

    What was booked as a count since is taken for an answer to the question; what else moved since the count
    is taken out of it again, as when it was judged first.
    """
    touched = {place: fact.event for fact in facts for place in bins_of(fact.event)}
    waiting = _waiting.rows(conn, places=sorted(touched)) if touched else ()
    for row in waiting:
        count = BinCount.of(json.loads(row.body))
        header = conn.scalar(_header, {"of": row.event_id})
        seen = known_up_to(conn, count, header)
        moment = Moment.of(row.event_id, row.counted_at, header)
        shelves = books_at(conn, count, moment, seen, corrected=True)
        if not differences(count, units_of(shelves)):
            cause = touched[row.location]
            conn.execute(_agreed, {"of": row.event_id, "to": AGREED})
            why = f"Event {cause.event_id} ({cause.kind}) brought the books to what was counted."
            close_cases(conn, [case_key(row.event_id)], at, why)


_waiting = asking(
    lambda among: (
        select(bin_count.c.event_id, bin_count.c.location, bin_count.c.counted_at, event.c.body)
        .join_from(bin_count, event, event.c.event_id == bin_count.c.event_id)
        .where(
            among(bin_count.c.location, "places"),
            # Written out, as one word of the program: nobody sent it.
            bin_count.c.state == literal_column(f"'{WAITING}'"),
        )
        .order_by(event.c.id)
    )
)
_header: Any = select(receipt.c.header).where(receipt.c.event_id == bindparam("of")).limit(1)
_agreed = update(bin_count).where(bin_count.c.event_id == bindparam("of")).values(state=bindparam("to"))
