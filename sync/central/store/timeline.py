"""What happened to a unit, an order, a return or under a document: events in order, each one sentence."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, or_, select, true, union

from app.domain.event import EventKind
from app.domain.refusal import Refused
from sync.central.rules.outcomes import missing
from sync.central.rules.telling import told
from sync.central.store import moves, photos
from sync.central.store.approval_listing import of_events
from sync.central.store.chain import CENTRE
from sync.central.store.cursors import row_number
from sync.central.store.tables import (
    account,
    consignment_step,
    customer_order,
    event,
    move,
    order_line,
    replacement,
    replacement_step,
    rma,
    rma_event,
    rma_match,
    station,
    work_order,
    work_step,
)
from sync.central.store.tables.ledger import INDEXED_DOCUMENT

Page = dict[str, object]

# Accounts that one unit was ever counted under; a text that is on more of them names no unit.
_MOST_ACCOUNTS = 1000


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about: exactly one of unit, order, RMA or document; `sku` narrows a unit or a document.

    A unit is a serial or a unit label.
    """

    unit: str | None = None
    sku: str | None = None
    order: str | None = None
    rma: str | None = None
    document: str | None = None

    def __post_init__(self) -> None:
        """Refuses a question about nothing or about two things.

        Raises:
            Refused: not exactly one is given.
        """
        given = [name for name in ("unit", "order", "rma", "document") if getattr(self, name) is not None]
        if len(given) != 1:
            raise Refused(
                "timeline.about",
                f"Read {' and '.join(given) or 'no unit, order, rma or document'}.",
                "Expected exactly one of unit, order, rma and document.",
                "Ask about one thing.",
            )


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of the events about it, and which of their moves are."""

    events: Select[Any]
    moves: ColumnElement[bool]


def timeline(conn: Connection, about: About, cursor: str | None, limit: int) -> Page:
    """Events about something in the order they were posted, with those that take them back.

    Each has the moves that are about it; a sentence says how many others the event had.

    Raises:
        Missing: no such order or return.
    """
    after, found = row_number(cursor), _find(conn, about)
    at_first = found.events.subquery()
    undone = select(event.c.event_id).where(event.c.id.in_(select(at_first)))
    asked = (
        EVENTS.where(event.c.id > after, or_(event.c.id.in_(select(at_first)), event.c.corrects.in_(undone)))
        .order_by(event.c.id)
        .limit(limit + 1)
    )
    rows = conn.execute(asked).all()
    shown = rows[:limit]
    numbers = [row.event for row in shown]
    moved = _moved(conn, shown, found.moves)
    named = {row.event_id: _named(row) for row in shown}
    pictures = photos.shown(conn, {*named, *(thing for thing in named.values() if thing)})
    judged = of_events(conn, [row.event_id for row in shown])
    counts = Counter({row.event: int(row.times) for row in conn.execute(_counts, {"events": numbers})})
    return {
        "events": [
            _entry(row, moved[row.event], counts[row.event], judged.get(row.event_id))
            | {"photos": [*pictures.get(row.event_id, ()), *pictures.get(named[row.event_id] or "", ())]}
            for row in shown
        ],
        "next": str(shown[-1].event) if len(rows) > limit else None,
    }


def _named(row: Any) -> str | None:
    """The event of the thing that an event gives a name: its photos say what was seen."""
    found = body_of(row.body).get("names") if row.event_kind == EventKind.RETURN_NAMED else None
    return found if isinstance(found, str) and found else None


def _entry(row: Any, moved: Sequence[Any], all_moves: int, judged: Page | None) -> Page:
    return {
        **moves.caused(row),
        "corrects": row.corrects,
        "sentence": sentence(row, moved, all_moves - len(moved)),
        "approval": judged,
        "moves": [moves.shown(entry) for entry in moved],
        "other_moves": all_moves - len(moved),
    }


def sentence(row: Any, moved: Sequence[Any], omitted: int = 0) -> str:
    """A row of `EVENTS` with some rows of `MOVES`, told."""
    where = "the centre" if row.origin == CENTRE else row.station or f"station {row.origin}"
    return told(
        row.event_kind,
        row.operator,
        where,
        body_of(row.body),
        [moves.move_of(entry) for entry in moved],
        omitted=omitted,
    )


def events_told(conn: Connection, event_ids: Collection[str]) -> Mapping[str, str]:
    """Some events in a sentence each, by their id."""
    rows = conn.execute(EVENTS.where(event.c.event_id.in_(event_ids))).all() if event_ids else ()
    moved = _moved(conn, rows)
    return {row.event_id: sentence(row, moved[row.event]) for row in rows}


def _moved(
    conn: Connection, events: Sequence[Any], which: ColumnElement[bool] | None = None
) -> Mapping[int, list[Any]]:
    """The moves of some events, by event and in their order; all of them or those that are asked for."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    its = moves.MOVES.where(move.c.event.in_([row.event for row in events]))
    its = (its if which is None else its.where(which)).order_by(move.c.event, move.c.n)
    for row in conn.execute(its) if events else ():
        found[row.event].append(row)
    return found


def body_of(text: str) -> Mapping[str, object]:
    """The facts of an event beside its moves; none when the text is no object."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _find(conn: Connection, about: About) -> _Found:
    if about.unit is not None:
        return _of_unit(conn, about.unit, about.sku)
    if about.order is not None:
        return _of_order(conn, about.order)
    if about.rma is not None:
        return _of_return(conn, about.rma)
    document = and_(move.c.document == about.document, INDEXED_DOCUMENT)
    if about.sku is not None:
        document &= move.c.source.in_(select(account.c.id).where(account.c.item == about.sku))
    moved = select(move.c.event).where(document)
    if about.sku is not None:
        return _Found(moved, document)
    # The settlement of a consignment moves nothing.
    settled = (
        select(event.c.id)
        .join(consignment_step, consignment_step.c.event_id == event.c.event_id)
        .where(consignment_step.c.consignment == about.document)
    )
    return _Found(select(union(moved, settled).subquery()), document)


def _of_unit(conn: Connection, unit: str, sku: str | None) -> _Found:
    """By the accounts that name the unit; what came into them is found by their item's sources."""
    asked = select(account.c.id, account.c.owner, account.c.item).where(
        or_(account.c.serial == unit, account.c.label == unit)
    )
    if sku is not None:
        asked = asked.where(account.c.item == sku)
    rows = conn.execute(asked.order_by(account.c.id).limit(_MOST_ACCOUNTS)).all()
    numbers, items = [row.id for row in rows], sorted({row.item for row in rows})
    sources = select(account.c.id).where(account.c.item.in_(items))
    left, came = move.c.source.in_(numbers), move.c.target.in_(numbers)
    return _Found(
        select(
            union(
                select(move.c.event).where(left),
                select(move.c.event).where(came, move.c.source.in_(sources)),
                # The steps of the work on it move nothing.
                select(event.c.id)
                .join(work_step, work_step.c.event_id == event.c.event_id)
                .join(work_order, work_order.c.code == work_step.c.code)
                .where(work_order.c.account.in_(numbers)),
            ).subquery()
        ),
        or_(left, came),
    )


def _of_order(conn: Connection, code: str) -> _Found:
    """Its shipments, and what came back of them."""
    number = conn.scalar(select(customer_order.c.id).where(customer_order.c.code == code))
    if number is None:
        raise missing("order", code)
    skus = select(order_line.c.sku).where(order_line.c.order == number, order_line.c.sku.is_not(None))
    sources = select(account.c.id).where(account.c.item.in_(skus))
    returns = select(rma_match.c.rma).where(rma_match.c.order == number)
    return _Found(
        select(
            union(
                select(move.c.event).where(move.c.source.in_(sources), move.c.document == code),
                _under(rma_event.c.rma.in_(returns)),
                _replaced(replacement_step.c.rma.in_(returns)),
                _replaced(replacement.c.order_code == code),
            ).subquery()
        ),
        true(),
    )


def _of_return(conn: Connection, code: str) -> _Found:
    """What stations did under its code, whether or not anybody authorized it."""
    authorized = select(rma.c.code).where(rma.c.code == code)
    done = select(rma_event.c.rma).where(rma_event.c.rma == code)
    if not conn.scalar(select(or_(authorized.exists(), done.exists()))):
        raise missing("return", code)
    both = union(_under(rma_event.c.rma == code), _replaced(replacement_step.c.rma == code))
    return _Found(select(both.subquery()), true())


def _under(codes: ColumnElement[bool]) -> Select[Any]:
    return select(event.c.id).join(rma_event, rma_event.c.event_id == event.c.event_id).where(codes)


def _replaced(which: ColumnElement[bool]) -> Select[Any]:
    """What became of replacements."""
    return (
        select(event.c.id)
        .join(replacement_step, replacement_step.c.event == event.c.event_id)
        .join(
            replacement,
            and_(replacement.c.rma == replacement_step.c.rma, replacement.c.line == replacement_step.c.line),
        )
        .where(which)
    )


# Events with the columns that `moves.caused` shows.
EVENTS: Select[Any] = (
    select(
        event.c.id.label("event"),
        event.c.event_id,
        event.c.kind.label("event_kind"),
        event.c.origin,
        station.c.name.label("station"),
        event.c.operator,
        event.c.policy_ver,
        event.c.occurred_at,
        event.c.posted_at,
        event.c.corrects,
        event.c.body,
    )
    .select_from(event)
    .join(station, station.c.station_id == event.c.origin, isouter=True)
)
_counts = (
    select(move.c.event, func.count().label("times"))
    .where(move.c.event.in_(bindparam("events", expanding=True)))
    .group_by(move.c.event)
)
