"""Reversing a disposition that was wrong: a counter-event with counter-moves; history stays as it was."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, bindparam, select

from app.domain.account import Account
from app.domain.event import EventKind
from app.domain.move import Move
from app.domain.place import is_virtual
from sync.central.commands import return_exits
from sync.central.commands.return_exits_asked import ReturnExit, Reversal
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.progress import COUNTED, Deed
from sync.central.store import return_sheets, undoing
from sync.central.store.accounts import numbers
from sync.central.store.act import Act
from sync.central.store.consignments import consigned, require_unheld
from sync.central.store.posting import record
from sync.central.store.tables import balance


def reverse(act: Act, code: str, asked: Reversal) -> dict[str, object]:
    """Takes back one disposition of an RMA: its moves, and what it counted for the line.

    A match that authorized its RMA takes that back, too: the sale's units may come back again, and the unit
    waits as blind as before.

    Raises:
        Missing: nothing of that id stands under the RMA.
        Conflict: what it put away is not there any more.
    """
    deed = _standing(act.conn, code, asked.event_id)
    found = undoing.standing(act.conn, asked.event_id)
    if found is None:
        raise missing("disposition", asked.event_id)
    require_there(act.conn, found.moves)
    counter = undoing.counter(act, found, asked.reason)
    record(act, counter)
    if deed.kind == EventKind.RETURN_MATCHED and deed.facts.flag("authorized", default=False):
        return_exits.end(act, code, ReturnExit.model_construct(exit="cancelled", reason=asked.reason))
    return rma_document(act.conn, code) | {"event_id": counter.event_id}


def _standing(conn: Connection, code: str, event_id: str) -> Deed:
    for deed in return_sheets.deeds_of(conn, code):
        if deed.event_id == event_id and deed.kind in COUNTED:
            return deed
    raise missing("disposition", event_id)


def require_there(conn: Connection, moved: tuple[Move, ...]) -> None:
    """Refuses when a place would be left with less than nothing: a decision may be, a fact never is.

    Raises:
        Conflict: units were moved on, or an open consignment holds them.
    """
    net = Counter[Account]()
    for entry in moved:
        net[entry.target] += entry.qty
        net[entry.source] -= entry.qty
    for held, qty in net.items():
        if qty <= 0 or is_virtual(held.location):
            continue
        number = numbers(conn, [held])[held]
        here = int(conn.scalar(_here, {"key": number}) or 0)
        if here < qty:
            raise Conflict(
                "reverse.moved",
                f"Of {qty} {held.item} that were put to {held.location}, {here} are there now.",
                "Expected all of them: nothing else may have used what is reversed.",
                "Look at the unit's timeline, and correct what moved it first.",
            )
        if here - consigned(conn, [number])[number] < qty:
            require_unheld(conn, number, held)


_here = select(balance.c.qty).where(balance.c.account == bindparam("key"))
