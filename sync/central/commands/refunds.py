"""What finance decides about refunds: approved, rejected, paid out, reversed; and credit without goods."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from sqlalchemy import Connection, bindparam, select

from app.domain.counted import counted
from app.domain.policy.refunds import FULL, Method, RefundRule
from app.domain.refusal import Refused
from sync.central.commands.shapes import MOST, Asked, LineNumber, Words, shown
from sync.central.rules.outcomes import missing
from sync.central.rules.refunds import FREES, RefundState
from sync.central.store import gating, refund_listing, refunds, remainders
from sync.central.store.act import Act
from sync.central.store.tables import rma, rma_line


class RefundNote(Asked):
    """Why, for whoever asks later."""

    model_config = shown(note="The customer sent a picture.")

    note: Words | None = None


class Payout(Asked):
    """How far a payout is: begun, arrived, or failed with the reason that the payment service gave."""

    model_config = shown(result="paid", reference="PSP-4711")

    result: Literal["begun", "paid", "failed"]
    reference: Words | None = None


class CreditAsked(Asked):
    """Money for a line of a return whose goods do not come: for `qty` units, or `net_minor` of its price.

    Units that are credited are not refunded again when they come after all; a part of the price is of none.
    """

    model_config = shown(line=1, net_minor=500, reason="A mark on the case; the customer keeps it.")

    line: LineNumber
    qty: int | None = Field(default=None, ge=1, le=MOST)
    net_minor: int | None = Field(default=None, ge=1, le=MOST)
    method: Method = Field(default=Method.ORIGINAL, strict=False)
    reason: Words


def approve(act: Act, code: str, asked: RefundNote) -> dict[str, object]:
    """Approves a refund that is due: it is booked, and waits to be paid out.

    Raises:
        Missing: no such refund.
        Conflict: it is not due.
    """
    return _step(act, code, RefundState.POSTED, asked.note)


def reject(act: Act, code: str, asked: RefundNote) -> dict[str, object]:
    """Rejects a refund that is due; its units may be refunded when somebody decides otherwise.

    Goods that were refunded by what a credit had left of their price get the rest of it, once it is rejected.

    Raises:
        Missing: no such refund.
        Conflict: it is not due.
    """
    return _step(act, code, RefundState.REJECTED, asked.note)


def pay(act: Act, code: str, asked: Payout) -> dict[str, object]:
    """Notes how far a payout is; one that failed can be begun again.

    Raises:
        Missing: no such refund.
        Conflict: it is not booked, or was paid.
    """
    to = {"begun": RefundState.PAYING, "paid": RefundState.PAID, "failed": RefundState.FAILED}
    return _step(act, code, to[asked.result], asked.reference)


def reverse(act: Act, code: str, asked: RefundNote) -> dict[str, object]:
    """Takes a booked refund back, as credited wrongly; what was paid out is owed by the customer.

    Raises:
        Missing: no such refund.
        Conflict: it is not booked, or on its way.
    """
    found = _step(act, code, RefundState.REVERSED, asked.note)
    gating.answer(act, code)
    return found


def credit(act: Act, code: str, asked: CreditAsked) -> dict[str, object]:
    """Opens a refund for goods that do not come back; it is due, and approved like any other.

    Raises:
        Missing: no such return or line, or it was matched with no sale that has a price.
        Refused: neither or both of units and amount are given, or it is beyond what was sold or paid.
    """
    if (asked.qty is None) == (asked.net_minor is None):
        raise Refused(
            "refund.what",
            "Read units and an amount." if asked.qty else "Read neither units nor an amount.",
            "Expected one of them: qty, or net_minor.",
            "Say which it is.",
        )
    _require_line(act.conn, code, asked.line)
    rule = RefundRule(remainders.CREDIT, asked.reason, method=asked.method, approved_up_to=0)
    opening = refunds.Opening(code, asked.line, f"{act.session}", rule, FULL.id)
    if asked.net_minor is not None:
        made = refunds.open_for_amount(act, opening, asked.net_minor)
    else:
        made = refunds.open_for_units(act, opening, asked.qty or 0)
        units = sum(int(refunds.find(act.conn, one).qty) for one in made)
        if units != asked.qty:
            raise Refused(
                "refund.beyond_sold",
                f"Read {counted(asked.qty or 0, 'unit')} of line {asked.line}.",
                f"Expected no more than the {units} that were sold and not credited yet.",
                "Credit no more than that.",
            )
    return {"refunds": [refund_listing.document(act.conn, one) for one in made]}


def _step(act: Act, code: str, to: RefundState, note: str | None) -> dict[str, object]:
    row = refunds.find(act.conn, code)
    refunds.step(act, row, to, note)
    if to in FREES:
        remainders.settle(act, row)
    return refund_listing.document(act.conn, code)


def _require_line(conn: Connection, code: str, line: int) -> None:
    if conn.execute(_head, {"of": code}).first() is None:
        raise missing("rma", code)
    if conn.execute(_line, {"of": code, "number": line}).first() is None:
        raise missing("rma.line", f"{code} line {line}")


_head = select(rma.c.code).where(rma.c.code == bindparam("of"))
_line = select(rma_line.c.line).where(
    rma_line.c.rma == bindparam("of"), rma_line.c.line == bindparam("number")
)
