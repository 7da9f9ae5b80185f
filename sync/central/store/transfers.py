"""Transfers as rows: heads, lines, milestones, and the units of each that are on their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    update,
)

from app.domain.account import Status
from app.domain.clock import from_text, to_text
from app.domain.move import Move, MoveKind
from app.domain.place import lane
from app.domain.reservation import Scope
from app.domain.transfer import Coming, ComingLine, Transfer
from sync.central.rules.outcomes import missing
from sync.central.rules.picking import Shelf
from sync.central.rules.scope import Sites
from sync.central.rules.transfer import Milestone, Reached, TransferLine, ages
from sync.central.store import claims, feed
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.scope import among
from sync.central.store.tables import account, event, move, transfer, transfer_line, transfer_milestone

OVER = "over"
"""What is noted of a receipt when nothing of the transfer was on its way."""

_COUNTERS = ("picked", "shipped", "received", "damaged", "short", "over")

LATE = "late"
"""What is noted of a receipt of units that were given up before."""

AGAIN = "approved_again"
"""What is noted when a picked transfer claims what it lost."""


def document_of(code: str) -> str:
    """How claims and decisions name a transfer."""
    return f"transfer:{code}"


def find(conn: Connection, code: str) -> Row[Any]:
    """The transfer of that code; refused as missing when there is none."""
    row: Row[Any] | None = _by_code.first(conn, code=code)
    if row is None:
        raise missing("transfer", code)
    return row


def lines_of(conn: Connection, code: str) -> list[TransferLine]:
    """Its lines by number, each with the units that are claimed for it."""
    claimed = Counter[int]()
    for row in claims.of_document(conn, document_of(code)):
        claimed[row.line] += row.qty
    return [
        TransferLine(
            row.line,
            row.sku,
            row.lot,
            row.qty,
            row.picked,
            row.shipped,
            row.received,
            row.damaged,
            row.short,
            row.over,
            claimed[row.line],
        )
        for row in _lines.rows(conn, code=code)
    ]


def scope(row: Row[Any], line: TransferLine) -> Scope:
    """Which units a line is claimed of: those at the source, of its lot."""
    return Scope(site=row.source, lot=line.lot or None)


def count(conn: Connection, code: str, column: str, units: Mapping[int, int]) -> None:
    """Adds units by line to a counter, as `picked`."""
    _add[column].run(conn, [{"of": code, "number": line, "more": qty} for line, qty in units.items()])


def reach(act: Act, code: str, milestone: Milestone, event_id: str | None = None) -> None:
    """Has a transfer reach a milestone, with its time and the event that moved its units."""
    note(act, code, milestone.value, event_id)
    _reach.run(act.conn, [{"which": code, "reached": milestone.value}])


def note(act: Act, code: str, what: str, event_id: str | None = None) -> None:
    """Notes what happened to a transfer among its milestones; `AGAIN`, `OVER` and `LATE` are none of them."""
    number = int(_count.value(act.conn, code=code) or 0) + 1
    reached = {"transfer": code, "n": number, "milestone": what, "at": to_text(act.occurred_at)}
    _note.run(act.conn, [{**reached, "by": act.operator, "event_id": event_id}])


def release(act: Act, code: str) -> set[str]:
    """Gives all claims of a transfer back; the items whose units are free by it, to be settled."""
    rows = claims.of_document(act.conn, document_of(code))
    claims.unclaim(act.conn, [{"id": row.id, "qty": row.qty} for row in rows])
    return {row.item for row in rows}


def on_the_way(conn: Connection, row: Row[Any]) -> tuple[Shelf, ...]:
    """The units that left with a transfer and are still in its lane, by account.

    They come from the transfer's own moves: other transfers share the lane.
    """
    given = {"code": row.code, "lane": lane(row.source, row.target), "status": Status.IN_TRANSIT.value}
    return tuple(
        Shelf.of(number, account_of(parts), int(qty))
        for number, qty, *parts in _in_lane.each(conn, **given)
        if qty
    )


def moves_of(conn: Connection, event_id: str) -> list[Move]:
    """The moves of one event, newest first."""
    width = len(ACCOUNT_COLUMNS)
    return [
        Move(int(qty), account_of(parts[:width]), account_of(parts[width:]), MoveKind(kind), reason, document)
        for qty, kind, reason, document, *parts in conn.execute(_moves_of, {"of": event_id})
    ]


def record_of(conn: Connection, code: str) -> Transfer:
    """The transfer as stations mirror it, with the units that are on their way.

    Raises:
        Missing: no such transfer.
    """
    row = find(conn, code)
    receipts = [entry.event_id for entry in _milestones.rows(conn, code=code) if entry.event_id]
    return Transfer(
        code=row.code,
        owner=row.owner,
        source=row.source,
        target=row.target,
        state=row.state,
        lines=tuple(
            ComingLine(
                line.line,
                line.sku,
                line.qty,
                max(0, line.on_the_way),
                line.received + line.damaged + line.short,
                line.lot,
            )
            for line in lines_of(conn, code)
        ),
        units=tuple(Coming(shelf.account, shelf.qty) for shelf in on_the_way(conn, row) if shelf.qty > 0),
        receipts=tuple(receipts),
    )


def publish(conn: Connection, code: str, event_id: str | None = None) -> None:
    """Puts the transfer as it is now on the feed."""
    feed.publish(conn, [feed.Record("transfer", code, record_of(conn, code).to_json(), event_id)])


# --- answers -----------------------------------------------------------------------------------------------


def document(conn: Connection, code: str, now: datetime, limit_hours: int | None = None) -> dict[str, object]:
    """The transfer as it is answered, with its ages and, when a limit is given, what is older than that.

    Raises:
        Missing: no such transfer.
    """
    return _document(conn, find(conn, code), now, limit_hours)


def page(
    conn: Connection,
    where: Mapping[str, str | None],
    *,
    older: datetime | None,
    cursor: str | None,
    limit: int,
    now: datetime,
    sites: Sites = None,
) -> dict[str, object]:
    """Transfers by code.

    Args:
        conn: one look.
        where: `state` and `site` (source or target), None for any.
        older: only those that reached their present milestone before then.
        cursor: the last page's.
        limit: most transfers of a page.
        now: by which ages are told.
        sites: only those from or to one of these.
    """
    asked = _page.where(among(sites, transfer.c.source, transfer.c.target))
    if where.get("state") is not None:
        asked = asked.where(transfer.c.state == where["state"])
    if where.get("site") is not None:
        asked = asked.where(or_(transfer.c.source == where["site"], transfer.c.target == where["site"]))
    if older is not None:
        asked = asked.where(_last_at < to_text(older))
    rows: Sequence[Row[Any]] = conn.execute(asked, {"after": cursor or "", "most": limit + 1}).all()
    more, rows = len(rows) > limit, rows[:limit]
    return {
        "transfers": [_document(conn, row, now, None) for row in rows],
        "next": rows[-1].code if more else None,
    }


def _document(conn: Connection, row: Row[Any], now: datetime, limit_hours: int | None) -> dict[str, object]:
    reached = _milestones.rows(conn, code=row.code)
    lasted = ages([Reached(entry.milestone, from_text(entry.at)) for entry in reached], now)
    alarms = {} if limit_hours is None else {"alarms": lasted.alarms(row.code, limit_hours)}
    return {
        "transfer": row.code,
        "state": row.state,
        "owner": row.owner,
        "source": row.source,
        "target": row.target,
        "due": row.due_at,
        "note": row.note,
        "lines": [_line(line) for line in lines_of(conn, row.code)],
        "milestones": [
            {"milestone": entry.milestone, "at": entry.at, "by": entry.by, "event_id": entry.event_id}
            for entry in reached
        ],
        "age_seconds": {"total": lasted.total, "present": lasted.present, "at": dict(lasted.at)},
        **alarms,
    }


def _line(line: TransferLine) -> dict[str, object]:
    return {
        "line": line.line,
        "sku": line.sku,
        **({"lot": line.lot} if line.lot else {}),
        "qty": line.qty,
        "claimed": line.claimed,
        "picked": line.picked,
        "shipped": line.shipped,
        "on_the_way": line.on_the_way,
        "received": line.received,
        "damaged": line.damaged,
        "short": line.short,
        "over": line.over,
    }


def event_lines(lines: Iterable[TransferLine], **units: Mapping[int, int]) -> list[dict[str, object]]:
    """What an event tells of lines: units by the name of what became of them, lines of nothing left out."""
    found = list[dict[str, object]]()
    for line in lines:
        told = {name: by_line[line.line] for name, by_line in units.items() if by_line.get(line.line)}
        if told:
            found.append({"line": line.line, "sku": line.sku, **told})
    return found


_by_code = asking(lambda _: select(transfer).where(transfer.c.code == bindparam("code")))
_its_line = transfer_line.c.transfer == bindparam("code")
_lines = asking(lambda _: select(transfer_line).where(_its_line).order_by(transfer_line.c.line))
_add = {
    column: updating(
        update(transfer_line)
        .where(transfer_line.c.transfer == bindparam("of"), transfer_line.c.line == bindparam("number"))
        .values({column: transfer_line.c[column] + bindparam("more")}),
        "of",
        "number",
        "more",
    )
    for column in _COUNTERS
}
_reach = updating(
    update(transfer).where(transfer.c.code == bindparam("which")).values(state=bindparam("reached")),
    "which",
    "reached",
)
_mine = transfer_milestone.c.transfer == bindparam("code")
_count = asking(lambda _: select(func.count()).where(_mine))
_milestones = asking(lambda _: select(transfer_milestone).where(_mine).order_by(transfer_milestone.c.n))
_note = inserting(transfer_milestone)
_newer = transfer_milestone.alias("newer")
_last_at = (
    select(transfer_milestone.c.at)
    .where(
        transfer_milestone.c.transfer == transfer.c.code,
        transfer_milestone.c.n
        == select(func.max(_newer.c.n))
        .where(_newer.c.transfer == transfer.c.code)
        .correlate(transfer)
        .scalar_subquery(),
    )
    .correlate(transfer)
    .scalar_subquery()
)
_page = (
    select(transfer)
    .where(transfer.c.code > bindparam("after"))
    .order_by(transfer.c.code)
    .limit(bindparam("most"))
)
# By its events, which milestones name: other moves may name a document of the same code.
_sign = case((move.c.target == account.c.id, literal_column("1")), else_=literal_column("-1"))
_in_lane = asking(
    lambda _: (
        select(account.c.id, func.sum(move.c.qty * _sign).label("qty"), *ACCOUNT_COLUMNS)
        .select_from(transfer_milestone)
        .join(event, event.c.event_id == transfer_milestone.c.event_id)
        .join(move, move.c.event == event.c.id)
        .join(account, or_(move.c.source == account.c.id, move.c.target == account.c.id))
        .where(
            _mine,
            and_(account.c.location == bindparam("lane"), account.c.status == bindparam("status")),
        )
        .group_by(account.c.id, *ACCOUNT_COLUMNS)
        .order_by(account.c.id)
    )
)
_source, _target = account.alias("source"), account.alias("target")
_moves_of = (
    select(
        move.c.qty,
        move.c.kind,
        move.c.reason,
        move.c.document,
        *(_source.c[column.name] for column in ACCOUNT_COLUMNS),
        *(_target.c[column.name] for column in ACCOUNT_COLUMNS),
    )
    .join(event, event.c.id == move.c.event)
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(event.c.event_id == bindparam("of"))
    .order_by(move.c.n.desc())
)
