"""Epochs of stations: they only grow, each was begun once, and each is answered for by its own exception."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from app.domain.laws import Violation
from sync.central.store.exceptions import stored_key
from sync.central.store.renewing import case_key
from sync.central.store.tables import exception, past_chain, renewal, station

_FIRST = 1


def check_renewals(conn: Connection) -> Iterator[Violation]:
    """Every epoch but a first one was renewed from an earlier one, closed a chain, and opened a case."""
    stands = {row.station_id: int(row.epoch) for row in conn.execute(select(station))}
    begun = list(conn.execute(select(renewal).order_by(renewal.c.station_id, renewal.c.epoch)))
    closed = {(row.station_id, int(row.epoch)) for row in conn.execute(select(past_chain))}
    keys = [stored_key(case_key(row.station_id, row.epoch)) for row in begun]
    cases = set[str]()
    for start in range(0, len(keys), 500):
        asked = select(exception.c.key).where(exception.c.key.in_(keys[start : start + 500]))
        cases.update(conn.scalars(asked))
    for row, key in zip(begun, keys, strict=True):
        where = f"epoch {row.epoch} of station {row.station_id}"
        if key not in cases:
            yield Violation("renewal", where, "no exception", "one")
        if not row.from_epoch < row.epoch <= stands.get(row.station_id, 0):
            now = stands.get(row.station_id, "none")
            yield Violation("renewal", where, f"from {row.from_epoch}, now {now}", "an epoch in between")
    known = {(row.station_id, int(row.epoch)) for row in begun} | {(of, _FIRST) for of in stands}
    for of, epoch in sorted(stands.items()):
        if (of, epoch) not in known:
            yield Violation("renewal", f"station {of}", f"epoch {epoch}", "one that was begun by a renewal")
    for of, epoch in sorted(closed):
        if epoch >= stands.get(of, 0):
            where = f"closed epoch {epoch} of station {of}"
            yield Violation("renewal", where, f"now {stands.get(of, 'none')}", "a later one")
