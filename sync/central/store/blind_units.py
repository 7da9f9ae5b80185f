"""Units that came back with no RMA: noted as benches record them, listed, and matched with a return."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, null, select, update

from app.domain.account import Account
from app.domain.clock import from_text, to_text
from app.domain.event import Event, EventKind
from app.domain.fields import Fields
from app.domain.place import is_virtual
from sync.central.rules.scope import Sites
from sync.central.store import photos, return_claims
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.chain import CENTRE
from sync.central.store.cursors import row_number
from sync.central.store.exceptions import plain, stored_key
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.return_claims import Verdict
from sync.central.store.scope import among
from sync.central.store.tables import account, balance, blind_unit, event, exception, station

WAITING, MATCHED, TAKEN_BACK = "waiting", "matched", "taken_back"

# More than any label of ours, and less than what an index takes.
_LONGEST = 200
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Came:
    """A disposition that names no RMA, the station that made it, and when."""

    event: Event
    station: str
    at: datetime


def comes_blind(kind: str, origin: str) -> bool:
    """Whether an event brings a unit that nobody announced, when it names no RMA.

    A thing gets its name at the centre; a station that says so names nothing.
    """
    return kind == EventKind.RETURN_DISPOSITIONED or (kind == EventKind.RETURN_NAMED and origin == CENTRE)


def units(came: Sequence[Came]) -> list[return_claims.Came]:
    """Those that bring a unit, as claims are looked for."""
    return [
        return_claims.Came(row["event_id"], row["owner"], row["sku"], row["qty"], entry.at)
        for entry in came
        if comes_blind(entry.event.kind, entry.station)
        for row in [_row(entry)]
    ]


def keys(conn: Connection, came: Sequence[Came]) -> dict[str, str]:
    """By event, the key of the case of each unit that comes with no RMA.

    That is its label. Where another unit came under it before (copies of a station print the same labels, and
    so does one whose record was put back), it is label and event: neither waits behind the other's case.
    """
    rows = [_row(entry) for entry in came if comes_blind(entry.event.kind, entry.station)]
    labels = sorted({row["label"] for row in rows})
    used = {row.label for row in _used.rows(conn, labels=labels)} if rows else set[str]()
    found = dict[str, str]()
    for row in rows:
        of = row["event_id"]
        again = row["label"] in used
        found[of] = stored_key(f"return.blind:{row['label']}:{of}") if again else row["case_key"]
        used.add(row["label"])
    return found


def note(
    conn: Connection, came: Sequence[Came], found: Mapping[str, Verdict], keys_: Mapping[str, str]
) -> None:
    """Notes what came with no RMA, by which claim and with which case; other kinds are none of it."""
    rows = [_row(entry) for entry in came if comes_blind(entry.event.kind, entry.station)]
    told = ((row, row["event_id"]) for row in rows)
    _new.run(conn, [row | {"claim": found[of].claim, "case_key": keys_[of]} for row, of in told])


def case_keys(conn: Connection, event_ids: Sequence[str]) -> dict[str, str]:
    """By event, the key of the case of each of these that brought a unit with no RMA."""
    rows = _keys_of.rows(conn, ids=list(event_ids)) if event_ids else ()
    return {row.event_id: row.case_key for row in rows}


def came_as(conn: Connection, event_id: str) -> Row[Any]:
    """The unit that an event brought."""
    return conn.execute(select(blind_unit).where(blind_unit.c.event_id == event_id)).one()


def _row(came: Came) -> dict[str, Any]:
    f = Fields(came.event.body, "facts")
    # A thing that the centre named waits at the bench that kept it.
    station_ = (f.maybe_text("station") if came.station == CENTRE else None) or came.station
    label = f.maybe_text("label") or came.event.event_id

    def part(name: str) -> str | None:
        # What a station tells strangely is still a fact, only not a part of the unit that anybody knows.
        found = f.raw().get(name)
        return plain(found) if isinstance(found, str) and found else None

    return {
        "event_id": came.event.event_id,
        "label": plain(label)[:_LONGEST],
        "station": station_,
        "owner": next((plain(move.target.owner) for move in came.event.moves), ""),
        "sku": plain(f.maybe_text("sku") or ""),
        "qty": f.whole("qty", least=1),
        "serial": part("serial"),
        "lot": part("lot"),
        "grade": part("grade"),
        "came_at": to_text(came.at),
        "state": WAITING,
        "case_key": stored_key(f"return.blind:{label}"),
        "rma": None,
        "line": None,
        "matched_by": None,
    }


def take_back(conn: Connection, event_ids: Sequence[str]) -> None:
    """Of these dispositions those that waited wait no more: their bench undid them."""
    _taken_back.run(conn, [{"of": event_id, "to": TAKEN_BACK} for event_id in event_ids])


def match(conn: Connection, event_id: str, rma: str, line: int, matched_by: str) -> None:
    """The unit belongs to a line of an RMA from now on."""
    _matched.run(conn, [{"of": event_id, "to": MATCHED, "code": rma, "number": line, "by": matched_by}])


def unmatch(conn: Connection, matched_by: Sequence[str]) -> list[str]:
    """Whose match was undone waits again: the events of their benches, but for those that are undone too."""
    rows = conn.execute(_by_match, {"ids": list(matched_by)}).all() if matched_by else []
    _unmatched.run(conn, [{"of": row.event_id, "to": TAKEN_BACK if row.undone else WAITING} for row in rows])
    return [row.event_id for row in rows if not row.undone]


def find(conn: Connection, label: str) -> Row[Any] | None:
    """The newest unit under a label that waits, or else the newest; with the site of its bench.

    None when there never was one.
    """
    under = _units.where(blind_unit.c.label == label)
    return conn.execute(under.order_by(blind_unit.c.state != WAITING, blind_unit.c.id.desc())).first()


def given(conn: Connection, event_id: str) -> Fields:
    """The facts that the bench recorded of a unit."""
    return Fields(json.loads(str(conn.scalar(_body, {"of": event_id}))), "facts")


def standing(conn: Connection, unit: Row[Any], label: str) -> list[tuple[Account, int]]:
    """The accounts inside the building that hold units under this label now."""
    asked = {"sku": unit.sku, "owner": unit.owner, "label": label}
    held = [(account_of(parts), int(qty)) for qty, *parts in conn.execute(_standing, asked)]
    return [(found, qty) for found, qty in held if not is_virtual(found.location)]


def waiting(
    conn: Connection, sku: str | None, cursor: str | None, limit: int, *, now: datetime, sites: Sites
) -> dict[str, object]:
    """A page of the units whose case is open, oldest first."""
    asked = _units.join(exception, exception.c.key == blind_unit.c.case_key).where(
        blind_unit.c.state == WAITING,
        exception.c.state == "open",
        blind_unit.c.id > row_number(cursor),
        among(sites, station.c.site),
    )
    if sku is not None:
        asked = asked.where(blind_unit.c.sku == sku)
    rows = conn.execute(asked.order_by(blind_unit.c.id).limit(limit + 1)).all()
    pictures = photos.shown(conn, [row.event_id for row in rows[:limit]])
    return {
        "units": [shown(row, now) | {"photos": pictures.get(row.event_id, [])} for row in rows[:limit]],
        "next": str(rows[limit - 1].id) if len(rows) > limit else None,
    }


def shown(unit: Row[Any], now: datetime) -> dict[str, object]:
    """A unit as it is answered."""
    age_s = max(0.0, (now - from_text(unit.came_at)).total_seconds())
    return {
        "label": unit.label,
        "owner": unit.owner,
        "sku": unit.sku,
        "qty": int(unit.qty),
        "serial": unit.serial,
        "lot": unit.lot,
        "grade": unit.grade,
        "site": unit.site,
        "station": unit.bench,
        "came_at": unit.came_at,
        "age_days": int(age_s // _DAY_S),
        "state": unit.state,
        "event_id": unit.event_id,
    }


_new = inserting(blind_unit, *(column.name for column in blind_unit.columns if column.name != "id"))
_used = asking(
    lambda among_: select(blind_unit.c.label).distinct().where(among_(blind_unit.c.label, "labels"))
)
_keys_of = asking(
    lambda among_: select(blind_unit.c.event_id, blind_unit.c.case_key).where(
        among_(blind_unit.c.event_id, "ids")
    )
)
_taken_back = updating(
    update(blind_unit)
    .where(blind_unit.c.event_id == bindparam("of"), blind_unit.c.state == WAITING)
    .values(state=bindparam("to")),
    "of",
    "to",
)
_matched = updating(
    update(blind_unit)
    .where(blind_unit.c.event_id == bindparam("of"))
    .values(
        state=bindparam("to"),
        rma=bindparam("code"),
        line=bindparam("number"),
        matched_by=bindparam("by"),
    ),
    "of",
    "to",
    "code",
    "number",
    "by",
)
_undo = event.alias("undo")
_by_match = select(
    blind_unit.c.event_id,
    select(_undo.c.id)
    .where(_undo.c.corrects == blind_unit.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE))
    .correlate(blind_unit)
    .exists()
    .label("undone"),
).where(blind_unit.c.matched_by.in_(bindparam("ids", expanding=True)))
_unmatched = updating(
    update(blind_unit)
    .where(blind_unit.c.event_id == bindparam("of"))
    .values(state=bindparam("to"), rma=null(), line=null(), matched_by=null()),
    "of",
    "to",
)
_units = select(blind_unit, station.c.site, func.coalesce(station.c.name, "").label("bench")).join_from(
    blind_unit, station, station.c.station_id == blind_unit.c.station, isouter=True
)
_body = select(event.c.body).where(event.c.event_id == bindparam("of"))
_standing = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        and_(
            account.c.item == bindparam("sku"),
            account.c.owner == bindparam("owner"),
            account.c.label == bindparam("label"),
        ),
        balance.c.qty > 0,
    )
)
