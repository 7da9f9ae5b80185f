"""Write-offs: one person asks, another one decides; approved goods leave stock for good.

Regulated goods stay where they are and wait for their disposal, which a consignment with papers is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from app.domain import codes
from app.domain.account import Account, Status
from app.domain.approvals.people import same_person
from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.item import Item
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.policy.leaving import AWAITING_DISPOSAL, Regulated
from app.domain.refusal import Refused
from sync.central.commands.catalogue import require_items, require_location
from sync.central.commands.numbers import given_or_next
from sync.central.commands.requests import Decision, WriteOff
from sync.central.rules.consignment import regulation
from sync.central.rules.discards import AWAITING
from sync.central.rules.outcomes import Conflict, Forbidden, missing
from sync.central.rules.picking import NOT_FOUND, Shelf
from sync.central.store import discards, write_off_listing
from sync.central.store.accounts import ACCOUNT_COLUMNS, account_of
from sync.central.store.act import Act
from sync.central.store.consignments import consigned, require_unheld
from sync.central.store.discards import APPROVED, REJECTED, REQUESTED
from sync.central.store.exceptions import open_case
from sync.central.store.item_rules import item_records
from sync.central.store.posting import record
from sync.central.store.returns_policy import returns_policy
from sync.central.store.shelves import inside, last_place
from sync.central.store.tables import account, balance, write_off
from sync.central.store.whose_work import asked_by


def request(act: Act, asked: WriteOff) -> dict[str, object]:
    """Notes who wants what written off; no unit moves yet.

    Raises:
        Conflict: the code is taken.
        Refused: the item or location is unknown, or there was never such stock and no location is named.
    """
    require_items(act.conn, [asked.sku])
    if asked.location is not None:
        require_location(act.conn, asked.location)
    elif last_place(act.conn, asked.owner, asked.sku) is None:
        raise Refused(
            "write_off.location",
            f"Read no location, and {asked.owner} never had {asked.sku} in stock.",
            "Expected the place the units are at.",
            "Name the location.",
        )
    code = given_or_next(act.conn, codes.CodeFamily.WRITE_OFF, asked.write_off, write_off.c.code)
    act.conn.execute(
        _new,
        {
            "code": code,
            "owner": asked.owner,
            "sku": asked.sku,
            "qty": asked.qty,
            "location": asked.location,
            "reason": asked.reason,
            "note": asked.note,
            "state": REQUESTED,
            "requested_by": act.operator,
            "requested_at": to_text(act.occurred_at),
        },
    )
    return document(act.conn, code)


def decide(act: Act, code: str, asked: Decision) -> dict[str, object]:
    """A supervisor's word; approved units move from stock to scrap, a shortfall stands as a negative balance.

    Units of regulated goods are quarantined where they are instead, until a consignment takes them away.

    Raises:
        Missing: no such write-off.
        Forbidden: who asked may not decide.
        Conflict: it is decided already.
    """
    row = _find(act.conn, code)
    if any(same_person(one, act.operator) for one in asked_by(act.conn, row.cause, row.requested_by)):
        raise Forbidden(
            "write_off.own_request",
            f"Write-off {code} was asked for by {act.operator}.",
            "Expected another person's decision.",
            "Ask a supervisor who did not request it.",
        )
    if row.state != REQUESTED:
        raise Conflict(
            "write_off.decided",
            f"Write-off {code} is {row.state}.",
            "Expected one that waits for a decision.",
            "Ask for a new write-off if more is to go.",
        )
    approved = asked.decision == "approve"
    rule = _regulation(act.conn, row.sku) if approved else None
    picks = _picks(act.conn, row, rule) if approved else []
    act.conn.execute(
        _decide,
        {
            "which": code,
            "state": APPROVED if approved else REJECTED,
            "decided_by": act.operator,
            "decided_at": to_text(act.occurred_at),
            "decision_reason": asked.reason,
            # What is approved waits no more; of what is rejected a case is answered first.
            "account": None if approved else row.account,
            "regulated": rule.name if rule else None,
            "dispose_by": to_text(act.posted_at + timedelta(days=rule.days)) if rule else None,
        },
    )
    if approved:
        act.conn.execute(_booked, {"which": code, "event": _scrap(act, row, rule, picks)})
    elif row.account is not None:
        open_case(act.conn, discards.rejected(row), act.posted_at)
    return document(act.conn, code)


def _regulation(conn: Connection, sku: str) -> Regulated | None:
    # A station may have discarded what the centre has no record of yet.
    return regulation(returns_policy(conn), item_records(conn, [sku]).get(sku, Item(sku, sku)))


def _scrap(act: Act, row: Row[Any], rule: Regulated | None, picks: Sequence[tuple[Account, int]]) -> str:
    moves = tuple(
        Move(qty, here, _away(here, rule), MoveKind.WRITE_OFF, row.reason, row.code) for here, qty in picks
    )
    unit = (f"label:{row.label}",) if row.label else ()
    event = act.event(
        EventKind.STOCK_WRITTEN_OFF,
        (f"document:{row.code}", f"sku:{row.sku}", *unit),
        moves,
        {
            "write_off": row.code,
            "sku": row.sku,
            "qty": row.qty,
            "reason": row.reason,
            "requested_by": row.requested_by,
            "regulated": rule.name if rule else None,
        }
        | ({"cause": row.cause, "label": row.label, "rma": row.rma} if row.cause else {}),
    )
    record(act, event)
    return event.event_id


def _picks(conn: Connection, row: Row[Any], rule: Regulated | None) -> list[tuple[Account, int]]:
    """The very unit that a disposition asked for; of others those that wait first, then damaged ones, stock.

    Not what was written off before and waits for its disposal, nor what an open consignment holds.

    Raises:
        Conflict: the unit does not wait whole any more, or an open consignment holds it.
    """
    if row.account is not None:
        return [(_unit(conn, row), row.qty)]
    left, found = row.qty, list[tuple[Account, int]]()
    shelves = [shelf for shelf in inside(conn, row.owner, row.sku, row.location) if not _is_done(shelf, rule)]
    held = consigned(conn, [shelf.number for shelf in shelves])
    for shelf in sorted(shelves, key=_rank):
        take = min(left, shelf.qty - held[shelf.number])
        if take > 0:
            found.append((shelf.account, take))
            left -= take
    if left:
        place = row.location or last_place(conn, row.owner, row.sku) or ""
        plain = Account(row.owner, row.sku, place, Status.SELLABLE)
        found = [(account, qty) for account, qty in found if account != plain] + [
            (plain, left + sum(qty for account, qty in found if account == plain))
        ]
    return found


def _unit(conn: Connection, row: Row[Any]) -> Account:
    found = conn.execute(_held, {"which": row.account}).one_or_none()
    free = found.qty - consigned(conn, [row.account])[row.account] if found is not None else 0
    if found is not None and free < row.qty <= found.qty:
        require_unheld(conn, row.account, account_of(found[1:]))
    if found is None or free < row.qty:
        raise Conflict(
            "write_off.moved",
            f"Of {row.qty} {row.sku} that write-off {row.code} is about, {free} wait.",
            "Expected all of them.",
            "Look at the unit's timeline, and correct what moved it.",
        )
    return account_of(found[1:])


_WAITS = frozenset({AWAITING, NOT_FOUND})


def _rank(shelf: Shelf) -> tuple[int, bool, int]:
    here = shelf.account
    order = {Status.DAMAGED: 1, Status.SELLABLE: 2}
    first = 0 if here.reason in _WAITS else order.get(here.status or Status.DISPOSED, 3)
    return (first, here.label is not None, shelf.number)


def _is_done(shelf: Shelf, rule: Regulated | None) -> bool:
    """Written off before; the policy of that day may have had another word for it."""
    done = {AWAITING_DISPOSAL, rule.reason if rule else AWAITING_DISPOSAL}
    return shelf.status is Status.QUARANTINED and shelf.reason in done


def _away(here: Account, rule: Regulated | None) -> Account:
    if rule is not None:
        return replace(here, status=Status.QUARANTINED, reason=rule.reason)
    return Account(here.owner, here.item, Virtual.SCRAP, Status.DISPOSED, lot=here.lot, serial=here.serial)


def _find(conn: Connection, code: str) -> Row[Any]:
    row = conn.execute(_by_code, {"which": code}).one_or_none()
    if row is None:
        raise missing("write_off", code)
    return row


def place_of(conn: Connection, code: str) -> str | None:
    """Where the units are: the place that was named, None when the decision will find them anywhere.

    Raises:
        Missing: no such write-off.
    """
    named: str | None = _find(conn, code).location
    return named


def document(conn: Connection, code: str) -> dict[str, object]:
    """The write-off as it is answered.

    Raises:
        Missing: no such write-off.
    """
    return write_off_listing.shown(_find(conn, code))


_new = insert(write_off)
_by_code = select(write_off).where(write_off.c.code == bindparam("which"))
_decide = update(write_off).where(write_off.c.code == bindparam("which"))
_booked = _decide.values(event_id=bindparam("event"))
_held = (
    select(balance.c.qty, *ACCOUNT_COLUMNS)
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(balance.c.account == bindparam("which"))
)
