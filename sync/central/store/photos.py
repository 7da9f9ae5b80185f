"""Which photos events name, and whether their bytes are here: noted as events post, shown beside them.

The bytes stand in a folder (`sync.central.photo_folder`), apart from the database and from facts. A photo
that is awaited for too long, and one that its station lost, is answered for by one case each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, text, update

from app.domain.clock import from_text, to_text
from app.domain.digests import photos_named
from sync.central.store.act import Act
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.journal import Fact
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import account, event, exception, move, photo, station, unidentified
from sync.central.store.worth_of_events import priced, priced_as_posted

AWAITED, HERE, LOST = "awaited", "here", "lost"
LATE = timedelta(days=30)
"""So long a photo may be on its way before somebody is asked about it."""

_CAME = "What was missing has come."


def note(conn: Connection, facts: Iterable[Fact], posted_at: datetime) -> None:
    """Notes what some events name; bytes that came by another event are here for these too."""
    rows, at = list[dict[str, object]](), to_text(posted_at)
    for fact in facts:
        named, odd = photos_named(fact.event.body)
        if odd:
            case = priced(conn, _unreadable(fact.event.event_id, odd), fact.event.moves)
            open_case(conn, case, posted_at)
        rows += [
            {
                "digest": digest,
                "event_id": fact.event.event_id,
                "station": fact.origin,
                "named_at": at,
                "state": AWAITED,
                "bytes": None,
            }
            for digest in named
        ]
    if not rows:
        return
    sizes = dict(_sizes.rows(conn, digests=sorted({str(row["digest"]) for row in rows})))
    for row in rows:
        if row["digest"] in sizes:
            row |= {"state": HERE, "bytes": sizes[row["digest"]]}
    _new.run(conn, rows)


def named_by(conn: Connection, origin: str, digests: Collection[str]) -> set[str]:
    """Those of some digests that posted events of a station name."""
    asked = {"digests": list(digests), "origin": origin}
    return set(conn.scalars(_named, asked)) if digests else set()


def arrived(conn: Connection, digest: str, size: int, at: datetime) -> None:
    """The bytes are in the folder, for every event that names them."""
    rows = rows_of(conn, digest)
    conn.execute(_arrive, {"of": digest, "size": size})
    answered = [row.event_id for row in rows if row.state == LOST]
    whole = set(answered) - set(conn.scalars(_still_lost, {"ids": answered}) if answered else ())
    close_cases(conn, [lost_key(event_id) for event_id in whole], at, _CAME)
    _close_late(conn, {row.station for row in rows if row.state == AWAITED}, at)


def gone(conn: Connection, digest: str) -> None:
    """The bytes that were here are not in the folder any more: they are awaited again."""
    conn.execute(_go, {"of": digest})


def lost(conn: Connection, origin: str, digests: Collection[str], at: datetime) -> None:
    """A station says that it cannot send these any more; each event that names one has one case."""
    if not digests:
        return
    rows = conn.execute(_awaited_of, {"origin": origin, "digests": list(digests)}).all()
    for row in rows:
        conn.execute(_lose, {"of": row.digest, "by": row.event_id})
        case = priced_as_posted(conn, _lost(row.event_id), event.c.event_id == row.event_id)
        open_case(conn, case, at)
    _close_late(conn, {origin}, at)


def shown(conn: Connection, event_ids: Collection[str]) -> Mapping[str, list[dict[str, object]]]:
    """The photos that some events name as they are shown, by event."""
    found: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for row in _of_events.rows(conn, ids=list(event_ids)) if event_ids else ():
        found[row.event_id].append(
            {
                "sha256": row.digest,
                "event_id": row.event_id,
                "state": row.state,
                "bytes": row.bytes,
                "path": f"/v1/photos/{row.digest}",
            }
        )
    return found


def shown_together(conn: Connection, event_ids: Sequence[str]) -> list[dict[str, object]]:
    """The same in one list, in the order of the events."""
    found = shown(conn, event_ids)
    return [entry for event_id in event_ids for entry in found.get(event_id, ())]


def of_unit(conn: Connection, label: str) -> tuple[str, ...]:
    """The photos of the unit under a label, the first ones first, also of while it had no name."""
    return tuple(dict.fromkeys(conn.scalars(_of_label, {"label": label})))


def rows_of(conn: Connection, digest: str) -> Sequence[Any]:
    """The events that name a photo: state, station and its site."""
    return conn.execute(_rows, {"of": digest}).all()


def late(conn: Connection, now: datetime) -> bool:
    """Whether `look_for_late` would open a case; only reads."""
    return bool(_unanswered(conn, now))


def look_for_late(act: Act) -> int:
    """One case for each station whose photos are awaited for too long; it closes itself when they came.

    Returns:
        How many.

    One that a person closed is open again only for photos that are late since then.
    """
    rows, before = _unanswered(act.conn, act.posted_at), to_text(act.posted_at - LATE)
    for row in rows:
        late_there = (
            photo.c.station == row.station,
            photo.c.named_at < before,
            text("photo.state = 'awaited'"),
        )
        unseen = event.c.event_id.in_(select(photo.c.event_id).where(*late_there))
        open_case(act.conn, priced_as_posted(act.conn, _late(row), unseen), act.posted_at)
    return len(rows)


def _unanswered(conn: Connection, now: datetime) -> list[Any]:
    due = conn.execute(_awaited_long, {"before": to_text(now - LATE)}).all()
    if not due:
        return []
    cases = {
        case.key: case for case in conn.execute(_cases, {"keys": [late_key(row.station) for row in due]})
    }
    return [row for row in due if _asks(row, cases.get(late_key(row.station)))]


def _asks(row: Any, case: Any | None) -> bool:
    if case is None:
        return True
    return case.state != "open" and to_text(from_text(row.last) + LATE) > str(case.resolved_at)


def _close_late(conn: Connection, origins: Collection[str], at: datetime) -> None:
    """Closes the case of each of some stations of which nothing is late any more."""
    still = {row.station for row in conn.execute(_awaited_long, {"before": to_text(at - LATE)})}
    close_cases(conn, [late_key(origin) for origin in origins if origin not in still], at, _CAME)


def lost_key(event_id: str) -> str:
    """The key of the case of an event whose photos its station lost."""
    return f"photo.lost:{event_id}"


def late_key(origin: str) -> str:
    """The key of the case of a station whose photos do not come."""
    return f"photo.late:{origin}"


def unreadable_key(event_id: str) -> str:
    """The key of the case of an event that names as a photo what can be none."""
    return f"photo.unreadable:{event_id}"


def _lost(event_id: str) -> Case:
    return Case(
        key=lost_key(event_id),
        type="photo.lost",
        subject=f"event:{event_id}",
        owner_role="supervisor",
        fix="A photo that this event names is not on its station's disk any more and never came here: put "
        "the file back into the station's photos folder, or decide without it.",
    )


def _late(row: Any) -> Case:
    return Case(
        key=late_key(row.station),
        type="photo.late",
        subject=f"station:{row.station}",
        owner_role="admin",
        fix=f"{row.photos} photos that this station named have not come for {LATE.days} days, the first "
        f"since {row.first}: look at that station's status and its network.",
    )


def _unreadable(event_id: str, odd: Sequence[str]) -> Case:
    return Case(
        key=unreadable_key(event_id),
        type="photo.unreadable",
        subject=f"event:{event_id}",
        owner_role="admin",
        fix=f"The event names {odd[0][:80]!r} as a photo, which is no SHA-256; the event is posted. Look at "
        "that station's program.",
    )


_new = inserting(photo, *(column.name for column in photo.columns))
_sizes = asking(
    lambda among: (
        select(photo.c.digest, func.max(photo.c.bytes))
        .where(among(photo.c.digest, "digests"), text("photo.state = 'here'"))
        .group_by(photo.c.digest)
    )
)
_of_events = asking(
    lambda among: (
        select(photo.c.event_id, photo.c.digest, photo.c.state, photo.c.bytes)
        .where(among(photo.c.event_id, "ids"))
        .order_by(photo.c.event_id, photo.c.digest)
    )
)
_put = (
    select(move.c.event)
    .join_from(account, move, move.c.target == account.c.id)
    .where(account.c.label == bindparam("label"), text("account.label <> ''"))
)
_kept = select(unidentified.c.event_id).where(unidentified.c.label == bindparam("label"))
_of_label = (
    select(photo.c.digest)
    .join_from(photo, event, event.c.event_id == photo.c.event_id)
    .where(or_(event.c.id.in_(_put), event.c.event_id.in_(_kept)))
    .order_by(event.c.id, photo.c.digest)
)
_named = (
    select(photo.c.digest)
    .where(photo.c.digest.in_(bindparam("digests", expanding=True)), photo.c.station == bindparam("origin"))
    .distinct()
)
_rows = (
    select(photo.c.event_id, photo.c.state, photo.c.station, station.c.name, station.c.site)
    .join_from(photo, station, station.c.station_id == photo.c.station, isouter=True)
    .where(photo.c.digest == bindparam("of"))
    .order_by(photo.c.event_id)
)
_arrive = (
    update(photo)
    .where(photo.c.digest == bindparam("of"), photo.c.state != HERE)
    .values(state=HERE, bytes=bindparam("size"))
)
_go = (
    update(photo)
    .where(photo.c.digest == bindparam("of"), photo.c.state == HERE)
    .values(state=AWAITED, bytes=None)
)
_lose = (
    update(photo)
    .where(photo.c.digest == bindparam("of"), photo.c.event_id == bindparam("by"))
    .values(state=LOST)
)
_still_lost = select(photo.c.event_id).where(
    photo.c.event_id.in_(bindparam("ids", expanding=True)), photo.c.state == LOST
)
_awaited_of = (
    select(photo.c.digest, photo.c.event_id)
    .where(
        photo.c.digest.in_(bindparam("digests", expanding=True)),
        photo.c.station == bindparam("origin"),
        photo.c.state == AWAITED,
    )
    .order_by(photo.c.event_id, photo.c.digest)
)
# The partial index is only used for a condition written out, so the state stands here as a word.
_awaited_long = (
    select(
        photo.c.station,
        func.count().label("photos"),
        func.min(photo.c.named_at).label("first"),
        func.max(photo.c.named_at).label("last"),
    )
    .where(text("photo.state = 'awaited'"), photo.c.named_at < bindparam("before"))
    .group_by(photo.c.station)
    .order_by(photo.c.station)
)
_cases = select(exception.c.key, exception.c.state, exception.c.resolved_at).where(
    exception.c.key.in_(bindparam("keys", expanding=True))
)
