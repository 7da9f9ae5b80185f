"""What follows from counts of bins at stations: differences are booked, or a person is asked, once.

A count is held against the books as they stood at its moment: what moved afterwards is taken out again. A
bin that was counted again later is settled by the later count alone, whichever of them comes first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from app.domain.account import Account, Status
from app.domain.clock import to_text
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.policy import Policy
from sync.central.rules.counts import BinCount, Difference, differences, may_adjust, told_apart, worth
from sync.central.rules.picking import Picker, Shelf
from sync.central.store.act import Act
from sync.central.store.adjusting import less, made_good, more
from sync.central.store.at_risk import MoneyOf
from sync.central.store.bin_books import Moment, books_at, known_up_to, posted, units_of
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import Case, close_cases, open_case
from sync.central.store.journal import Fact
from sync.central.store.returns_policy import returns_policy
from sync.central.store.shelves import not_found
from sync.central.store.tables import bin_count, event, item
from sync.central.store.transfers import moves_of

KINDS = frozenset({EventKind.BIN_COUNTED, EventKind.BIN_UNDONE})
AGREED, ADJUSTED, WAITING, LATER, UNDONE = "agreed", "adjusted", "waiting", "later", "undone"
_STANDING = (AGREED, ADJUSTED, WAITING)
REASON = "bin_count"
_NAMED = 3
_WRONG_CLOCK = timedelta(minutes=5)
_TOO_MUCH = "that is more than may be booked unasked"
_KEPT = "units of {} that are not for sale are kept there"
_UNSURE = "that station's clock was wrong while other units of it moved, before the count or after it"


def follow(
    conn: Connection, fact: Fact, posted_at: datetime, chain: CentreChain
) -> Iterator[tuple[Act, Event]]:
    """What the centre records because a station counted a bin, or took that back; one of `KINDS`.

    Each is recorded by the caller before the next is asked for.
    """
    act = Act(conn, chain, CENTRE, f"event:{fact.event.event_id}", fact.dated, posted_at)
    for made in (_counted if fact.event.kind == EventKind.BIN_COUNTED else _undone)(act, fact):
        yield act, made


def case_key(event_id: str) -> str:
    """The key of the exception that asks about a count."""
    return f"count.differs:{event_id}"


def _counted(act: Act, fact: Fact) -> Iterator[Event]:
    count, at = BinCount.of(fact.event.body), to_text(fact.dated)
    place = {"location": count.location, "owner": count.owner, "at": at}
    if act.conn.execute(_taken_back, {"of": fact.event.event_id}).first() is not None:
        # Its undo came before it.
        _note(act, fact, count, UNDONE)
        return
    if act.conn.execute(_later, place).first() is not None:
        _note(act, fact, count, LATER)
        return
    for earlier in act.conn.execute(_earlier, place).all():
        if earlier.state == WAITING:
            _set(act, earlier.event_id, LATER)
            close_cases(act.conn, [case_key(earlier.event_id)], act.posted_at, "The bin was counted again.")
    header = fact.sealed.header if fact.sealed is not None else None
    seen = known_up_to(act.conn, count, header)
    moment = Moment.of(fact.event.event_id, at, header)
    shelves = books_at(act.conn, count, moment, seen)
    found = differences(count, units_of(shelves))
    until = _unsure_until(act.conn, fact, seen)
    latest = shelves if until is None else books_at(act.conn, count, replace(moment, at=to_text(until)), seen)
    unsure = differences(count, units_of(latest)) != found
    if not found and not unsure:
        _note(act, fact, count, AGREED)
        return
    values = {
        row.sku: (int(row.value_minor), row.currency)
        for row in act.conn.execute(_values, {"skus": sorted({entry.sku for entry in found})})
    }
    risk = worth(found, values)
    policy = returns_policy(act.conn)
    apart = told_apart(found, shelves, _not_for_sale(policy), count.location)
    if unsure or apart or not may_adjust(risk, policy.floor.count if policy else None):
        why = _UNSURE if unsure else _KEPT.format(apart[0]) if apart else _TOO_MUCH
        _note(act, fact, count, WAITING)
        open_case(act.conn, _case(fact.event, count, found, risk, why), act.posted_at)
        return
    made = _adjustment(act, fact.event, count, found, shelves)
    yield made
    _note(act, fact, count, ADJUSTED, made.event_id)


def _unsure_until(conn: Connection, fact: Fact, seen: int) -> datetime | None:
    """The moment before which a count was made, where its station's clock says an earlier one than is true.

    What the station had recorded before, and what it knew of the stock, were there already when it counted.
    """
    known = max(fact.dated, posted(conn, seen) or fact.dated)
    return fact.received_at if known - fact.occurred_at > _WRONG_CLOCK else None


def _not_for_sale(policy: Policy | None) -> frozenset[str]:
    """Places where dispositions put units that nobody may sell."""
    found = policy.outcomes if policy is not None else ()
    return frozenset(outcome.place for outcome in found if outcome.status is not Status.SELLABLE)


def _undone(act: Act, fact: Fact) -> Iterator[Event]:
    row = act.conn.execute(_of_event, {"of": fact.event.corrects or ""}).one_or_none()
    if row is None or row.state == UNDONE:
        return
    _set(act, row.event_id, UNDONE)
    close_cases(act.conn, [case_key(row.event_id)], act.posted_at, "The station took the count back.")
    place = {"location": row.location, "owner": row.owner, "at": row.counted_at}
    if row.adjusted_by is None or act.conn.execute(_later, place).first() is not None:
        return
    why, document = "the count was taken back", f"count:{row.event_id}"
    moves = tuple(
        Move(moved.qty, moved.target, moved.source, MoveKind.UNDO, why, document)
        for moved in moves_of(act.conn, row.adjusted_by)
    )
    body = {"document": f"count:{row.event_id}", "lines": [], "undoes": row.adjusted_by}
    made = act.event(EventKind.STOCK_ADJUSTED, (f"bin:{row.location}", f"event:{row.event_id}"), moves, body)
    yield replace(made, corrects=row.adjusted_by)


def _adjustment(
    act: Act, counted: Event, count: BinCount, found: Sequence[Difference], shelves: Sequence[Shelf]
) -> Event:
    document, moves = f"count:{counted.event_id}", list[Move]()
    for entry in found:
        here = Account(
            count.owner,
            entry.sku,
            count.location,
            Status.SELLABLE,
            lot=entry.lot or None,
            serial=entry.serial or None,
        )
        if entry.qty > 0:
            short = {shelf.account: -shelf.qty for shelf in shelves if _fits(shelf, entry) and shelf.qty < 0}
            good, left = made_good(short, entry.qty, REASON, document)
            unseen = Picker.of(not_found(act.conn, count.owner, entry.sku, count.location))
            serials = (entry.serial,) if entry.serial else ()
            moves += good + more(here, left, unseen.take(entry.sku, left, serials), REASON, document)
        else:
            fitting = [shelf for shelf in shelves if _fits(shelf, entry)]
            moves += less(here, -entry.qty, fitting, REASON, document)
    lines = [
        {"line": n, "sku": entry.sku, "difference": entry.qty, "reason": REASON}
        for n, entry in enumerate(found, 1)
    ]
    subject = (f"bin:{count.location}", f"event:{counted.event_id}")
    return act.event(EventKind.STOCK_ADJUSTED, subject, tuple(moves), {"document": document, "lines": lines})


def _fits(shelf: Shelf, entry: Difference) -> bool:
    return (
        shelf.item == entry.sku
        and entry.lot in {"", shelf.lot or ""}
        and entry.serial in {"", shelf.serial or ""}
    )


def _case(
    counted: Event,
    count: BinCount,
    found: Sequence[Difference],
    risk: tuple[int, str] | None,
    why: str,
) -> Case:
    told = ", ".join(f"{entry.qty:+d} {entry.sku}" for entry in found[:_NAMED]) or "nothing"
    rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return Case(
        key=case_key(counted.event_id),
        type="count.differs",
        subject=f"bin:{count.location}",
        owner_role="planner",
        fix=f"The count of {count.location} differs from the books by {told}{rest}, and {why}. "
        "Have the bin counted again, or book what is right as a count.",
        money=risk,
        money_of=MoneyOf.ITEM_VALUE,
    )


def _note(act: Act, fact: Fact, count: BinCount, state: str, adjusted_by: str | None = None) -> None:
    act.conn.execute(
        insert(bin_count).values(
            event_id=fact.event.event_id,
            station=fact.origin,
            owner=count.owner,
            location=count.location,
            counted_at=to_text(fact.dated),
            state=state,
            adjusted_by=adjusted_by,
        )
    )


def _set(act: Act, event_id: str, state: str) -> None:
    act.conn.execute(update(bin_count).where(bin_count.c.event_id == event_id).values(state=state))


_here = (bin_count.c.location == bindparam("location"), bin_count.c.owner == bindparam("owner"))
_later = (
    select(bin_count.c.event_id)
    .where(*_here, bin_count.c.counted_at > bindparam("at"), bin_count.c.state.in_(_STANDING))
    .limit(1)
)
_earlier = select(bin_count).where(*_here, bin_count.c.counted_at <= bindparam("at"))
_taken_back = select(event.c.id).where(
    event.c.corrects == bindparam("of"), event.c.kind == str(EventKind.BIN_UNDONE)
)
_of_event: Any = select(bin_count).where(bin_count.c.event_id == bindparam("of"))
_values = select(item.c.sku, item.c.value_minor, item.c.currency).where(
    item.c.sku.in_(bindparam("skus", expanding=True))
)
