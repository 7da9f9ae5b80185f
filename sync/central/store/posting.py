"""Posting: what an event's moves do to the ledger, and what follows from that at once."""

from __future__ import annotations

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Set as AbstractSet
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.exc import InterfaceError, OperationalError

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import MoveKind
from app.domain.place import is_virtual
from app.domain.refusal import Unavailable
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.chain import CENTRE, CentreChain
from sync.central.store.exceptions import Case, open_case
from sync.central.store.journal import Entered, enter
from sync.central.store.prepared import asking
from sync.central.store.returns import follow
from sync.central.store.tables import account, balance, item

_log = logging.getLogger(__name__)

# What the centre alone makes.
_MADE_HERE = frozenset(
    {
        EventKind.GOODS_RECEIVED,
        EventKind.ORDER_SHIPPED,
        EventKind.STOCK_ADJUSTED,
        EventKind.STOCK_WRITTEN_OFF,
    }
)

# The database, not the event: nothing of the transaction counts, and whoever asked asks again.
DATABASE_FAILED = (OperationalError, InterfaceError, Unavailable)


def post(
    conn: Connection,
    event: Event,
    *,
    origin: str,
    occurred_at: datetime,
    posted_at: datetime,
    chain: CentreChain,
) -> None:
    """Posts an event whose envelope is already stored as a receipt.

    Inserts the event and its moves, brings balances and return lines up to date, opens an exception for
    whatever does not fit, then gives stock that became sellable to the oldest backorders and ships those
    orders that ship as stock comes. Those shipments are centre-made events, which `chain` seals. When giving
    fails, the event stays posted and an exception says what was not allocated.

    Args:
        conn: inside the one writer's transaction; a savepoint around the call is welcome.
        event: what happened.
        origin: the station id, or `centre`.
        occurred_at: when it happened by the clock of whoever made it.
        posted_at: now, by the centre's clock.
        chain: the centre's own chain.

    Raises:
        Refused: the body of a known kind cannot be read.
    """
    entered = enter(conn, event, origin=origin, occurred_at=occurred_at, posted_at=posted_at)
    act = Act(conn, chain, CENTRE, f"event:{event.event_id}", occurred_at, posted_at)
    follow(act, event, origin)
    _note_odd(act, event, origin)
    _note_unfit(act, entered)
    for owner, items in _sellable(entered).items():
        _allocate(act, event, owner, items)


def record(act: Act, event: Event) -> None:
    """Seals a centre-made event into the centre's chain and posts it."""
    act.chain.seal(act.conn, event, act.posted_at)
    post(
        act.conn,
        event,
        origin=CENTRE,
        occurred_at=act.occurred_at,
        posted_at=act.posted_at,
        chain=act.chain,
    )


def _allocate(act: Act, event: Event, owner: str, items: AbstractSet[str]) -> None:
    """Settles claims and backorders; what happened to the goods stands whether that succeeds or not."""
    try:
        with act.conn.begin_nested():
            settle(act, owner, items)
    except DATABASE_FAILED:
        raise
    except Exception:  # noqa: BLE001 - whatever it was, a fact is never refused by an allocation
        _log.exception("nothing of %s was allocated after event %s", sorted(items), event.event_id)
        open_case(act.conn, _not_allocated(event, owner, items), act.posted_at)


def _sellable(entered: Entered) -> dict[str, set[str]]:
    """The items, by owner, whose sellable stock changed."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for changed, _ in entered.changes:
        if changed.status is Status.SELLABLE:
            found[changed.owner].add(changed.item)
    return found


def _note_unfit(act: Act, entered: Entered) -> None:
    for short, qty in entered.negative:
        open_case(act.conn, _negative(short, qty), act.posted_at)
    skus = {changed.item for changed, _ in entered.changes}
    if skus:
        known = {row.sku for row in _known.rows(act.conn, skus=list(skus))}
        for sku in sorted(skus - known):
            open_case(act.conn, _unknown_item(sku), act.posted_at)
    for changed, qty in entered.changes:
        if changed.serial and qty > 0 and not is_virtual(changed.location):
            here = act.conn.scalar(
                _inside, {"owner": changed.owner, "sku": changed.item, "serial": changed.serial}
            )
            if int(here or 0) > 1:
                open_case(act.conn, _twice(changed), act.posted_at)


def _note_odd(act: Act, event: Event, origin: str) -> None:
    """Cases for facts that stand although they cannot be whole: the moves are posted as they are."""
    if event.kind in _MADE_HERE and origin != CENTRE:
        open_case(act.conn, _not_a_stations(event, origin), act.posted_at)
    if event.kind == EventKind.RETURN_DISPOSITIONED and event.moves:
        qty, sku = event.body.get("qty"), event.body.get("sku")
        moved = Counter[MoveKind]()
        for move in event.moves:
            if move.source.item == sku:
                moved[move.kind] += move.qty
        steps = {moved[kind] for kind in (MoveKind.RETURN, MoveKind.DISPOSE) if moved[kind]}
        if steps != {qty}:
            open_case(act.conn, _inconsistent(event, max(steps, default=0)), act.posted_at)


def negative_key(short: Account) -> str:
    """The key of the exception that answers for an account below zero."""
    return f"stock.negative:{json.dumps(short.key)}"


def twice_key(owner: str, sku: str, serial: str) -> str:
    """The key of the exception that answers for a serial that is inside more than once."""
    return f"serial.twice:{json.dumps((owner, sku, serial))}"


def _negative(short: Account, qty: int) -> Case:
    return Case(
        key=negative_key(short),
        type="stock.negative",
        subject=f"sku:{short.item}",
        owner_role="planner",
        fix=f"More left {short.location} than was recorded there: count {short.item} at {short.location}.",
        sku=short.item,
        qty=-qty,
    )


def _not_allocated(event: Event, owner: str, items: AbstractSet[str]) -> Case:
    named = ", ".join(sorted(items)[:5])
    return Case(
        key=f"allocation.failed:{event.event_id}:{owner}",
        type="allocation.failed",
        subject=f"event:{event.event_id}",
        owner_role="admin",
        fix=f"{event.kind} is posted, but the centre's program failed to give {named} to waiting orders. "
        "The next change of the item's stock tries again; compare what its orders claim with a count.",
    )


def _not_a_stations(event: Event, origin: str) -> Case:
    return Case(
        key=f"event.not_a_stations:{origin}:{event.kind}",
        type="event.not_a_stations",
        subject=f"station:{origin}",
        owner_role="admin",
        fix=f"This station recorded {event.kind} (event {event.event_id}), which the centre alone makes; its "
        "moves are posted. Look at that station's program and count what it moved.",
    )


def _inconsistent(event: Event, moved: int) -> Case:
    return Case(
        key=f"event.inconsistent:{event.event_id}",
        type="event.inconsistent",
        subject=f"event:{event.event_id}",
        owner_role="admin",
        fix=f"The event tells of {event.body.get('qty')} of {event.body.get('sku')} and moves {moved}; "
        "its moves are posted. Count the item and look at that station's program.",
    )


def _unknown_item(sku: str) -> Case:
    return Case(
        key=f"item.unknown:{sku}",
        type="item.unknown",
        subject=f"sku:{sku}",
        owner_role="planner",
        fix="Stock moved for an item the centre does not know: add the item.",
    )


def _twice(unit: Account) -> Case:
    return Case(
        key=twice_key(unit.owner, unit.item, unit.serial or ""),
        type="serial.twice",
        subject=f"unit:{unit.serial}",
        owner_role="planner",
        fix=f"Serial {unit.serial} of {unit.item} is recorded in two places: look at both units.",
        sku=unit.item,
        qty=1,
    )


_known = asking(lambda among: select(item.c.sku).where(among(item.c.sku, "skus")))
_inside = (
    select(func.sum(balance.c.qty))
    .join_from(balance, account, balance.c.account == account.c.id)
    .where(
        account.c.item == bindparam("sku"),
        account.c.serial == bindparam("serial"),
        account.c.owner == bindparam("owner"),
        account.c.location.not_like("@%"),
    )
)
