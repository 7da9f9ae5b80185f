"""Things that nobody at a bench could name: noted as benches keep them, listed, and named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, null, select, update

from app.domain.clock import to_text
from app.domain.event import EventKind
from sync.central.rules.scope import Sites
from sync.central.store import photos, return_cases
from sync.central.store.cursors import row_number
from sync.central.store.exceptions import close_cases, open_case, plain, stored_key
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.scope import among
from sync.central.store.tables import event, rma, station, unidentified

WAITING, NAMED, TAKEN_BACK = "waiting", "named", "taken_back"

# More than any label of ours, and less than what an index takes.
_LONGEST = 200


def follow(conn: Connection, facts: Sequence[Fact], posted_at: datetime) -> None:
    """Notes what benches kept without a name, and what was taken back: the thing, or the name it got."""
    kept = [fact for fact in facts if fact.event.kind == EventKind.RETURN_UNIDENTIFIED]
    if kept:
        undone = {row.corrects for row in _undone.rows(conn, ids=[fact.event.event_id for fact in kept])}
        owners = _owners(conn, kept)
        _new.run(conn, [_row(fact, owners[fact.event.event_id], undone) for fact in kept])
        for fact in kept:
            if fact.event.event_id not in undone:
                open_case(conn, return_cases.unidentified(fact.event), posted_at)
    taken_back = [
        fact.event.corrects
        for fact in facts
        if fact.event.kind == EventKind.RETURN_UNDONE and fact.event.corrects
    ]
    if taken_back:
        _take_back(conn, taken_back, posted_at)


def _take_back(conn: Connection, ids: Sequence[str], at: datetime) -> None:
    for row in _concerned.rows(conn, ids=ids):
        if row.named_by in ids:
            # Its name was wrong: it waits for another one.
            _set.run(conn, [{"of": row.event_id, "to": WAITING}])
            open_case(conn, return_cases.unnamed(row.label, row.case_key), at)
        if row.event_id in ids:
            _set.run(conn, [{"of": row.event_id, "to": TAKEN_BACK}])
            close_cases(conn, [row.case_key], at, "The bench took it back.")


def _row(fact: Fact, owner: str, undone: set[str]) -> dict[str, object]:
    body, event_id = fact.event.body, fact.event.event_id
    label = part(body.get("label")) or event_id
    qty = body.get("qty")
    return {
        "event_id": event_id,
        "label": label[:_LONGEST],
        "station": fact.origin,
        "owner": owner,
        "qty": qty if type(qty) is int and qty > 0 else 1,
        "place": part(body.get("place")) or "",
        "rma": part(body.get("rma")),
        "came_at": to_text(fact.dated),
        "state": TAKEN_BACK if event_id in undone else WAITING,
        "case_key": stored_key(return_cases.unidentified(fact.event).key),
        "named_by": None,
    }


def part(found: object) -> str | None:
    """A text that a station may have said in any way; none for anything else."""
    return plain(found) if isinstance(found, str) and found else None


def _owners(conn: Connection, kept: Sequence[Fact]) -> dict[str, str]:
    """Whose each is: the return's, else the goods' that its bench handles."""
    codes = {fact.event.event_id: part(fact.event.body.get("rma")) or "" for fact in kept}
    of_returns = {row.code: row.owner for row in _of_returns.rows(conn, codes=sorted({*codes.values()}))}
    origins = sorted({fact.origin for fact in kept})
    of_benches = {row.station_id: row.owner for row in _of_benches.rows(conn, ids=origins)}
    return {
        fact.event.event_id: of_returns.get(codes[fact.event.event_id]) or of_benches.get(fact.origin, "")
        for fact in kept
    }


def name(conn: Connection, event_id: str, named_by: str) -> None:
    """The thing has its name from now on, by that event of the centre."""
    _named.run(conn, [{"of": event_id, "to": NAMED, "by": named_by}])


def find(conn: Connection, label: str) -> Row[Any] | None:
    """The newest thing under a label, with the site of its bench; None when there never was one."""
    found: Row[Any] | None = conn.execute(
        _things.where(unidentified.c.label == label).order_by(unidentified.c.id.desc())
    ).first()
    return found


def waiting(conn: Connection, cursor: str | None, limit: int, sites: Sites) -> dict[str, object]:
    """A page of the things that wait for a name, the oldest first."""
    asked = _things.where(
        unidentified.c.state == WAITING,
        unidentified.c.id > row_number(cursor),
        among(sites, station.c.site),
    )
    rows = conn.execute(asked.order_by(unidentified.c.id).limit(limit + 1)).all()
    pictures = photos.shown(conn, [row.event_id for row in rows[:limit]])
    return {
        "units": [shown(row) | {"photos": pictures.get(row.event_id, [])} for row in rows[:limit]],
        "next": str(rows[limit - 1].id) if len(rows) > limit else None,
    }


def shown(row: Any) -> dict[str, object]:
    """A thing as it is answered."""
    return {
        "label": row.label,
        "owner": row.owner,
        "qty": int(row.qty),
        "place": row.place,
        "rma": row.rma,
        "site": row.site,
        "station": row.bench,
        "came_at": row.came_at,
        "state": row.state,
        "event_id": row.event_id,
    }


_new = inserting(unidentified, *(column.name for column in unidentified.columns if column.name != "id"))
_set = updating(
    update(unidentified)
    .where(unidentified.c.event_id == bindparam("of"))
    .values(state=bindparam("to"), named_by=null()),
    "of",
    "to",
)
_named = updating(
    update(unidentified)
    .where(unidentified.c.event_id == bindparam("of"))
    .values(state=bindparam("to"), named_by=bindparam("by")),
    "of",
    "to",
    "by",
)
_concerned = asking(
    lambda among_: select(
        unidentified.c.event_id, unidentified.c.named_by, unidentified.c.label, unidentified.c.case_key
    ).where(among_(unidentified.c.event_id, "ids") | among_(unidentified.c.named_by, "ids"))
)
_undone = asking(
    lambda among_: select(event.c.corrects).where(
        among_(event.c.corrects, "ids"), event.c.kind == str(EventKind.RETURN_UNDONE)
    )
)
_of_returns = asking(lambda among_: select(rma.c.code, rma.c.owner).where(among_(rma.c.code, "codes")))
_of_benches = asking(
    lambda among_: select(station.c.station_id, station.c.owner).where(among_(station.c.station_id, "ids"))
)
_things = select(unidentified, station.c.site, func.coalesce(station.c.name, "").label("bench")).join_from(
    unidentified, station, station.c.station_id == unidentified.c.station, isouter=True
)
