"""Events that should stand in the books and do not: their booking failed, or its rows were lost.

An event whose units leave and enter by the same end in equal numbers may have no entry. What was there before
there were books was taken over at once, in an entry whose first line has the number 0: events up to the one
it hangs on have none of their own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, exists, func, or_, select, update

from app.domain.approvals import Verdict
from app.domain.clock import from_text
from app.domain.event import Event, EventKind
from app.domain.place import TRANSIT_PREFIX
from sync.central.rules.books import Book, share
from sync.central.rules.books.entry import together
from sync.central.rules.progress import COUNTED
from sync.central.store import moves
from sync.central.store.booking import PAYS, Late, book, money_of
from sync.central.store.chain import CENTRE
from sync.central.store.journal import Fact, dated
from sync.central.store.tables import (
    account,
    blind_unit,
    customer_order,
    event,
    event_approval,
    journal_entry,
    journal_line,
    move,
    order_line,
    receipt,
    rma_event,
    rma_match,
    sale_worth,
)


@dataclass(frozen=True, slots=True)
class Unbooked:
    """An event without its entry; `stock` are the owners and items whose units it moves or revalues."""

    row: int
    event_id: str
    kind: str
    stock: tuple[tuple[str, str], ...]


def unbooked(conn: Connection) -> list[Unbooked]:
    """All of them, in the order in which they were posted."""
    found = dict[int, Unbooked]()
    for row in conn.execute(_crossing):
        before = found.get(row.id)
        stock = (*(before.stock if before else ()), (row.owner, row.item))
        found[row.id] = Unbooked(row.id, row.event_id, row.kind, tuple(dict.fromkeys(stock)))
    for named in conn.execute(_named):
        if named.entered or named.came in found:
            stock = ((named.owner, named.sku),)
            found.setdefault(named.id, Unbooked(named.id, named.event_id, named.kind, stock))
    for paying in conn.execute(_paying):
        if together(money_of(paying.kind, json.loads(paying.body))):
            found.setdefault(paying.id, Unbooked(paying.id, paying.event_id, paying.kind, ()))
    for undo in conn.execute(_taking_back):
        before = found.get(undo.id)
        stock = (*(before.stock if before else ()), (undo.owner, undo.sku))
        named_only = dict.fromkeys((owner, sku) for owner, sku in stock if sku is not None)
        found[undo.id] = Unbooked(undo.id, undo.event_id, undo.kind, tuple(named_only))
    return [found[row] for row in sorted(found)]


def book_late(conn: Connection, missing: Unbooked) -> None:
    """Books one of them as if it were told of only now: on its day, or the first that is open."""
    row: Any = conn.execute(_event, {"which": missing.row}).one()
    moved = tuple(moves.move_of(entry) for entry in conn.execute(_moves, {"which": missing.row}))
    happened = Event(
        event_id=row.event_id,
        kind=row.kind,
        subject=(),
        operator=row.operator,
        session="books",
        moves=moved,
        body=json.loads(row.body),
        policy_ver=row.policy_ver,
        corrects=row.corrects,
    )
    fact = Fact(happened, row.origin, _dated(conn, row))
    _forget(conn, row)
    gone = conn.execute(_gone, {"of": row.event_id}).first() is not None
    late, loose = Late(gone, _later_units(conn, row)), set(conn.scalars(_loose, {"of": row.event_id}))
    book(conn, [fact], {row.event_id: missing.row}, late, unapproved=loose)


def _dated(conn: Connection, row: Any) -> datetime:
    """The day on which it was to be booked when it came."""
    said = from_text(row.occurred_at)
    came = conn.execute(_envelope, {"of": row.event_id, "origin": row.origin}).first()
    if row.origin == CENTRE or came is None:
        return said
    return dated(said, bytes(came.header), from_text(came.received_at))


def _forget(conn: Connection, row: Any) -> None:
    """Takes out of its sales what a lost entry had put there: more than journal and shipments tell of."""
    body = json.loads(row.body)
    if row.kind == EventKind.ORDER_SHIPPED:
        units = {line["line"]: int(line["qty"]) for line in body.get("lines", ())}
        for sale in conn.execute(_sold, {"code": body.get("order")}).all():
            over = int(sale.qty) + units.get(sale.line, 0) - int(sale.shipped)
            if over > 0:
                kept = {name: share(getattr(sale, name), sale.qty, over, sale.qty) for name in _SUMS}
                conn.execute(
                    _set_sold, {"of": sale.order, "number": sale.line, "units": sale.qty - over} | kept
                )
    elif conn.scalar(select(_taken_over)) == 0 and isinstance(body.get("rma"), str):
        for sale in conn.execute(_back, {"code": body["rma"], "number": body.get("line")}).all():
            if int(sale.back) > int(sale.units):
                given = {"units": int(sale.units), "minor": int(sale.minor)}
                conn.execute(_set_back, {"of": sale.order, "number": sale.line} | given)


def _later_units(conn: Connection, row: Any) -> int:
    """Units of its return line that are counted and not in the books: its own, and those of later events."""
    body = json.loads(row.body)
    on = (body.get("rma"), body.get("line"))
    if not isinstance(on[0], str):
        return 0
    later = [json.loads(text) for text in conn.scalars(_counted, {"code": on[0], "from_row": row.id})]
    return sum(
        int(told["qty"])
        for told in later
        if (told.get("rma"), told.get("line")) == on and isinstance(told.get("qty"), int)
    )


def _inside(end: Any) -> ColumnElement[int]:
    ours = or_(end.c.location.not_like("@%"), end.c.location.like(f"{TRANSIT_PREFIX}%"))
    return case((ours, 1), else_=0)


def _entered(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(journal_entry.c.event == event.c.id, *more)


_source, _target = account.alias("source"), account.alias("target")
_taken_over = (
    select(func.coalesce(func.max(journal_line.c.event), 0)).where(journal_line.c.n == 0).scalar_subquery()
)
_from, _to = _inside(_source), _inside(_target)
_end = case((_from == 1, _target.c.location), else_=_source.c.location)
_crossing = (
    select(event.c.id, event.c.event_id, event.c.kind, _source.c.owner, _source.c.item)
    .join_from(event, move, move.c.event == event.c.id)
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(
        event.c.id > _taken_over,
        ~_entered(journal_entry.c.owner == _source.c.owner),
        _from != _to,
    )
    .group_by(event.c.id, event.c.event_id, event.c.kind, _source.c.owner, _source.c.item, _end)
    .having(func.sum(move.c.qty * (_to - _from)) != 0)
    .order_by(event.c.id, _source.c.item)
)
_came, _undo, _of = event.alias("came"), event.alias("undo"), event.alias("of")
_its_entry, _its_end = journal_entry.alias("came_entry"), journal_entry.alias("came_end")
_its_line = journal_line.alias("came_line")
_paying = select(event.c.id, event.c.event_id, event.c.kind, event.c.body).where(
    event.c.id > _taken_over,
    event.c.kind.in_(sorted(PAYS)),
    event.c.origin == CENTRE,
    ~_entered(),
    # What was taken back before it was booked left nothing to take back.
    ~exists().where(
        _undo.c.corrects == event.c.event_id,
        ~exists().where(_its_entry.c.event == _undo.c.id).correlate(_undo),
    ),
)
# What takes an entry back that moved no units, and has none itself.
_taking_back = (
    select(event.c.id, event.c.event_id, event.c.kind, journal_entry.c.owner, journal_line.c.sku)
    .join_from(event, _of, _of.c.event_id == event.c.corrects)
    .join(journal_entry, journal_entry.c.event == _of.c.id)
    .join(
        journal_line,
        and_(journal_line.c.event == journal_entry.c.event, journal_line.c.entry == journal_entry.c.n),
    )
    .where(
        event.c.id > _taken_over,
        ~exists().where(_its_entry.c.event == event.c.id),
        ~exists().where(_its_end.c.reverses == _of.c.event_id),
        ~exists().where(_its_line.c.event == _of.c.id, _its_line.c.qty != 0),
    )
    .group_by(event.c.id, event.c.event_id, event.c.kind, journal_entry.c.owner, journal_line.c.sku)
    .order_by(event.c.id, journal_line.c.sku)
)
_loose = select(event_approval.c.event_id).where(
    event_approval.c.event_id == bindparam("of"), event_approval.c.verdict != Verdict.VALID.value
)
_matched_line = and_(rma_match.c.order == order_line.c.order, rma_match.c.order_line == order_line.c.line)
_its_worth = and_(sale_worth.c.order == order_line.c.order, sale_worth.c.line == order_line.c.line)
# A unit that found its sale, which by its shipments has such a unit out, and whose match has no entry.
_named = (
    select(
        event.c.id,
        event.c.event_id,
        event.c.kind,
        blind_unit.c.owner,
        blind_unit.c.sku,
        _came.c.id.label("came"),
        exists().where(_its_entry.c.event == _came.c.id).label("entered"),
    )
    .join_from(event, blind_unit, blind_unit.c.matched_by == event.c.event_id)
    .join(_came, _came.c.event_id == blind_unit.c.event_id)
    .where(
        event.c.id > _taken_over,
        event.c.kind == str(EventKind.RETURN_MATCHED),
        event.c.origin == CENTRE,
        ~_entered(),
        ~exists().where(_its_end.c.reverses == blind_unit.c.event_id),
        ~exists().where(_undo.c.corrects == event.c.event_id),
        select(order_line.c.line)
        .join_from(rma_match, order_line, _matched_line)
        .outerjoin(sale_worth, _its_worth)
        .where(
            rma_match.c.rma == blind_unit.c.rma,
            rma_match.c.line == blind_unit.c.line,
            order_line.c.shipped > func.coalesce(sale_worth.c.back, 0),
        )
        .exists(),
    )
    .order_by(event.c.id)
)
_envelope = (
    select(receipt.c.header, receipt.c.received_at)
    .where(
        receipt.c.event_id == bindparam("of"),
        receipt.c.station_id == bindparam("origin"),
        receipt.c.state == "posted",
    )
    .limit(1)
)
_event = select(event).where(event.c.id == bindparam("which"))
_moves = moves.MOVES.where(move.c.event == bindparam("which")).order_by(move.c.n)
_gone = select(_undo.c.id).where(
    _undo.c.corrects == bindparam("of"), exists().where(journal_entry.c.event == _undo.c.id)
)
_counted = (
    select(event.c.body)
    .join_from(rma_event, event, event.c.event_id == rma_event.c.event_id)
    .where(
        rma_event.c.rma == bindparam("code"),
        event.c.id >= bindparam("from_row"),
        event.c.kind.in_(sorted(str(kind) for kind in COUNTED)),
        ~exists().where(_undo.c.corrects == event.c.event_id, _undo.c.kind == str(EventKind.RETURN_UNDONE)),
    )
)
_SUMS = ("cost", "net", "tax")
_this_sale = and_(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
_sold = (
    select(sale_worth, order_line.c.shipped)
    .join_from(sale_worth, order_line, _its_worth)
    .join(customer_order, customer_order.c.id == order_line.c.order)
    .where(customer_order.c.code == bindparam("code"))
)
_set_sold = (
    update(sale_worth)
    .where(_this_sale)
    .values(qty=bindparam("units"), **{f"{name}": bindparam(name) for name in _SUMS})
)
_journal = (
    select(
        func.coalesce(-func.sum(journal_line.c.qty), 0).label("units"),
        func.coalesce(-func.sum(journal_line.c.minor), 0).label("minor"),
    )
    .where(
        journal_line.c.order == sale_worth.c.order,
        journal_line.c.line == sale_worth.c.line,
        journal_line.c.book == Book.COST_OF_SALES.value,
    )
    .correlate(sale_worth)
)
_back = (
    select(
        sale_worth,
        _journal.with_only_columns(_journal.selected_columns.units).scalar_subquery().label("units"),
        _journal.with_only_columns(_journal.selected_columns.minor).scalar_subquery().label("minor"),
    )
    .join_from(
        rma_match,
        sale_worth,
        and_(rma_match.c.order == sale_worth.c.order, rma_match.c.order_line == sale_worth.c.line),
    )
    .where(rma_match.c.rma == bindparam("code"), rma_match.c.line == bindparam("number"))
)
_set_back = update(sale_worth).where(_this_sale).values(back=bindparam("units"), back_cost=bindparam("minor"))
