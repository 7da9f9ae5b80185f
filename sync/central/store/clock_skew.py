"""Stations whose clock is wrong by more than a day: one case for each, as long as it lasts.

A clock that is ahead shows when an event comes before the time it names. One that is behind does not: an
event may be old. It shows where the envelope proves that the station knew a position of the feed which the
centre wrote later, by its own checkpoints, than the event says that it happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import from_text, to_text
from app.domain.envelope import Envelope, header_fields
from app.domain.refusal import Refused
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.tables import audit_checkpoint

MOST = timedelta(hours=24)
"""By how much a station's clock may be wrong before it is somebody's case."""
_HOUR_S, _DAY_S = 3_600, 86_400


def skew_key(station_id: str) -> str:
    """The key of the one case about a station's clock."""
    return f"clock.skew:{station_id}"


def note(
    conn: Connection, station_id: str, fresh: Sequence[Envelope], received_at: datetime, *, newest: bool
) -> None:
    """Opens a station's case when one of these events shows a wrong clock; closes it when the last has none.

    Args:
        conn: inside the one writer's transaction.
        station_id: whose events they are.
        fresh: events that the centre did not have before, in the order of their chain.
        received_at: now, by the centre's clock.
        newest: whether they end the station's chain as the centre has it. Events of a chain that was closed
            long ago say nothing of how the clock is now, so they close nothing.
    """
    known, said = _Known(conn, received_at), ""
    last = ""
    for envelope in fresh:
        last = _wrong(envelope, received_at, known)
        said = last or said
    if said:
        case = Case(
            key=skew_key(station_id),
            type="clock.skew",
            subject=f"station:{station_id}",
            owner_role="admin",
            fix=f"{said} Set that computer's clock. The order of its events is not by the clock, and none is "
            "booked for a later day than it came; the case ends with its next event of a right time.",
        )
        open_case(conn, case, received_at)
    if fresh and newest and not last:
        close_cases(conn, [skew_key(station_id)], received_at, "The station's clock is right again.")


class _Known:
    """When the centre had not written a position of its feed yet; each is looked up once."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self._conn = conn
        self._now = now
        self._found: dict[tuple[int, int], datetime | None] = {}

    def after(self, gen: int, pos: int) -> datetime | None:
        """A time after which the position was written; None when no checkpoint was made before it."""
        place = gen, pos
        if place not in self._found:
            at = self._conn.scalar(_before, {"gen": gen, "pos": pos})
            self._found[place] = from_text(at) if at else None
        found = self._found[place]
        # A checkpoint of a time to come is of a centre whose own clock was wrong: it proves nothing.
        return found if found is not None and found <= self._now else None


def _wrong(envelope: Envelope, received_at: datetime, known: _Known) -> str:
    """What shows that the clock was wrong when the event was recorded, in a sentence; empty for nothing."""
    try:
        header = header_fields(envelope.header)
        wall = from_text(header.text("wall"))
        gen, pos = header.whole_or("feed_gen", 0), header.whole_or("feed_pos", 0)
    except Refused:
        # An event that names no time is not posted, and has a case of its own for it.
        return ""
    if wall - received_at > MOST:
        return (
            f"This station's clock is {_span(wall - received_at)} ahead or more: an event of "
            f"{to_text(wall)} came here at {to_text(received_at)}."
        )
    if received_at - wall <= MOST:
        return ""
    knew = known.after(gen, pos)
    if knew is None or knew - wall <= MOST:
        return ""
    return (
        f"This station's clock is {_span(knew - wall)} behind or more: an event of {to_text(wall)} was "
        f"recorded with what the centre published after {to_text(knew)}."
    )


def _span(apart: timedelta) -> str:
    seconds = apart.total_seconds()
    if seconds >= 2 * _DAY_S:
        return f"{int(seconds // _DAY_S)} days"
    return f"{int(seconds // _HOUR_S)} hours"


_before = (
    select(audit_checkpoint.c.at)
    .where(audit_checkpoint.c.feed_gen == bindparam("gen"), audit_checkpoint.c.feed_upto < bindparam("pos"))
    .order_by(audit_checkpoint.c.number.desc())
    .limit(1)
)
