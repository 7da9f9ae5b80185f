"""What a centre that was put back from a copy takes over of the one it replaces, so as not to undo it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from sync.central.store.tables import approver_unlock, station


def shut_out_again(conn: Connection, stations: Iterable[str]) -> Sequence[str]:
    """Shuts out those that were shut out since the copy was made; the names of all that are, by bench."""
    for station_id in stations:
        conn.execute(_shut, {"which": station_id})
    return list(conn.scalars(_shut_names))


def unlock_again(conn: Connection, given: Iterable[tuple[Any, ...]]) -> None:
    """Keeps the later number of each approver's unlocks at a station, which heard of it and used it."""
    for approver, at, number, given_at, given_by in given:
        of = {"whose": approver, "where": at}
        row = {"number": int(number), "given_at": given_at, "given_by": given_by}
        kept = conn.execute(_last, of).scalar_one_or_none()
        if kept is None:
            conn.execute(insert(approver_unlock).values(approver=approver, station=at, **row))
        elif int(kept) < int(number):
            conn.execute(_later, of | {f"its_{name}": value for name, value in row.items()})


_shut = update(station).where(station.c.station_id == bindparam("which")).values(fenced=True)
_shut_names = select(station.c.name).where(station.c.fenced, station.c.bench != 0).order_by(station.c.bench)
_mine = (approver_unlock.c.approver == bindparam("whose"), approver_unlock.c.station == bindparam("where"))
_last = select(approver_unlock.c.number).where(*_mine)
_later = (
    update(approver_unlock)
    .where(*_mine)
    .values(
        number=bindparam("its_number"),
        given_at=bindparam("its_given_at"),
        given_by=bindparam("its_given_by"),
    )
)
