"""Refunds: opened as goods are dispositioned, moved on step by step, each step on the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.policy.refunds import Method, RefundRule
from sync.central.rules.books import share
from sync.central.rules.outcomes import missing
from sync.central.rules.refunds import (
    FREES,
    Amount,
    Owed,
    RefundState,
    amount,
    require_step,
)
from sync.central.rules.replacements import NONE, Chunk, Settles
from sync.central.store import replacement_cases, replacement_rows, replacements
from sync.central.store.act import Act
from sync.central.store.exceptions import open_case
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.refund_sales import (
    AMOUNTS,
    FREE,
    PARTS,
    credit,
    credited_on,
    given,
    matched_sales,
    owed_of,
    sale_of,
)
from sync.central.store.tables import (
    refund,
    refund_step,
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a refund is opened for: units of an RMA line, because of an event, by a rule of a policy."""

    rma: str
    line: int
    cause: str
    rule: RefundRule
    policy_ver: str


@dataclass(frozen=True, slots=True)
class Paying:
    """Units of one refund, with what they pay for and at most how much of its price."""

    chunk: Chunk = NONE
    most: int = 0

    @property
    def settles(self) -> str | None:
        """The word that is kept for it."""
        return self.chunk.settles.value if self.chunk.settles else None

    def replaced(self, value: int) -> int:
        """The price that is paid by it; nobody owes for what was waived."""
        return min(value, self.most) if self.chunk.settles is Settles.WAIVED else self.most


def open_for_units(act: Act, opening: Opening, units: int) -> list[str]:
    """Opens refunds for units of a return line, sale by sale; units beyond what it authorizes have none.

    A refund that its rule approves is posted at once. The answer is their codes.
    """
    made, before = list[str](), credited_on(act.conn, opening.rma, opening.line)
    for row in matched_sales(act.conn, opening.rma, opening.line):
        owed = owed_of(row)
        # No more of a sale than the line was matched with, whatever else of it is out.
        qty = min(units, owed.left, row.matched - before[row.order, row.line])
        if qty > 0 and row.priced:
            made += _open_parts(act, opening, (row, owed), qty)
            units -= qty
    return made


def _open_parts(act: Act, opening: Opening, sale: tuple[Any, Owed], qty: int) -> list[str]:
    """Units that pay for a replacement, and those that do not, have refunds of their own."""
    made, row = list[str](), sale[0]
    told = replace(opening, rule=opening.rule.in_currency(row.currency))
    for chunk, most in replacement_rows.plan(act.conn, opening.rma, opening.line, qty):
        owed = owed_of(sale_of(act.conn, row.order, row.line)) if made else sale[1]
        due = amount(
            told.rule, chunk.qty, *owed.take(chunk.qty), given(act.conn, row, told.rule.id, told.policy_ver)
        )
        made.append(_open(act, told, (row, owed), due, Paying(chunk, most)))
    return made


def open_for_amount(act: Act, opening: Opening, net: int) -> list[str]:
    """Opens a refund of a part of the price that goes back for no unit.

    Raises:
        Refused: it is more than is left of the price.
        Missing: the line was matched with no sale that has a price.
    """
    for row in matched_sales(act.conn, opening.rma, opening.line):
        if row.priced:
            owed = owed_of(row)
            part, tax = owed.take_amount(net)
            return [_open(act, opening, (row, owed), Amount(part, tax, part, tax, 0), Paying())]
    raise missing("sale", f"{opening.rma} line {opening.line}")


def reopen(act: Act, row: Any) -> None:
    """Opens anew what was refunded against a replacement that has no use for all of its units any more.

    What was approved is approved. The old refund is withdrawn, or reversed with what it booked.

    Raises:
        Conflict: its money is on its way to the customer.
    """
    due = row.state == RefundState.DUE
    why = "its replacement was cancelled"
    step(act, row, RefundState.WITHDRAWN if due else RefundState.REVERSED, why)
    rule = RefundRule(row.rule, why, method=Method(row.method), approved_up_to=0 if due else None)
    opening, start = Opening(row.rma, row.rma_line, row.cause, rule, row.policy_ver), 0
    for chunk, most in replacement_rows.plan(act.conn, row.rma, row.rma_line, row.qty):
        sale: Any = sale_of(act.conn, row.order, row.line)
        owed, end = owed_of(sale), start + chunk.qty
        part = Amount(*(share(getattr(row, name), row.qty, start, end) for name in PARTS))
        owed.give_back(-chunk.qty, -part.base_net, -part.base_tax)
        _open(act, opening, (sale, owed), part, Paying(chunk, most))
        start = end


def open_rest(act: Act, opening: Opening, sale: tuple[int, int], due: Amount) -> str:
    """Opens a refund of a rest of a sale's price, for no unit of its order line; the answer is its code."""
    order, line = sale
    row = sale_of(act.conn, order, line)
    owed = owed_of(row)
    owed.give_back(0, -due.base_net, -due.base_tax)
    return _open(act, opening, (row, owed), due, Paying())


def on_sale(conn: Connection, order: int, line: int) -> tuple[Any, Sequence[Any]]:
    """The sale of an order line, and the refunds that stand for it in the order they were opened."""
    sale = sale_of(conn, order, line)
    rows = conn.execute(_standing, {"of": order, "number": line}).all()
    return sale, sorted(rows, key=lambda row: (row.made_at, row.rma, int(row.code.rpartition(".")[2])))


def _open(act: Act, opening: Opening, sale: tuple[Any, Owed], due: Amount, paying: Paying) -> str:
    row, owed = sale
    count = _count.first(act.conn, of=opening.rma)
    code = f"{opening.rma}.{(count.number if count else 0) + 1}"
    _new.run(
        act.conn,
        [
            {
                "code": code,
                "owner": row.owner,
                "customer": row.customer,
                "rma": opening.rma,
                "rma_line": opening.line,
                "order": row.order,
                "line": row.line,
                "sku": row.sku,
                "currency": row.currency,
                "qty": paying.chunk.qty,
                "base_net": due.base_net,
                "base_tax": due.base_tax,
                "net": due.net,
                "tax": due.tax,
                "fee": due.fee,
                "method": opening.rule.method.value,
                "state": RefundState.DUE.value,
                "rule": opening.rule.id,
                "policy_ver": opening.policy_ver,
                "cause": opening.cause,
                "made_at": to_text(act.posted_at),
                "replaced": paying.replaced(due.payable),
                "settles": paying.settles,
            }
        ],
    )
    credit(act.conn, row.order, row.line, owed)
    _note(act, code, RefundState.DUE, None, opening.rule.name)
    most = opening.rule.approved_up_to
    if due.payable == 0:
        step(act, find(act.conn, code), RefundState.REJECTED, opening.rule.name)
    elif most is None or due.payable <= most:
        step(act, find(act.conn, code), RefundState.POSTED, f"rule {opening.rule.id}")
    elif paying.settles:
        replacements.reckon(act, opening.rma, opening.line, f"refund {code} is due")
    return code


def step(act: Act, row: Any, to: RefundState, note: str | None = None) -> None:
    """Moves a refund on, with an event where that moves money or tells of it.

    Raises:
        Conflict: the step does not follow from where it is.
    """
    require_step(row.code, row.state, to)
    kind = _KINDS.get(to)
    event_id = None
    if kind is not None:
        body: dict[str, object] = {name: getattr(row, name) for name in (*_NAMES, *AMOUNTS)}
        body |= {"refund": row.code, "line": row.rma_line, "paid": row.state == RefundState.PAID}
        body |= {"replaced": row.replaced, "settles": row.settles} if row.settles else {}
        event = act.event(kind, (f"rma:{row.rma}",), (), body)
        act.record(event)
        event_id = event.event_id
    _state.run(act.conn, [{"which": row.code, "to": to.value}])
    _note(act, row.code, to, event_id, note)
    if to in FREES:
        found = sale_of(act.conn, row.order, row.line)
        owed = owed_of(found)
        owed.give_back(row.qty, row.base_net, row.base_tax)
        credit(act.conn, row.order, row.line, owed)
    if to is RefundState.POSTED and row.method == Method.STORE_CREDIT:
        # Credit is given by being posted: nobody has to pay anything out.
        step(act, find(act.conn, row.code), RefundState.PAID, "store credit")
    elif to is RefundState.POSTED and row.settles and not payable_of(row):
        step(act, find(act.conn, row.code), RefundState.PAID, "it pays for the replacement")
    elif row.settles:
        _replacement(act, row, to)


def _replacement(act: Act, row: Any, to: RefundState) -> None:
    """What a step means for the replacement that the refund pays for."""
    replacements.reckon(act, row.rma, row.rma_line, f"refund {row.code} is {to.value}")
    mine = replacement_rows.find(act.conn, row.rma, row.rma_line)
    if to is RefundState.REJECTED and mine is not None:
        refused = replacement_cases.refused(replacement_rows.standing(act.conn, mine))
        open_case(act.conn, refused, act.posted_at)


def payable_of(row: Any) -> int:
    """What of a refund the customer gets: what it is worth beyond the replacement that it pays for."""
    return max(0, int(row.net + row.tax - row.fee - row.replaced))


_KINDS = {
    RefundState.POSTED: EventKind.REFUND_POSTED,
    RefundState.PAID: EventKind.REFUND_PAID,
    RefundState.FAILED: EventKind.REFUND_FAILED,
    RefundState.REVERSED: EventKind.REFUND_REVERSED,
}
_NAMES = ("owner", "rma", "sku", "qty", "currency", "method", "rule", "policy_ver")


def find(conn: Connection, code: str) -> Any:
    """The refund of that code.

    Raises:
        Missing: there is none.
    """
    row: Any = _by_code.first(conn, which=code)
    if row is None:
        raise missing("refund", code)
    return row


def on_line(conn: Connection, code: str, line: int) -> Sequence[Any]:
    """The refunds of a return line."""
    return _by_line.rows(conn, of=code, number=line)


def of_cause(conn: Connection, event_id: str) -> Sequence[Row[Any]]:
    """The refunds that an event opened."""
    return conn.execute(_by_cause, {"which": event_id}).all()


def _note(act: Act, code: str, state: RefundState, event_id: str | None, note: str | None) -> None:
    last = _last_step.first(act.conn, of=code)
    row = {
        "refund": code,
        "n": (last.n if last and last.n else 0) + 1,
        "state": state.value,
        "at": to_text(act.posted_at),
        "by": act.operator,
        "event": event_id,
        "note": note,
    }
    _new_step.run(act.conn, [row])


_by_code = asking(lambda _: select(refund).where(refund.c.code == bindparam("which")))
_new = inserting(refund, *(column.name for column in refund.columns if column.name != "without_goods"))
_new_step = inserting(refund_step)
_by_line = asking(
    lambda _: select(refund).where(refund.c.rma == bindparam("of"), refund.c.rma_line == bindparam("number"))
)
_by_cause = select(refund).where(refund.c.cause == bindparam("which")).order_by(refund.c.code)
_count = asking(
    lambda _: select(func.count().label("number")).select_from(refund).where(refund.c.rma == bindparam("of"))
)
_state = updating(
    update(refund).where(refund.c.code == bindparam("which")).values(state=bindparam("to")), "which", "to"
)
_last_step = asking(
    lambda _: select(func.max(refund_step.c.n).label("n")).where(refund_step.c.refund == bindparam("of"))
)
_standing = select(refund).where(
    refund.c.order == bindparam("of"), refund.c.line == bindparam("number"), refund.c.state.not_in(FREE)
)
