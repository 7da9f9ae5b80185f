"""Transfers against their events, lanes against transfers, and claims against what is still to leave."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, literal, or_, select

from app.domain.event import EventKind
from app.domain.laws import Violation
from app.domain.place import TRANSIT_PREFIX, lane
from app.domain.reservation import Claim
from sync.central.checks.excused import UNFOLLOWED_PLACES
from sync.central.checks.readable import readable
from sync.central.rules.transfer import Milestone
from sync.central.store.chain import CENTRE
from sync.central.store.tables import (
    account,
    balance,
    event,
    exception,
    move,
    reservation,
    transfer,
    transfer_line,
    transfer_milestone,
)

_COUNTERS = ("shipped", "received", "damaged", "short", "over")
_IN_PARTS = {"yield_per": 1000}
_ARRIVED = ("received", "damaged", "over")
# What an event of each kind counts on a line, by the name that its body has for it.
_TOLD = {
    str(EventKind.TRANSFER_SHIPPED): {"qty": "shipped", **{name: name for name in _ARRIVED}},
    str(EventKind.TRANSFER_RECEIVED): {name: name for name in (*_ARRIVED, "short")},
    str(EventKind.TRANSFER_CLOSED): {"short": "short"},
    str(EventKind.TRANSFER_UNDONE): {name: name for name in (*_ARRIVED, "short")},
}


def check_transfers(conn: Connection) -> Iterator[Violation]:
    """Each unit that left is on its way, received, damaged or short; lanes hold what is on its way."""
    yield from readable(conn, "transfer", _counted)
    yield from readable(conn, "lane", _lanes)
    yield from readable(conn, "transfer", _states)
    yield from readable(conn, "claim", _claims)


def _counted(conn: Connection) -> Iterator[Violation]:
    told = _events(conn)
    for row in conn.execute(_lines):
        where = f"{row.transfer} line {row.line}"
        mine = told.pop((row.transfer, row.line), Counter())
        shown = {name: getattr(row, name) for name in _COUNTERS}
        if any(shown[name] != mine[name] for name in _COUNTERS):
            yield Violation("transfer", where, _said(shown), f"{_said(mine)} told by events")
        gone = row.received + row.damaged + row.short
        if not (0 <= row.shipped <= row.picked <= row.qty) or gone > row.shipped:
            shown["picked"] = row.picked
            yield Violation(
                "transfer", where, _said(shown), f"no more than {row.qty}, nothing before it left"
            )
    for (code, line), units in sorted(told.items()):
        yield Violation("transfer", f"{code} line {line}", "no line", f"{_said(units)} told by events")


def _said(units: dict[str, int]) -> str:
    return ", ".join(f"{qty} {name}" for name, qty in units.items() if qty) or "nothing"


def _events(conn: Connection) -> dict[tuple[str, int], Counter[str]]:
    """Units by transfer, line and counter, as the centre's events tell them."""
    found = defaultdict[tuple[str, int], Counter[str]](Counter)
    with conn.execute(_bodies, execution_options=_IN_PARTS) as rows:
        for row in rows:
            try:
                said: Any = json.loads(row.body)
                # A station's undo tells what it takes back; the centre's tells the change.
                back = row.kind == EventKind.TRANSFER_UNDONE and row.origin != CENTRE
                for entry in said["lines"]:
                    for name, counter in _TOLD[row.kind].items():
                        if name in entry:
                            qty = -int(entry[name]) if back else int(entry[name])
                            found[str(said["transfer"]), int(entry["line"])][counter] += qty
            except (ValueError, TypeError, LookupError):
                # Facts that are no facts are the finding of the check of events.
                continue
    return found


def _lanes(conn: Connection) -> Iterator[Violation]:
    """A lane holds what its transfers have on their way, item by item, and nothing else.

    But for what came of transfers that the centre does not know, as after it was restored from a copy: each
    such receipt is somebody's case, and its units are missing from the lane until that is found out.
    """
    on_the_way = Counter[tuple[str, str, str]]()
    for came in conn.execute(_unknown):
        if came.source.startswith(TRANSIT_PREFIX):
            on_the_way[came.source, came.owner, came.item] -= came.qty
        if came.target.startswith(TRANSIT_PREFIX):
            on_the_way[came.target, came.owner, came.item] += came.qty
    for row in conn.execute(_heads_and_lines):
        gone = row.received + row.damaged + row.short
        on_the_way[lane(row.source, row.target), row.owner, row.sku] += row.shipped - gone
    held = Counter[tuple[str, str, str]]()
    for row in conn.execute(_held):
        held[row.location, row.owner, row.item] = int(row.qty)
    # Nobody counted what an event moved after which the centre did not do its part, and a case says so.
    untold = set(conn.scalars(UNFOLLOWED_PLACES))
    for key in sorted(on_the_way.keys() | held.keys()):
        if on_the_way[key] != held[key] and key[0] not in untold:
            place, owner, item = key
            where = f"{item} of {owner} in {place}"
            yield Violation("lane", where, str(held[key]), f"{on_the_way[key]} on transfers")


def _states(conn: Connection) -> Iterator[Violation]:
    """A transfer is at the last milestone that was noted; ended, nothing of it is on its way."""
    for row in conn.execute(_last):
        if row.state != row.milestone:
            yield Violation("transfer", row.code, row.state, str(row.milestone))
    for row in conn.execute(_left_over):
        where = f"{row.code} line {row.line}"
        yield Violation("transfer", where, f"{row.state}, units on their way", "none once it has ended")


def _claims(conn: Connection) -> Iterator[Violation]:
    """A transfer's claim is a hard one at its source, of its line's item and lot, for what did not leave."""
    for row in conn.execute(_stray):
        shown = f"{row.qty} of {row.item} at {row.site or 'any site'}, {row.claim}"
        where = f"{row.document} line {row.line}"
        yield Violation("claim", where, shown, "its line's, hard, at the source, before it leaves")
    for row in conn.execute(_too_many):
        where = f"{row.document} line {row.line}"
        yield Violation("claim", where, f"{row.claimed} claimed", f"at most {row.qty - row.shipped} to leave")


_lines = select(transfer_line).order_by(transfer_line.c.transfer, transfer_line.c.line)
_followed = (
    select(literal(1)).where(transfer_milestone.c.event_id == event.c.event_id).correlate(event).exists()
)
_bodies = select(event.c.kind, event.c.body, event.c.origin).where(
    or_(event.c.origin == CENTRE, _followed), event.c.kind.in_(list(_TOLD))
)
_heads_and_lines = select(transfer_line, transfer.c.owner, transfer.c.source, transfer.c.target).join_from(
    transfer_line, transfer, transfer_line.c.transfer == transfer.c.code
)
_held = (
    select(account.c.location, account.c.owner, account.c.item, func.sum(balance.c.qty).label("qty"))
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(account.c.location.like(f"{TRANSIT_PREFIX}%"))
    .group_by(account.c.location, account.c.owner, account.c.item)
)
_source, _target = account.alias("source"), account.alias("target")
_unknown = (
    select(
        _source.c.location.label("source"),
        _target.c.location.label("target"),
        _source.c.owner,
        _source.c.item,
        move.c.qty,
    )
    .join_from(exception, event, exception.c.key == literal("transfer.unknown:") + event.c.event_id)
    .join(move, move.c.event == event.c.id)
    .join(_source, _source.c.id == move.c.source)
    .join(_target, _target.c.id == move.c.target)
    .where(exception.c.type == "transfer.unknown")
)
_newest = (
    select(transfer_milestone.c.milestone)
    .where(
        transfer_milestone.c.transfer == transfer.c.code,
        transfer_milestone.c.milestone.in_([str(milestone) for milestone in Milestone]),
    )
    .order_by(transfer_milestone.c.n.desc())
    .limit(1)
    .correlate(transfer)
    .scalar_subquery()
)
_last = select(transfer.c.code, transfer.c.state, _newest.label("milestone")).order_by(transfer.c.code)
_ended = transfer.c.state.in_([Milestone.CLOSED.value, Milestone.CANCELLED.value])
_left_over = (
    select(transfer.c.code, transfer.c.state, transfer_line.c.line)
    .join_from(transfer, transfer_line, transfer.c.code == transfer_line.c.transfer)
    .where(
        _ended,
        transfer_line.c.shipped != transfer_line.c.received + transfer_line.c.damaged + transfer_line.c.short,
    )
    .order_by(transfer.c.code, transfer_line.c.line)
)
_of_transfer = reservation.c.document == literal("transfer:") + transfer.c.code
_own = (
    select(literal(1))
    .select_from(transfer)
    .join(transfer_line, transfer_line.c.transfer == transfer.c.code)
    .where(
        _of_transfer,
        transfer_line.c.line == reservation.c.line,
        transfer_line.c.sku == reservation.c.item,
        transfer_line.c.lot == reservation.c.lot,
        transfer.c.owner == reservation.c.owner,
        transfer.c.source == reservation.c.site,
        transfer.c.state.in_([Milestone.APPROVED.value, Milestone.PICKED.value, Milestone.SHIPPED.value]),
    )
    .correlate(reservation)
)
_stray = (
    select(reservation)
    .where(
        reservation.c.document.like("transfer:%"),
        or_(
            ~_own.exists(),
            reservation.c.claim != Claim.HARD.value,
            reservation.c.expires.is_not(None),
            reservation.c.order.is_not(None),
            reservation.c.supply != "",
        ),
    )
    .order_by(reservation.c.id)
)
_too_many = (
    select(
        reservation.c.document,
        reservation.c.line,
        transfer_line.c.qty,
        transfer_line.c.shipped,
        func.sum(reservation.c.qty).label("claimed"),
    )
    .select_from(reservation)
    .join(transfer, _of_transfer)
    .join(
        transfer_line,
        (transfer_line.c.transfer == transfer.c.code) & (transfer_line.c.line == reservation.c.line),
    )
    .group_by(reservation.c.document, reservation.c.line, transfer_line.c.qty, transfer_line.c.shipped)
    .having(func.sum(reservation.c.qty) > transfer_line.c.qty - transfer_line.c.shipped)
)
