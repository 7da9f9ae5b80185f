"""Consignments as rows: heads, lines with the accounts they hold, steps, handovers, certificates."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, delete, func, insert, select, tuple_, update

from app.domain.account import Account
from app.domain.clock import to_text
from app.domain.policy.leaving import DISPOSAL
from sync.central.rules.books import Book
from sync.central.rules.consignment import OPEN, State, named
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.scope import Sites
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.cursors import pack, unpack
from sync.central.store.scope import among
from sync.central.store.tables import (
    account,
    certificate,
    consignment,
    consignment_line,
    consignment_step,
    event,
    handover,
    journal_entry,
    journal_line,
)

Document = dict[str, object]


@dataclass(frozen=True, slots=True)
class Held:
    """A line of a consignment: units of one account."""

    line: int
    number: int
    account: Account
    qty: int
    regulated: str | None
    papers: tuple[str, ...]
    rejected: int
    why: str | None


def find(conn: Connection, code: str) -> Row[Any]:
    """The consignment of that code.

    Raises:
        Missing: there is none.
    """
    row = conn.execute(_by_code, {"code": code}).one_or_none()
    if row is None:
        raise missing("consignment", code)
    return row


def lines_of(conn: Connection, code: str) -> list[Held]:
    """Its lines by number."""
    return [
        Held(
            row.line,
            row.account,
            account_of([getattr(row, column.name) for column in ACCOUNT_COLUMNS]),
            int(row.qty),
            row.regulated,
            tuple(filter(None, (row.papers or "").split(","))),
            int(row.rejected),
            row.why,
        )
        for row in conn.execute(_lines, {"code": code})
    ]


def consigned(conn: Connection, accounts: Sequence[int]) -> Counter[int]:
    """Units of accounts that open consignments hold, by the account's number."""
    rows = conn.execute(_consigned, {"accounts": list(accounts)}) if accounts else ()
    return Counter({row.account: int(row.qty) for row in rows})


def holder(conn: Connection, number: int) -> str | None:
    """The open consignment that holds units of an account; None when there is none."""
    found: str | None = conn.scalar(_holder, {"account": number})
    return found


def require_unheld(conn: Connection, number: int, held: Account) -> None:
    """Refuses what would take units away from under an open consignment; a departure is what takes them.

    Raises:
        Conflict: one holds units of this account.
    """
    by = holder(conn, number)
    if by is not None:
        raise Conflict(
            "consignment.held",
            f"{named(held)} is in consignment {by}.",
            "Expected a unit that no open consignment holds.",
            f"Take it out of {by} first.",
        )


# --- changes -----------------------------------------------------------------------------------------------


def note(act: Act, code: str, step: str, event_id: str | None = None, said: str | None = None) -> None:
    """Notes what happened to a consignment."""
    number = int(act.conn.scalar(_steps_so_far, {"code": code}) or 0) + 1
    act.conn.execute(
        insert(consignment_step).values(
            consignment=code,
            n=number,
            step=step,
            at=to_text(act.occurred_at),
            by=act.operator,
            event_id=event_id,
            note=said,
        )
    )


def change(conn: Connection, code: str, **values: object) -> None:
    """Changes the head."""
    conn.execute(update(consignment).where(consignment.c.code == code).values(**values))


def add(
    conn: Connection, code: str, held: Sequence[tuple[int, Account, int, str | None, str | None]]
) -> None:
    """Adds lines behind those there are: number and account, units, regulation and its papers."""
    last = int(conn.scalar(_last_line, {"code": code}) or 0)
    rows = [
        {
            "consignment": code,
            "line": n,
            "account": number,
            "sku": what.item,
            "qty": qty,
            "regulated": regulated,
            "papers": papers,
        }
        for n, (number, what, qty, regulated, papers) in enumerate(held, last + 1)
    ]
    conn.execute(insert(consignment_line), rows)


def remove(conn: Connection, code: str, lines: Sequence[int]) -> None:
    """Takes lines out."""
    conn.execute(
        delete(consignment_line).where(
            consignment_line.c.consignment == code, consignment_line.c.line.in_(lines)
        )
    )


def reject(conn: Connection, code: str, line: int, qty: int, why: str) -> None:
    """Notes what a vendor gave no credit for."""
    conn.execute(
        update(consignment_line)
        .where(consignment_line.c.consignment == code, consignment_line.c.line == line)
        .values(rejected=qty, why=why)
    )


# --- money -------------------------------------------------------------------------------------------------


def booked_parts(conn: Connection, event_id: str, currency: str) -> dict[str, tuple[int, int]]:
    """Units and cost by item, as the books had them when they left; empty when it was never booked."""
    rows = conn.execute(_parts, {"event": event_id, "currency": currency})
    return {row.sku: (-int(row.qty), -int(row.minor)) for row in rows}


# --- answers -----------------------------------------------------------------------------------------------


def papers_needed(row: Row[Any], lines: Sequence[Held]) -> list[str]:
    """What its settlement needs, because of the goods in it."""
    if row.route not in DISPOSAL:
        return []
    return sorted({paper for line in lines for paper in line.papers})


def document(conn: Connection, code: str) -> Document:
    """The consignment as it is answered.

    Raises:
        Missing: no such consignment.
    """
    return _document(conn, find(conn, code))


def _departure(conn: Connection, row: Row[Any]) -> Document:
    """By which carrier and under which seal it left; none while it is here."""
    found = conn.scalar(_body, {"event": row.departed_event}) if row.departed_event else None
    body = json.loads(found) if found else {}
    return {name: body.get(name) for name in ("carrier", "seal")}


def page(
    conn: Connection, where: Mapping[str, str | None], *, cursor: str | None, limit: int, sites: Sites = None
) -> Document:
    """Consignments, the oldest first.

    Args:
        conn: one look.
        where: values that columns of the head must have, None for any.
        cursor: the last page's.
        limit: most of a page.
        sites: only those of one of these.
    """
    asked = _page.where(among(sites, consignment.c.site)).limit(limit + 1)
    for name, value in where.items():
        if value is not None:
            asked = asked.where(consignment.c[name] == value)
    if after := unpack(cursor, 2):
        asked = asked.where(tuple_(consignment.c.made_at, consignment.c.code) > tuple_(*after))
    rows = conn.execute(asked).all()
    shown = rows[:limit]
    return {
        "consignments": [_document(conn, row) for row in shown],
        "next": pack([shown[-1].made_at, shown[-1].code]) if len(rows) > limit else None,
    }


def _document(conn: Connection, row: Row[Any]) -> Document:
    lines, paper = lines_of(conn, row.code), certificate_of(conn, row.code)
    return {
        "consignment": row.code,
        "state": row.state,
        "owner": row.owner,
        "site": row.site,
        "route": row.route,
        "counterpart": row.counterpart,
        "reference": row.reference,
        "note": row.note,
        "currency": row.currency,
        "policy": row.policy,
        "units": sum(line.qty for line in lines),
        "papers": papers_needed(row, lines),
        "lines": [_line(line) for line in lines],
        "steps": [
            {"step": step.step, "at": step.at, "by": step.by, "event_id": step.event_id, "note": step.note}
            for step in steps_of(conn, row.code)
        ],
        **_departure(conn, row),
        "handovers": [_handover(entry) for entry in handovers_of(conn, row.code)],
        "certificate": {name: getattr(paper, name) for name in _CERTIFIED} if paper else None,
        "settlement": settlement_of(conn, row),
    }


def _line(held: Held) -> Document:
    where = {name: value for name, value in held.account.to_json().items() if name not in {"owner", "item"}}
    said = {"regulated": held.regulated} if held.regulated else {}
    refused: Document = {"rejected": held.rejected, "why": held.why} if held.rejected else {}
    return {"line": held.line, "sku": held.account.item, "qty": held.qty, **where, **said, **refused}


def _handover(entry: Row[Any]) -> Document:
    names = ("at", "given_by", "taken_by", "place", "seal", "noted_by", "noted_at")
    return {name: getattr(entry, name) for name in names}


_CERTIFIED = ("number", "processor", "issued_on", "weight_g", "units", "witness")
_MONEY = ("cost_minor", "net_minor", "tax_minor", "fee_minor", "rejected_minor", "reference")


def settlement_of(conn: Connection, row: Row[Any]) -> Document | None:
    """What its settlement says of money; None before there is one."""
    body = conn.scalar(_body, {"event": row.settled_event}) if row.settled_event else None
    if body is None:
        return None
    said = json.loads(body)
    return {name: said.get(name) for name in _MONEY}


def steps_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """Its steps in their order."""
    return conn.execute(_steps, {"code": code}).all()


def handovers_of(conn: Connection, code: str) -> Sequence[Row[Any]]:
    """Its chain of custody, in the order it happened."""
    return conn.execute(_handovers, {"code": code}).all()


def certificate_of(conn: Connection, code: str) -> Row[Any] | None:
    """What the processor certified; None while nothing is."""
    return conn.execute(_certificate, {"code": code}).one_or_none()


def departed_at(conn: Connection, code: str) -> str | None:
    """When it left, by its last departure."""
    found = [step.at for step in steps_of(conn, code) if step.step == State.DEPARTED]
    return found[-1] if found else None


_code: BindParameter[str] = bindparam("code")
_by_code = select(consignment).where(consignment.c.code == _code)
_lines = (
    select(consignment_line, *ACCOUNT_COLUMNS)
    .join_from(consignment_line, account, account.c.id == consignment_line.c.account)
    .where(consignment_line.c.consignment == _code)
    .order_by(consignment_line.c.line)
)
_open = (
    select(consignment_line.c.account, consignment_line.c.qty, consignment.c.code)
    .join_from(consignment_line, consignment, consignment.c.code == consignment_line.c.consignment)
    .where(consignment.c.state.in_([state.value for state in OPEN]))
    .subquery()
)
_consigned = (
    select(_open.c.account, func.sum(_open.c.qty).label("qty"))
    .where(_open.c.account.in_(bindparam("accounts", expanding=True)))
    .group_by(_open.c.account)
)
_holder = select(_open.c.code).where(_open.c.account == bindparam("account")).order_by(_open.c.code).limit(1)
_last_line = select(func.max(consignment_line.c.line)).where(consignment_line.c.consignment == _code)
_steps_so_far = select(func.count()).where(consignment_step.c.consignment == _code)
_steps = (
    select(consignment_step).where(consignment_step.c.consignment == _code).order_by(consignment_step.c.n)
)
_handovers = select(handover).where(handover.c.consignment == _code).order_by(handover.c.at, handover.c.n)
_certificate = select(certificate).where(certificate.c.consignment == _code)
_page = select(consignment).order_by(consignment.c.made_at, consignment.c.code)
_body = select(event.c.body).where(event.c.event_id == bindparam("event"))
_parts = (
    select(
        journal_line.c.sku,
        func.sum(journal_line.c.qty).label("qty"),
        func.sum(journal_line.c.minor).label("minor"),
    )
    .join_from(event, journal_entry, journal_entry.c.event == event.c.id)
    .join(
        journal_line,
        (journal_line.c.event == journal_entry.c.event) & (journal_line.c.entry == journal_entry.c.n),
    )
    .where(
        event.c.event_id == bindparam("event"),
        journal_entry.c.currency == bindparam("currency"),
        journal_line.c.book == Book.INVENTORY.value,
    )
    .group_by(journal_line.c.sku)
)
