"""The running numbers behind the codes that the centre gives out; each is given once."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, update

from sync.central.store.prepared import updating
from sync.central.store.tables import counter


def next_number(conn: Connection, series: str) -> int:
    """The next number of a series, counted within the one writer's transaction.

    Raises:
        RuntimeError: no migration made that series.
    """
    row = _take.one(conn, series=series)
    if row is None:
        raise RuntimeError(f"nothing counts {series}")
    return int(row.value)


_take = updating(
    update(counter)
    .where(counter.c.name == bindparam("series"))
    .values(value=counter.c.value + 1)
    .returning(counter.c.value),
    "series",
)
