"""Refunds as they are answered: one with its steps, and page by page, the oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, tuple_

from sync.central.rules.refunds import RefundState
from sync.central.store import replacement_rows
from sync.central.store.cursors import pack, unpack
from sync.central.store.refund_sales import AMOUNTS
from sync.central.store.refunds import find, payable_of
from sync.central.store.tables import refund, refund_step


def listed(
    conn: Connection, state: RefundState | None, rma: str | None, cursor: str | None, limit: int
) -> dict[str, object]:
    """Some refunds as they are answered, and the cursor of the next page.

    Raises:
        Refused: no page gave that cursor.
    """
    asked = select(refund).order_by(refund.c.made_at, refund.c.code).limit(limit + 1)
    if state is not None:
        asked = asked.where(refund.c.state == state.value)
    if rma is not None:
        asked = asked.where(refund.c.rma == rma)
    if after := unpack(cursor, 2):
        asked = asked.where(tuple_(refund.c.made_at, refund.c.code) > tuple_(*after))
    rows = conn.execute(asked).all()
    page = rows[:limit]
    more, owing = len(rows) > limit, _owing(conn, page)
    return {
        "refunds": [shown(row, owing.get(row.code, 0)) for row in page],
        "next": pack([page[-1].made_at, page[-1].code]) if more else None,
    }


def document(conn: Connection, code: str) -> dict[str, object]:
    """The refund as it is answered, with its steps.

    Raises:
        Missing: there is none of that code.
    """
    row = find(conn, code)
    steps = conn.execute(_steps, {"of": code}).all()
    return {
        **shown(row, _owing(conn, [row]).get(code, 0)),
        "steps": [
            {"state": n.state, "at": n.at, "by": n.by, "event": n.event, "note": n.note} for n in steps
        ],
    }


def _owing(conn: Connection, rows: Sequence[Row[Any]]) -> Mapping[str, int]:
    """What the customer still owes beside each refund that pays for a replacement, by its code."""
    found = dict[str, int]()
    for code, line in dict.fromkeys((row.rma, row.rma_line) for row in rows if row.settles):
        mine = replacement_rows.find(conn, code, line)
        found |= replacement_rows.owing_by_refund(conn, mine) if mine is not None else {}
    return found


def shown(row: Row[Any], owing: int) -> dict[str, object]:
    """One refund as it is listed; `payable` is what the customer gets, `owing` what he still owes beside."""
    names = ("owner", "customer", "rma", "sku", "qty", "currency", "base_net", "base_tax", *AMOUNTS)
    return {
        "refund": row.code,
        "state": row.state,
        "line": row.rma_line,
        **{name: getattr(row, name) for name in names},
        "payable": payable_of(row),
        **(_pays(row, owing) if row.settles else {}),
        "method": row.method,
        "rule": row.rule,
        "policy_ver": row.policy_ver,
        "made_at": row.made_at,
    }


def _pays(row: Any, owing: int) -> dict[str, object]:
    """How a refund is set against a replacement: what it pays of it, and what the customer owes beside it."""
    value = row.net + row.tax - row.fee
    return {
        "settles": row.settles,
        "settled": min(value, row.replaced),
        "owing": owing,
    }


_steps = select(refund_step).where(refund_step.c.refund == bindparam("of")).order_by(refund_step.c.n)
