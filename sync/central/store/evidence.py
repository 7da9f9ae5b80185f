"""What the record tells of a unit that leaves: where it was bought, sold and judged, by whom and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from app.domain.account import Account
from app.domain.event import EventKind
from app.domain.place import Virtual
from app.domain.policy import Policy, read_policy
from sync.central.rules.evidence import Judged, Sold, Story, Supplied
from sync.central.store.blind_units import MATCHED
from sync.central.store.tables import (
    account,
    blind_unit,
    customer_order,
    event,
    move,
    order_line,
    policy,
    rma,
    rma_match,
    station,
    supply,
)

_MOST = 5
_Under = tuple[str | None, int | None]


def story_of(conn: Connection, held: Account) -> Story:
    """The life of the units of an account, as far as a label, a serial or a lot tells it."""
    events = _events(conn, held)
    judged = tuple(_judged(conn, row) for row in events if row.kind in _GRADED)
    under = _returned_on(events) or _matched(conn, held)
    return Story(_supplied(conn, held), _sold(conn, *under), judged, under[0], _reason(conn, *under))


def _events(conn: Connection, held: Account) -> Sequence[Any]:
    """Dispositions, matches and gradings of a unit that were not taken back, the latest return only."""
    if held.label is None and held.serial is None:
        return ()
    numbers = _accounts_of(conn, held)
    found = conn.execute(_about, {"accounts": numbers})
    rows = [row for row in found if not row.undone and row.kind != EventKind.UNIT_REDECIDED]
    start = max((n for n, row in enumerate(rows) if row.kind == EventKind.RETURN_DISPOSITIONED), default=0)
    return rows[start:]


def _accounts_of(conn: Connection, held: Account) -> list[int]:
    """Accounts that the unit was counted under: by serial, or by its label and those it had before."""
    if held.serial is not None:
        return list(conn.scalars(_by["serial"], {"owner": held.owner, "sku": held.item, "unit": held.serial}))
    found, labels = list[int](), [held.label]
    for label in labels:
        numbers = list(conn.scalars(_by["label"], {"owner": held.owner, "sku": held.item, "unit": label}))
        found += numbers
        for row in conn.execute(_about, {"accounts": numbers}) if numbers else ():
            before = json.loads(row.body).get("replaces")
            if row.kind in _RELABELS and before and before not in labels:
                labels.append(before)
    return found


def _judged(conn: Connection, row: Any) -> Judged:
    said = json.loads(row.body)
    return Judged(
        row.occurred_at,
        row.operator,
        row.station or row.origin,
        said.get("grade"),
        said.get("disposition"),
        said.get("rule"),
        row.policy_ver,
        tuple(said.get("answers", ())),
        tuple(said.get("notes", ())),
        tuple(said.get("photos", ())),
        said.get("photo_missing") or "",
        tuple((part["sku"], int(part["qty"])) for part in said.get("missing_parts", ())),
        _policy(conn, row.policy_ver),
    )


def _policy(conn: Connection, version: str | None) -> Policy | None:
    source = conn.scalar(_source, {"version": version}) if version else None
    return read_policy(source, f"policy {version}") if source else None


def _supplied(conn: Connection, held: Account) -> tuple[Supplied, ...]:
    """The receipts that a unit of a serial, or the units of a lot, came by; nothing tells others apart."""
    column = "serial" if held.serial else "lot"
    unit = held.serial or held.lot
    if unit is None:
        return ()
    rows = conn.execute(_receipts[column], {"owner": held.owner, "sku": held.item, "unit": unit})
    return tuple(Supplied(row.document or "", row.occurred_at, row.supplier) for row in rows)


def _returned_on(events: Sequence[Any]) -> _Under | None:
    """The RMA and line that a unit came back under."""
    for row in reversed(events):
        said = json.loads(row.body)
        code = said.get("rma")
        if isinstance(code, str) and code:
            line = said.get("line")
            return code, line if isinstance(line, int) else None
    return None


def _matched(conn: Connection, held: Account) -> _Under:
    """The RMA that a unit which nobody announced was matched with, where it stayed in its place."""
    given = {"owner": held.owner, "sku": held.item, "unit": held.label or ""}
    row = conn.execute(_blind, given).first()
    return (row.rma, row.line) if row is not None else (None, None)


def _sold(conn: Connection, code: str | None, line: int | None) -> tuple[Sold, ...]:
    if code is None or line is None:
        return ()
    return tuple(
        Sold(row.code, row.line, row.shipped_at) for row in conn.execute(_sales, {"rma": code, "n": line})
    )


def _reason(conn: Connection, code: str | None, line: int | None) -> str | None:
    document = conn.scalar(_rma, {"rma": code}) if code else None
    lines = json.loads(document)["lines"] if document else ()
    return next((str(entry["reason"]) for entry in lines if entry["line"] == line), None)


_GRADED = (EventKind.RETURN_DISPOSITIONED, EventKind.RETURN_REGRADED)
# A bench gives the unit a new label with either.
_RELABELS = (EventKind.RETURN_REGRADED, EventKind.UNIT_REDECIDED)
_ABOUT = (*_GRADED, EventKind.RETURN_MATCHED, EventKind.UNIT_REDECIDED)
_owner: BindParameter[str] = bindparam("owner")
_sku: BindParameter[str] = bindparam("sku")
_unit: BindParameter[str] = bindparam("unit")
_by = {
    column: select(account.c.id)
    .where(account.c[column] == _unit, account.c.owner == _owner, account.c.item == _sku)
    .order_by(account.c.id)
    for column in ("label", "serial")
}
_undo = event.alias("undo")
_about = (
    select(
        event.c.id,
        event.c.kind,
        event.c.body,
        event.c.occurred_at,
        event.c.operator,
        event.c.origin,
        event.c.policy_ver,
        station.c.name.label("station"),
        select(_undo.c.id)
        .where(_undo.c.corrects == event.c.event_id)
        .correlate(event)
        .exists()
        .label("undone"),
    )
    .distinct()
    .join_from(move, event, event.c.id == move.c.event)
    .join(station, station.c.station_id == event.c.origin, isouter=True)
    .where(
        move.c.target.in_(bindparam("accounts", expanding=True)),
        event.c.kind.in_([str(kind) for kind in _ABOUT]),
    )
    .order_by(event.c.id)
)
_source = select(policy.c.source).where(policy.c.version == bindparam("version"))
_from = account.alias("came_from")
_receipts = {
    column: select(move.c.document, event.c.occurred_at, supply.c.supplier)
    .distinct()
    .join_from(move, event, event.c.id == move.c.event)
    .join(account, account.c.id == move.c.target)
    .join(_from, _from.c.id == move.c.source)
    .join(supply, supply.c.code == move.c.document, isouter=True)
    .where(
        account.c[column] == _unit,
        account.c.owner == _owner,
        account.c.item == _sku,
        event.c.kind == str(EventKind.GOODS_RECEIVED),
        _from.c.location == str(Virtual.SUPPLIER),
    )
    .order_by(event.c.occurred_at, move.c.document)
    .limit(_MOST)
    for column in ("serial", "lot")
}
_sales = (
    select(customer_order.c.code, order_line.c.line, order_line.c.shipped_at)
    .join_from(rma_match, customer_order, customer_order.c.id == rma_match.c.order)
    .join(
        order_line,
        (order_line.c.order == rma_match.c.order) & (order_line.c.line == rma_match.c.order_line),
    )
    .where(rma_match.c.rma == bindparam("rma"), rma_match.c.line == bindparam("n"))
    .order_by(customer_order.c.code, order_line.c.line)
)
_blind = (
    select(blind_unit.c.rma, blind_unit.c.line)
    .where(
        blind_unit.c.label == _unit,
        blind_unit.c.owner == _owner,
        blind_unit.c.sku == _sku,
        blind_unit.c.state == MATCHED,
    )
    .order_by(blind_unit.c.id.desc())
)
_rma = select(rma.c.document).where(rma.c.code == bindparam("rma"))
