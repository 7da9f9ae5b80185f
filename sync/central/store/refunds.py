"""Refunds: opened as goods are dispositioned, moved on step by step, each step on the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, select, update

from app.domain.clock import to_text
from app.domain.event import EventKind
from app.domain.policy.refunds import Method, RefundRule
from sync.central.rules.outcomes import missing
from sync.central.rules.refunds import FREES, Amount, Owed, RefundState, amount, require_step
from sync.central.store.act import Act
from sync.central.store.prepared import asking, inserting, updating
from sync.central.store.tables import (
    order_line,
    refund,
    refund_step,
    rma_match,
    sale_worth,
)

_AMOUNTS = ("net", "tax", "fee")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a refund is opened for: units of an RMA line, because of an event, by a rule of a policy."""

    rma: str
    line: int
    cause: str
    rule: RefundRule
    policy_ver: str


def open_for_units(act: Act, opening: Opening, units: int) -> list[str]:
    """Opens refunds for units of a return line, sale by sale; units beyond what it authorizes have none.

    A refund that its rule approves is posted at once. The answer is their codes.
    """
    made, before = list[str](), _credited_on(act.conn, opening)
    for row in _sales_of(act.conn, opening):
        owed = owed_of(row)
        # No more of a sale than the line was matched with, whatever else of it is out.
        qty = min(units, owed.left, row.matched - before[row.order, row.line])
        if qty > 0 and row.priced:
            net, tax = owed.take(qty)
            told = replace(opening, rule=opening.rule.in_currency(row.currency))
            due = amount(told.rule, qty, net, tax)
            made.append(_open(act, told, (row, owed), qty, due))
            units -= qty
    return made


def open_for_amount(act: Act, opening: Opening, net: int) -> list[str]:
    """Opens a refund of a part of the price that goes back for no unit.

    Raises:
        Refused: it is more than is left of the price.
        Missing: the line was matched with no sale that has a price.
    """
    for row in _sales_of(act.conn, opening):
        if row.priced:
            owed = owed_of(row)
            given, tax = owed.take_amount(net)
            return [_open(act, opening, (row, owed), 0, Amount(given, tax, given, tax, 0))]
    raise missing("sale", f"{opening.rma} line {opening.line}")


def _open(act: Act, opening: Opening, sale: tuple[Any, Owed], qty: int, due: Amount) -> str:
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
                "qty": qty,
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
            }
        ],
    )
    _credit(act.conn, row.order, row.line, owed)
    _note(act, code, RefundState.DUE, None, opening.rule.name)
    most = opening.rule.approved_up_to
    if due.payable == 0:
        step(act, find(act.conn, code), RefundState.REJECTED, opening.rule.name)
    elif most is None or due.payable <= most:
        step(act, find(act.conn, code), RefundState.POSTED, f"rule {opening.rule.id}")
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
        body: dict[str, object] = {name: getattr(row, name) for name in (*_NAMES, *_AMOUNTS)}
        body |= {"refund": row.code, "line": row.rma_line, "paid": row.state == RefundState.PAID}
        event = act.event(kind, (f"rma:{row.rma}",), (), body)
        act.record(event)
        event_id = event.event_id
    _state.run(act.conn, [{"which": row.code, "to": to.value}])
    _note(act, row.code, to, event_id, note)
    if to in FREES:
        found = act.conn.execute(_one_sale, {"of": row.order, "number": row.line}).one()
        owed = owed_of(found)
        owed.give_back(row.qty, row.base_net, row.base_tax)
        _credit(act.conn, row.order, row.line, owed)
    if to is RefundState.POSTED and row.method == Method.STORE_CREDIT:
        # Credit is given by being posted: nobody has to pay anything out.
        step(act, find(act.conn, row.code), RefundState.PAID, "store credit")


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


def document(conn: Connection, code: str) -> dict[str, object]:
    """The refund as it is answered, with its steps.

    Raises:
        Missing: there is none of that code.
    """
    row = find(conn, code)
    steps = conn.execute(_steps, {"of": code}).all()
    return {
        **shown(row),
        "steps": [
            {"state": n.state, "at": n.at, "by": n.by, "event": n.event, "note": n.note} for n in steps
        ],
    }


def shown(row: Row[Any]) -> dict[str, object]:
    """One refund as it is listed; `payable` is what the customer gets."""
    names = ("owner", "customer", "rma", "sku", "qty", "currency", "base_net", "base_tax", *_AMOUNTS)
    return {
        "refund": row.code,
        "state": row.state,
        "line": row.rma_line,
        **{name: getattr(row, name) for name in names},
        "payable": row.net + row.tax - row.fee,
        "method": row.method,
        "rule": row.rule,
        "policy_ver": row.policy_ver,
        "made_at": row.made_at,
    }


def owed_of(row: Any) -> Owed:
    """What a sale brought and what of it was credited."""
    return Owed(row.qty, row.net, row.tax, row.credited, row.credited_net, row.credited_tax)


def _sales_of(conn: Connection, opening: Opening) -> Sequence[Any]:
    return _matched.rows(conn, of=opening.rma, number=opening.line)


def _credited_on(conn: Connection, opening: Opening) -> Counter[tuple[int, int]]:
    """Units by sale that refunds of a return line stand for."""
    rows = _of_line.rows(conn, of=opening.rma, number=opening.line)
    return Counter({(row.order, row.line): int(row.units) for row in rows})


def _credit(conn: Connection, order: int, line: int, owed: Owed) -> None:
    given = {"units": owed.credited, "net_": owed.credited_net, "tax_": owed.credited_tax}
    _credited.run(conn, [{"of": order, "number": line} | given])


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
_new = inserting(refund)
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
_steps = select(refund_step).where(refund_step.c.refund == bindparam("of")).order_by(refund_step.c.n)
_last_step = asking(
    lambda _: select(func.max(refund_step.c.n).label("n")).where(refund_step.c.refund == bindparam("of"))
)
_its_line = (sale_worth.c.order == order_line.c.order) & (sale_worth.c.line == order_line.c.line)
_sales = select(
    sale_worth,
    order_line.c.owner,
    order_line.c.customer,
    order_line.c.unit_minor.is_not(None).label("priced"),
).join_from(sale_worth, order_line, _its_line)
_one_sale = _sales.where(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
_free = sorted(state.value for state in FREES)
_of_line = asking(
    lambda _: (
        select(refund.c.order, refund.c.line, func.sum(refund.c.qty).label("units"))
        .where(
            refund.c.rma == bindparam("of"),
            refund.c.rma_line == bindparam("number"),
            and_(*(refund.c.state != state for state in _free)),
        )
        .group_by(refund.c.order, refund.c.line)
    )
)
_matched = asking(
    lambda _: (
        _sales.add_columns(rma_match.c.qty.label("matched"))
        .join(
            rma_match,
            (rma_match.c.order == sale_worth.c.order) & (rma_match.c.order_line == sale_worth.c.line),
        )
        .where(rma_match.c.rma == bindparam("of"), rma_match.c.line == bindparam("number"))
        .order_by(sale_worth.c.order, sale_worth.c.line)
    )
)
_credited = updating(
    update(sale_worth)
    .where(sale_worth.c.order == bindparam("of"), sale_worth.c.line == bindparam("number"))
    .values(credited=bindparam("units"), credited_net=bindparam("net_"), credited_tax=bindparam("tax_")),
    "of",
    "number",
    "units",
    "net_",
    "tax_",
)
