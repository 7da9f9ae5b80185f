"""Photos against the events that name them: a row for each, and a case for each that was lost."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, or_, select

from app.domain.digests import photos_named
from app.domain.laws import Violation
from sync.central.store.exceptions import stored_key
from sync.central.store.photos import AWAITED, HERE, LOST, lost_key
from sync.central.store.tables import event, exception, photo

_PAGE = 500
_LAW = "photo"


def check_photos(conn: Connection) -> Iterator[Violation]:
    """Each photo that a posted event names is noted once, with its station, and no other is."""
    after = 0
    while rows := conn.execute(_naming, {"after": after}).all():
        noted = defaultdict[str, dict[str, str]](dict)
        for event_id, digest, station in conn.execute(_noted, {"ids": [row.event_id for row in rows]}):
            noted[event_id][digest] = station
        for row in rows:
            named, _ = photos_named(json.loads(row.body))
            said, stored = dict.fromkeys(named, row.origin), noted[row.event_id]
            if said != stored:
                yield Violation(_LAW, f"event {row.event_id}", _listed(stored), _listed(said))
        after = rows[-1].id
    for digest, event_id in conn.execute(_strays):
        yield Violation(_LAW, f"photo {digest}", f"named by event {event_id}", "an event that names one")
    for digest, state, size in conn.execute(_odd):
        expected = "here with bytes, or awaited or lost without"
        yield Violation(_LAW, f"photo {digest}", f"{state} with {size} bytes", expected)
    yield from _answered(conn)


def _answered(conn: Connection) -> Iterator[Violation]:
    """A photo that its station lost has a case, open or closed by somebody."""
    lost = list(conn.scalars(_lost))
    cases = set(conn.scalars(_cases))
    for event_id in lost:
        if stored_key(lost_key(event_id)) not in cases:
            yield Violation("answered", f"event {event_id}", "a lost photo, no exception", "one")


def _listed(found: dict[str, str]) -> str:
    return ", ".join(f"{digest[:12]} of {station}" for digest, station in sorted(found.items())) or "no photo"


_names = event.c.body.like('%"photos":%')
_naming = (
    select(event.c.id, event.c.event_id, event.c.origin, event.c.body)
    .where(event.c.id > bindparam("after"), _names)
    .order_by(event.c.id)
    .limit(_PAGE)
)
_noted = select(photo.c.event_id, photo.c.digest, photo.c.station).where(
    photo.c.event_id.in_(bindparam("ids", expanding=True))
)
_strays = (
    select(photo.c.digest, photo.c.event_id)
    .join_from(photo, event, event.c.event_id == photo.c.event_id, isouter=True)
    .where(or_(event.c.id.is_(None), ~_names))
    .order_by(photo.c.event_id, photo.c.digest)
)
_odd = (
    select(photo.c.digest, photo.c.state, photo.c.bytes)
    .where(
        ~or_(
            photo.c.state.in_([AWAITED, LOST]) & photo.c.bytes.is_(None),
            (photo.c.state == HERE) & (photo.c.bytes > 0),
        )
    )
    .order_by(photo.c.digest)
)
_lost = select(photo.c.event_id).where(photo.c.state == LOST).distinct().order_by(photo.c.event_id)
_cases = select(exception.c.key).where(exception.c.type == "photo.lost")
