"""What becomes of replacements: a return ends, an order is cancelled, time is over, finance decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from app.domain.clock import to_text
from sync.central.commands.exchanges_asked import ReplacementDecision
from sync.central.commands.fulfilment import cancel_order
from sync.central.commands.requests import Cancellation, LinePart
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.refunds import FREES
from sync.central.rules.replacements import Kind, Settles, State
from sync.central.store import orders, refunds, replacement_cases, replacement_rows, replacements
from sync.central.store.act import Act
from sync.central.store.exceptions import open_case
from sync.central.store.prepared import asking
from sync.central.store.tables import refund, replacement, rma

_LINE = 1


def cancel(act: Act, code: str, asked: Cancellation) -> dict[str, object]:
    """Cancels an order, or units of it; what was paid for by returned units goes to the customer instead.

    Raises:
        Missing: no such order.
        Conflict: a line has not that many open units, some are picked, the order has none at all, or money
            for the returned units is on its way to the customer.
    """
    found = cancel_order(act, code, asked)
    row = replacement_rows.of_order(act.conn, code)
    if row is None:
        return found
    _shrink(act, row)
    replacements.reckon(act, row.rma, row.line, asked.reason)
    return orders.found(act.conn, code)


def _shrink(act: Act, row: Any) -> None:
    """Refunds that paid for units which were cancelled are opened anew, and those go to the customer."""
    for entry in _paying.rows(act.conn, rma=row.rma, line=row.line):
        units = replacement_rows.standing(act.conn, row).units
        if units.opened + units.decided <= units.live:
            return
        refunds.reopen(act, entry)


def end(act: Act, code: str, reason: str) -> None:
    """Cancels units of replacements that nothing will come back for; what left with them is late at once.

    Raises:
        Conflict: some are picked.
    """
    for row in replacement_rows.of_return(act.conn, code):
        units = replacement_rows.standing(act.conn, row).units
        spare = min(units.wanted, units.live - units.shipped)
        if spare > 0:
            part = LinePart(line=_LINE, qty=spare)
            cancel(act, row.order_code, Cancellation(reason=reason, lines=(part,)))
        now: Any = replacement_rows.find(act.conn, code, row.line)
        if now.state == State.ADVANCED and replacement_rows.standing(act.conn, now).units.without:
            replacements.move(act, now, State.OVERDUE, reason)
            replacements.reckon(act, code, row.line, reason)


def due(conn: Connection, now: str) -> Sequence[Any]:
    """Replacements whose time is over."""
    return _due.rows(conn, now=now)


def be_late(act: Act) -> int:
    """Opens a case for each replacement whose time is over; how many.

    One that was sent ahead is overdue. One that is held gives units that nothing came back for to orders that
    wait, and stays blocked: stock that nobody may have earns nothing, and who returns late is served in turn.
    """
    found = due(act.conn, to_text(act.posted_at))
    for row in found:
        if row.kind == Kind.ADVANCE:
            replacements.move(act, row, State.OVERDUE, "its time is over")
            replacements.reckon(act, row.rma, row.line, "its time is over")
            continue
        replacements.move(act, row, State.LAPSED, "its time is over")
        replacements.reckon(act, row.rma, row.line, "its time is over")
        now = replacement_rows.find(act.conn, row.rma, row.line)
        open_case(act.conn, replacement_cases.lapsed(replacement_rows.standing(act.conn, now)), act.posted_at)
    return len(found)


def decide(act: Act, code: str, line: int, asked: ReplacementDecision) -> dict[str, object]:
    """Charges the customer for units of a replacement, or gives them away.

    Raises:
        Missing: no such return, or no replacement on that line.
        Conflict: nothing left that is not paid for, or its time is not over.
    """
    row = replacement_rows.find(act.conn, code, line)
    if row is None:
        raise missing("replacement", f"{code} line {line}")
    found = replacement_rows.standing(act.conn, row)
    units = found.units.without
    if not units:
        raise Conflict(
            "replacement.nothing_open",
            f"Order {row.order_code} is {row.state}: nothing left with it that is not paid for.",
            "Expected units that are with the customer, and nothing came back for.",
            "Nothing is to be done.",
        )
    if _may_come(act.conn, row):
        raise Conflict(
            "replacement.not_due",
            f"The old unit may be back until {row.back_by}.",
            "Expected a replacement whose time is over.",
            "Wait for it, or end the return.",
        )
    to = State.CHARGED if asked.decision == "charge" else State.WAIVED
    minor = found.open_minor(units)
    waived = to is State.WAIVED
    changed = {
        "decision": to.value,
        "charged": row.charged + (0 if waived else units),
        "waived": row.waived + (units if waived else 0),
        "decided_minor": row.decided_minor + minor,
        "waived_minor": row.waived_minor + (minor if waived else 0),
    }
    replacements.move(act, row, to, asked.reason, minor=minor, qty=units)
    replacement_rows.change(act.conn, row, **changed)
    replacements.reckon(act, code, line, asked.reason)
    return replacement_rows.document(act.conn, replacement_rows.find(act.conn, code, line))


def _may_come(conn: Connection, row: Any) -> bool:
    """Whether the old unit of one that was sent ahead may still come in time, and did not earn nothing."""
    if row.kind != Kind.ADVANCE or row.state != State.ADVANCED:
        return False
    is_open = conn.scalar(_state, {"which": row.rma}) == "open"
    return is_open and conn.execute(_refused, {"rma": row.rma, "line": row.line}).first() is None


_free = sorted(state.value for state in FREES)
_paying = asking(
    lambda _: (
        select(refund)
        .where(
            refund.c.rma == bindparam("rma"),
            refund.c.rma_line == bindparam("line"),
            refund.c.settles == Settles.EXCHANGE.value,
            *(refund.c.state != state for state in _free),
        )
        .order_by(refund.c.made_at.desc(), refund.c.code.desc())
    )
)
# The partial index is only used for a condition written out.
_WAITING = text("replacement.state IN ('advanced', 'held')")
_due = asking(
    lambda _: (
        select(replacement)
        .where(_WAITING, replacement.c.back_by <= bindparam("now"))
        .order_by(replacement.c.back_by, replacement.c.rma, replacement.c.line)
    )
)
_state = select(rma.c.state).where(rma.c.code == bindparam("which"))
_refused = select(refund.c.code).where(
    refund.c.rma == bindparam("rma"), refund.c.rma_line == bindparam("line"), refund.c.state == "rejected"
)
