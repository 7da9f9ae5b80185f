"""Stations to be read: how each stands, for people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from sync.central.rules.outcomes import missing
from sync.central.rules.scope import Sites
from sync.central.store.scope import among
from sync.central.store.tables import receipt, station


def everyone(conn: Connection, sites: Sites = None) -> dict[str, object]:
    """All stations of the sites, by bench; the centre's own chain is none."""
    rows = conn.execute(_stations.where(among(sites, station.c.site, bound=True)))
    return {"stations": [document(row) for row in rows]}


def one(conn: Connection, station_id: str) -> Any:
    """One station's row, with when it last sent something.

    Raises:
        Missing: there is none of that id.
    """
    row = conn.execute(_one, {"which": station_id}).one_or_none()
    if row is None:
        raise missing("station", station_id)
    return row


def site_of_station(conn: Connection, station_id: str) -> str:
    """Where it stands.

    Raises:
        Missing: there is none of that id.
    """
    return str(one(conn, station_id).site)


def document(row: Any) -> dict[str, object]:
    """A station as it is shown; `last_sent_at` null while it sent nothing."""
    return {
        "station_id": row.station_id,
        "name": row.name,
        "bench": row.bench,
        "site": row.site,
        "owner": row.owner,
        "epoch": row.epoch,
        "head_seq": row.head_seq,
        "enrolled_at": row.enrolled_at,
        "last_sent_at": row.last_sent_at,
        "shut_out": bool(row.fenced),
    }


_last = (
    select(func.max(receipt.c.received_at))
    .where(receipt.c.station_id == station.c.station_id, receipt.c.epoch == station.c.epoch)
    .scalar_subquery()
)
_stations = select(station, _last.label("last_sent_at")).where(station.c.bench != 0).order_by(station.c.bench)
_one = _stations.where(station.c.station_id == bindparam("which"))
