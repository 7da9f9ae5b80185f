"""A station is shut out, as a stolen one must be, or let in again."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from sync.central.commands.requests import Shutting
from sync.central.rules.outcomes import Conflict
from sync.central.store import governed
from sync.central.store.act import Act
from sync.central.store.stations import document, one
from sync.central.store.tables import station


def shut_out(act: Act, station_id: str, asked: Shutting) -> dict[str, object]:
    """From now on it neither sends nor reads anything; what it sent stands.

    Raises:
        Missing: there is no such station.
        Conflict: it is shut out already.
    """
    if one(act.conn, station_id).fenced:
        raise Conflict(
            "station.shut_out",
            f"Station {station_id} is shut out.",
            "Expected one that may sync.",
            "Nothing is left to do; what it holds comes as a file of `backhaul sync export`.",
        )
    return _change(act, station_id, asked, out=True)


def let_in(act: Act, station_id: str, asked: Shutting) -> dict[str, object]:
    """It may sync again.

    Raises:
        Missing: there is no such station.
        Conflict: it is not shut out.
    """
    if not one(act.conn, station_id).fenced:
        raise Conflict(
            "station.let_in",
            f"Station {station_id} may sync.",
            "Expected one that is shut out.",
            "Nothing is left to do.",
        )
    return _change(act, station_id, asked, out=False)


def _change(act: Act, station_id: str, asked: Shutting, *, out: bool) -> dict[str, object]:
    act.conn.execute(_set, {"which": station_id, "out": out})
    did = governed.Deed.STATION_SHUT_OUT if out else governed.Deed.STATION_LET_IN
    governed.record(act, did, f"station:{station_id}", asked.reason)
    return document(one(act.conn, station_id))


_set = update(station).where(station.c.station_id == bindparam("which")).values(fenced=bindparam("out"))
