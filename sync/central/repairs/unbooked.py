"""Events that never came into the books, to be booked now in the order in which they were posted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import partial

from sqlalchemy import Connection

from sync.central.repairs.correction import Correction
from sync.central.repairs.unproven import Unproven
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases
from sync.central.store.posting_cases import unbooked_key
from sync.central.store.savepoint import tried
from sync.central.store.unbooked import Unbooked, book_late, unbooked

_log = logging.getLogger(__name__)


def unbooked_events(conn: Connection, doubt: Unproven) -> Iterator[Correction]:
    """Each whose moves can be proven; it counts for the day it happened on, or the first that is open."""
    for missing in unbooked(conn):
        if not any(doubt.holds(owner, item) for owner, item in missing.stock):
            subjects = [f"event {missing.event_id}", *(f"{item} of {owner}" for owner, item in missing.stock)]
            yield Correction(
                "books",
                subjects[0],
                "no entry",
                f"{missing.kind}: one",
                partial(_book, missing=missing),
                answers=tuple(("books", subject) for subject in subjects),
            )


def _book(act: Act, missing: Unbooked) -> None:
    # What cannot be booked still stands open, and holds up no other repair.
    book = partial(book_late, act.conn, missing)
    if not tried(act.conn, book, _log, "event %s is still not in the books", missing.event_id):
        return
    close_cases(act.conn, [unbooked_key(missing.event_id)], act.posted_at, "A repair booked it.")
