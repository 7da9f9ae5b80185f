"""Closing an exception: somebody says what was done about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, text

from app.domain.account import Status
from app.domain.event import EventKind
from app.domain.reservation import Claim
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, missing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.exceptions import Said, close, stored_key
from sync.central.store.posting_cases import negative_key, twice_key
from sync.central.store.settling import settle_waiting
from sync.central.store.stock import CLAIMED_UNIT, as_new_grades
from sync.central.store.tables import account, balance, exception, receipt, reservation


def resolve(act: Act, number: int, asked: Resolution) -> dict[str, object]:
    """Marks an exception as resolved, with who did what, which is an event of the centre's chain.

    When it is about events that are not posted, posting is tried again first.

    Raises:
        Missing: there is none of that number.
        Conflict: it is resolved already, or what it is about still stands.
    """
    row = act.conn.execute(_case, {"number": number}).one_or_none()
    if row is None:
        raise missing("exception", str(number))
    if row.state != "open":
        raise Conflict(
            "exception.resolved",
            f"Exception {number} is resolved.",
            "Expected an open one.",
            "If it happens again it opens again.",
        )
    if row.type in {"event.unposted", "kind.unknown"}:
        settle_waiting(act)
    standing = _standing(act.conn, row)
    if standing:
        raise Conflict("exception.stands", standing, "Expected that it is so no more.", _to_do(row))
    # What somebody typed may name a person: it stands where it can be erased.
    said = act.event(
        str(EventKind.EXCEPTION_RESOLVED),
        (row.subject, f"exception:{row.key}"),
        (),
        {"exception": row.key, "type": row.type},
        {"note": asked.note},
    )
    act.record(said)
    close(act.conn, [number], Said(act.posted_at, act.operator, asked.note, said.event_id))
    return {"id": number, "state": "resolved"}


def _standing(conn: Connection, row: Row[Any]) -> str:
    """What an exception is about, in words, while the ledger itself shows that it is so; else nothing."""
    about = row.subject.partition(":")[2]
    if row.type == "event.unposted" and conn.execute(_waiting, {"which": about}).first() is not None:
        return f"Event {about} is still not posted."
    if row.type == "stock.negative":
        for qty, *parts in conn.execute(_negative, {"sku": about}):
            short = account_of(parts)
            if stored_key(negative_key(short)) == row.key:
                return f"{short.item} at {short.location} still stands at {qty}."
    if row.type == "serial.twice":
        for unit in conn.execute(_units, {"serial": about}):
            if stored_key(twice_key(unit.owner, unit.item, unit.serial)) == row.key:
                return f"Serial {unit.serial} of {unit.item} still stands in {int(unit.qty)} places."
    if row.type == "allocation.failed":
        for owner, sku in conn.execute(_claimed):
            if stored_key(f"allocation.failed:{row.subject}:{owner}:{sku}") == row.key:
                return _overclaimed(conn, owner, sku)
    return ""


def _overclaimed(conn: Connection, owner: str, sku: str) -> str:
    """That more of an item is claimed than is there, or a serial that is not, in words; else nothing."""
    named = {"owner": owner, "sku": sku}
    gone = conn.execute(_claimed_gone, named).first()
    if gone is not None:
        return f"Serial {gone.serial} of {sku} is still claimed and not sellable."
    grades = {grade or "" for grade in as_new_grades(conn)}
    here = sum(int(row.qty) for row in conn.execute(_sellable, named) if row.grade in grades)
    claimed = int(conn.scalar(_units_claimed, named) or 0)
    if claimed > here:
        return f"Orders still claim {claimed} of {sku}, and {here} can be sold as new."
    return ""


def _to_do(row: Row[Any]) -> str:
    """What ends it; of a serial the case itself says only where to look."""
    if row.type == "serial.twice":
        return f"{row.fix} Take the one that is not there out of stock, by a count or a write-off."
    return str(row.fix)


_case = select(exception).where(exception.c.id == bindparam("number"))
_waiting = select(receipt.c.id).where(
    receipt.c.event_id == bindparam("which"), text("receipt.state IN ('unposted', 'parked')")
)
_negative = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(account.c.item == bindparam("sku"), balance.c.qty < 0)
)
_units = (
    select(account.c.owner, account.c.item, account.c.serial, func.sum(balance.c.qty).label("qty"))
    .join_from(account, balance, balance.c.account == account.c.id)
    .where(
        account.c.serial == bindparam("serial"),
        text("account.serial <> ''"),
        account.c.location.not_like("@%"),
    )
    .group_by(account.c.owner, account.c.item, account.c.serial)
    .having(func.sum(balance.c.qty) > 1)
)
_stands = reservation.c.claim != Claim.BASKET
_claimed = select(reservation.c.owner, reservation.c.item).where(_stands).distinct()
_mine = and_(reservation.c.owner == bindparam("owner"), reservation.c.item == bindparam("sku"), _stands)
_units_claimed = select(func.sum(reservation.c.qty)).where(_mine)
_claimed_gone = select(reservation.c.serial).where(_mine, reservation.c.serial != "", ~CLAIMED_UNIT.exists())
_sellable = (
    select(account.c.grade, balance.c.qty)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        balance.c.owner == bindparam("owner"),
        balance.c.item == bindparam("sku"),
        balance.c.status == str(Status.SELLABLE),
    )
)
