"""What customers pay of what a replacement is dearer, or was charged; and taking a payment back."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.event import EventKind
from app.domain.money import amount_text
from app.domain.refusal import Refused
from sync.central.commands.exchanges_asked import PaymentBack, ReplacementPayment
from sync.central.rules.outcomes import Conflict, missing
from sync.central.rules.replacements import Kind, State
from sync.central.store import replacement_rows, replacements
from sync.central.store.act import Act
from sync.central.store.tables import event, replacement_step


def pay(act: Act, code: str, line: int, asked: ReplacementPayment) -> dict[str, object]:
    """Books a payment; with the last of what is owed, an exchange that waits for it is released.

    Raises:
        Missing: no such return, or no replacement on that line.
        Refused: it is more than is owed, or in another currency.
    """
    row = _row(act.conn, code, line)
    payable = replacement_rows.standing(act.conn, row).payable
    if asked.currency != row.currency:
        raise Refused(
            "replacement.currency",
            f"Read a payment in {asked.currency}.",
            f"Expected {row.currency}, in which the replacement is priced.",
            "Name the amount in that currency.",
        )
    if asked.minor > payable:
        raise Refused(
            "replacement.beyond_owed",
            f"Read a payment of {amount_text(asked.minor, row.currency)}.",
            f"Expected no more than the {amount_text(payable, row.currency)} that the books have as owed.",
            "Note what is owed; approve a refund that is due first, and pay the rest back.",
        )
    event_id = _record(act, row, EventKind.REPLACEMENT_PAID, asked.minor, reference=asked.reference)
    said = f"paid {amount_text(asked.minor, row.currency)}"
    return _after(act, row, event_id, int(row.paid_minor) + asked.minor, said)


def take_back(act: Act, code: str, line: int, asked: PaymentBack) -> dict[str, object]:
    """Takes a payment back, once; an exchange that did not leave yet waits for it again.

    Raises:
        Missing: no such return, replacement, or payment for it.
        Conflict: it was taken back before.
    """
    row = _row(act.conn, code, line)
    told = {entry.event_id: entry for entry in act.conn.execute(_told, {"rma_": code, "line_": line})}
    found = told.get(asked.event_id)
    if found is None or found.kind != EventKind.REPLACEMENT_PAID:
        raise missing("payment", asked.event_id)
    back = [json.loads(entry.body) for entry in told.values() if entry.kind == EventKind.REPLACEMENT_UNPAID]
    if any(body.get("reverses") == asked.event_id for body in back):
        raise Conflict(
            "payment.taken_back",
            f"Payment {asked.event_id} was taken back before.",
            "Expected one that stands.",
            "Nothing is to be done.",
        )
    minor = int(json.loads(found.body)["minor"])
    event_id = _record(act, row, EventKind.REPLACEMENT_UNPAID, minor, reverses=asked.event_id)
    units = replacement_rows.standing(act.conn, row).units
    paid = int(row.paid_minor) - minor
    said = f"not paid after all: {asked.reason}"
    if row.kind == Kind.EXCHANGE and row.state == State.RELEASED and units.shipped < units.live:
        replacements.note(act, row, event_id, said)
        replacement_rows.change(act.conn, row, paid_minor=paid)
        replacements.move(act, row, State.HELD, said)
        replacements.reckon(act, code, line, said)
        return replacement_rows.document(act.conn, _row(act.conn, code, line))
    return _after(act, row, event_id, paid, said)


def _after(act: Act, row: Any, event_id: str, paid: int, said: str) -> dict[str, object]:
    replacements.note(act, row, event_id, said)
    replacement_rows.change(act.conn, row, paid_minor=paid)
    replacements.reckon(act, row.rma, row.line, said)
    return replacement_rows.document(act.conn, _row(act.conn, row.rma, row.line))


def _record(act: Act, row: Any, kind: EventKind, minor: int, **more: object) -> str:
    body: dict[str, object] = {
        name: getattr(row, name) for name in ("rma", "line", "owner", "sku", "currency")
    }
    body |= {"order": row.order_code, "minor": minor, **more}
    told = act.event(kind, (f"rma:{row.rma}", f"order:{row.order_code}"), (), body)
    act.record(told)
    return told.event_id


def _row(conn: Connection, code: str, line: int) -> Any:
    row = replacement_rows.find(conn, code, line)
    if row is None:
        raise missing("replacement", f"{code} line {line}")
    return row


_told = (
    select(event.c.event_id, event.c.kind, event.c.body)
    .join(replacement_step, replacement_step.c.event == event.c.event_id)
    .where(replacement_step.c.rma == bindparam("rma_"), replacement_step.c.line == bindparam("line_"))
)
