"""Bringing a replacement where its units say it is: blocked or released, its cases opened or closed.

It follows anew from what was refunded, shipped, cancelled and decided, so that no order of these and nothing
that was taken back leaves a state behind.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, func, select

from app.domain.clock import to_text
from sync.central.rules.blocks import EXCHANGE
from sync.central.rules.replacements import BLOCKED, SAID, WAITS, Kind, State, state_of
from sync.central.store import order_blocks, orders, replacement_cases
from sync.central.store.act import Act
from sync.central.store.exceptions import close_cases, open_case
from sync.central.store.prepared import asking, inserting
from sync.central.store.replacement_rows import Standing, change, find, standing
from sync.central.store.tables import replacement_step


def reckon(act: Act, code: str, line: int, said: str | None = None) -> None:
    """Brings the replacement of a return line where it is now; nothing happens when it has none.

    Args:
        act: what it belongs to.
        code: the return.
        line: its line.
        said: why, for whoever asks later.
    """
    row = find(act.conn, code, line)
    if row is None:
        return None
    found = standing(act.conn, row)
    decision = State(row.decision) if row.decision else None
    to = state_of(Kind(row.kind), State(row.state), found.units, decision, owes=found.owing > 0)
    _block(act, found, to, said)
    if to != row.state:
        move(act, row, to, said)
    if to in BLOCKED or not found.units.live:
        return _tell(act, found, to)
    # What it was released for may have left with it.
    return _tell(act, standing(act.conn, row), to)


def move(act: Act, row: Any, to: State, said: str | None, **more: object) -> None:
    """Moves a replacement to a state, with the event that tells of it; `more` stands in its facts."""
    body: dict[str, object] = {
        name: getattr(row, name) for name in ("rma", "line", "kind", "owner", "sku", "currency")
    }
    body |= {"order": row.order_code, **more}
    event = act.event(SAID[to], (f"rma:{row.rma}", f"order:{row.order_code}"), (), body)
    act.record(event)
    change(act.conn, row, state=to.value)
    _add_step(act, row, to.value, event.event_id, said)


def note(act: Act, row: Any, event_id: str, said: str) -> None:
    """Keeps what was said of a replacement that stays in its state, with its event."""
    _add_step(act, row, row.state, event_id, said)


def _block(act: Act, found: Standing, to: State, said: str | None) -> None:
    row = found.row
    order = orders.find(act.conn, row.order_code)
    if to in BLOCKED:
        if order.state == "open" and order.block is None:
            order_blocks.put(act, order, EXCHANGE, said, keep=True)
        if to is State.LAPSED and order.state == "open":
            order_blocks.free(act, order, found.units.kept)
    elif order.block == EXCHANGE:
        if order.state == "open":
            order_blocks.take_off(act, order, said, ship=row.ship)
        else:
            orders.change(act.conn, order.id, block=None)


def _tell(act: Act, found: Standing, to: State) -> None:
    """Opens the cases of units out unpaid and of what was paid for nothing; closes those answered."""
    row, units, at = found.row, found.units, act.posted_at
    late = to is State.OVERDUE and units.without
    gone = row.kind == Kind.EXCHANGE and to not in {State.CHARGED, State.WAIVED} and units.without
    if late or gone:
        open_case(act.conn, replacement_cases.unpaid(found, late=bool(late)), at)
    if found.overpaid:
        open_case(act.conn, replacement_cases.overpaid(found), at)
    over = [] if late else [replacement_cases.overdue_key(row)]
    over += [] if found.overpaid else [replacement_cases.overpaid_key(row)]
    over += [] if gone else [replacement_cases.gone_key(row)]
    over += [] if to is State.LAPSED else [replacement_cases.lapsed_key(row)]
    over += [] if to in WAITS else [replacement_cases.refused_key(row)]
    close_cases(act.conn, over, at, f"The replacement is {to.value}.")


def _add_step(act: Act, row: Any, state: str, event_id: str, said: str | None) -> None:
    """Keeps how a replacement came to a state."""
    last = _last.first(act.conn, rma=row.rma, line=row.line)
    step = {
        "rma": row.rma,
        "line": row.line,
        "n": (last.n if last and last.n else 0) + 1,
        "state": state,
        "at": to_text(act.posted_at),
        "by": act.operator,
        "event": event_id,
        "note": said,
    }
    _new_step.run(act.conn, [step])


_new_step = inserting(replacement_step)
_last = asking(
    lambda _: select(func.max(replacement_step.c.n).label("n")).where(
        replacement_step.c.rma == bindparam("rma"), replacement_step.c.line == bindparam("line")
    )
)
