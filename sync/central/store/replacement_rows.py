"""Replacements as they are kept: found by their return or order, with what was refunded for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from sync.central.rules.books import share
from sync.central.rules.refunds import FREES, RefundState
from sync.central.rules.replacements import BLOCKED, Chunk, Price, Settles, Units, chunks
from sync.central.store.prepared import asking, inserting
from sync.central.store.tables import customer_order, order_line, refund, replacement, replacement_step

_LIVE = frozenset(RefundState) - FREES - {RefundState.DUE}


@dataclass(frozen=True, slots=True)
class Standing:
    """A replacement's row with its units, and by refund what it is dearer than that: of all, of those booked.

    Refunds have `taken` of its price, and `recovered` units of those waived, with `recovered_minor`.
    """

    row: Any
    units: Units
    taken: int
    recovered: int
    recovered_minor: int
    dearer: int = 0
    dearer_booked: int = 0

    @property
    def charged_minor(self) -> int:
        """What finance charged of its price."""
        return int(self.row.decided_minor - self.row.waived_minor)

    @property
    def owing(self) -> int:
        """What the customer owes beside what came back, booked or to be booked once it is approved."""
        return max(0, self.dearer + self.charged_minor - int(self.row.paid_minor))

    @property
    def overpaid(self) -> int:
        """What the customer paid and owes nothing for any more: it is to be given back."""
        return max(0, int(self.row.paid_minor) - self.dearer - self.charged_minor)

    @property
    def payable(self) -> int:
        """What of it stands in the books, and can be paid."""
        return max(0, self.dearer_booked + self.charged_minor - int(self.row.paid_minor))

    @property
    def price(self) -> Price:
        """What it costs."""
        return Price(self.row.qty, self.row.unit_minor, self.row.tax_minor)

    def open_minor(self, units: int) -> int:
        """The price of so many units that nothing pays for yet."""
        return self.price.part(units, self.units.opened + self.units.decided, self._spent)

    @property
    def _spent(self) -> int:
        return int(self.taken + self.row.decided_minor)

    def plan(self, qty: int) -> list[tuple[Chunk, int]]:
        """Which of some units pay for what, each with at most how much."""
        found = chunks(qty, self.units, self.row.waived - self.recovered)
        return [(chunk, self._most(chunk)) for chunk in found]

    def _most(self, chunk: Chunk) -> int:
        if chunk.settles is Settles.EXCHANGE:
            return self.open_minor(chunk.qty)
        if chunk.settles is Settles.WAIVED:
            left = self.row.waived - self.recovered
            return share(self.row.waived_minor - self.recovered_minor, left, 0, chunk.qty)
        return 0


def find(conn: Connection, code: str, line: int) -> Any | None:
    """The replacement of a return line; None when it has none."""
    return _one.first(conn, rma=code, line=line)


def of_order(conn: Connection, code: str) -> Any | None:
    """What the order of that code replaces; None when it is no replacement."""
    return _of_order.first(conn, code=code)


def of_return(conn: Connection, code: str) -> Sequence[Any]:
    """The replacements of a return, by line."""
    return _of_return.rows(conn, rma=code)


def is_blocked(conn: Connection, code: str) -> bool:
    """Whether the order of that code waits for the units it replaces."""
    row = of_order(conn, code)
    return row is not None and row.state in BLOCKED


def standing(conn: Connection, row: Any) -> Standing:
    """How far a replacement is."""
    head = _line.first(conn, code=row.order_code)
    if head is None:
        raise KeyError(row.order_code)
    paid = opened = taken = recovered = recovered_minor = dearer = booked = 0
    for found in _refunds.rows(conn, rma=row.rma, line=row.line):
        if found.settles == Settles.EXCHANGE:
            opened, taken = opened + found.qty, taken + found.replaced
            more = dearer_than(found)
            dearer, booked = dearer + more, booked + (more if found.state in _LIVE else 0)
            paid += found.qty if found.state in _LIVE and not found.without_goods else 0
        else:
            recovered, recovered_minor = recovered + found.qty, recovered_minor + found.replaced
    live = head.qty - head.cancelled
    units = Units(live, head.shipped, paid, opened, row.charged + row.waived)
    return Standing(row, units, taken, recovered, recovered_minor, dearer, booked)


def dearer_than(found: Any) -> int:
    """By how much the replacement is dearer than what a refund gives for it."""
    return max(0, int(found.replaced - (found.net + found.tax - found.fee)))


def owing_by_refund(conn: Connection, row: Any) -> Mapping[str, int]:
    """What of each refund's part the customer still owes, by code: payments count for the first first."""
    left, found = int(row.paid_minor), dict[str, int]()
    for part in _refunds.rows(conn, rma=row.rma, line=row.line):
        more = dearer_than(part) if part.settles == Settles.EXCHANGE else 0
        met = min(left, more)
        left, found[part.code] = left - met, more - met
    return found


def plan(conn: Connection, code: str, line: int, qty: int) -> list[tuple[Chunk, int]]:
    """Which of some returned units of a line pay for its replacement, and at most how much."""
    row = find(conn, code, line)
    return [(Chunk(qty, None), 0)] if row is None else standing(conn, row).plan(qty)


def change(conn: Connection, row: Any, **columns: object) -> None:
    """Sets columns of a replacement."""
    which = (replacement.c.rma == row.rma, replacement.c.line == row.line)
    conn.execute(update(replacement).where(*which).values(**columns))


def link(row: Any) -> dict[str, object]:
    """What an order says of the return that it replaces units of."""
    return {"rma": row.rma, "line": row.line, "kind": row.kind, "state": row.state}


def document(conn: Connection, row: Any) -> dict[str, object]:
    """A replacement as its return shows it.

    `owed_minor` is of its price what nothing pays for: units that nothing came back for, and `owing_minor`,
    what the customer owes beside what came back or was charged; `paid_minor` was paid of that, and
    `overpaid_minor` of it is for nothing any more.
    """
    found = standing(conn, row)
    steps = conn.execute(_steps, {"rma_": row.rma, "line_": row.line}).all()
    return {
        "kind": row.kind,
        "order": row.order_code,
        "state": row.state,
        "sku": row.sku,
        "qty": found.units.live,
        "shipped": found.units.shipped,
        "paid": found.units.paid,
        "unit_minor": row.unit_minor,
        "tax_minor": row.tax_minor,
        "currency": row.currency,
        "owed_minor": found.open_minor(found.units.wanted) + found.owing,
        "owing_minor": found.owing,
        "paid_minor": int(row.paid_minor),
        "overpaid_minor": found.overpaid,
        "back_by": row.back_by,
        **({"decision": row.decision} if row.decision else {}),
        "steps": [
            {"state": n.state, "at": n.at, "by": n.by, "event": n.event, "note": n.note} for n in steps
        ],
    }


def known(conn: Connection, codes: Sequence[str]) -> Mapping[str, Any]:
    """Those of some orders that are replacements, by code."""
    return {row.order_code: row for row in _among.rows(conn, codes=list(codes))} if codes else {}


new = inserting(replacement)
_one = asking(
    lambda _: select(replacement).where(
        replacement.c.rma == bindparam("rma"), replacement.c.line == bindparam("line")
    )
)
_of_order = asking(lambda _: select(replacement).where(replacement.c.order_code == bindparam("code")))
_among = asking(lambda among: select(replacement).where(among(replacement.c.order_code, "codes")))
_of_return = asking(
    lambda _: select(replacement).where(replacement.c.rma == bindparam("rma")).order_by(replacement.c.line)
)
_line = asking(
    lambda _: (
        select(order_line.c.qty, order_line.c.cancelled, order_line.c.shipped)
        .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
        .where(customer_order.c.code == bindparam("code"))
    )
)
_free = sorted(state.value for state in FREES)
_refunds = asking(
    lambda _: (
        select(
            refund.c.code,
            refund.c.qty,
            refund.c.state,
            refund.c.settles,
            refund.c.replaced,
            refund.c.without_goods,
            refund.c.net,
            refund.c.tax,
            refund.c.fee,
        )
        .where(
            refund.c.rma == bindparam("rma"),
            refund.c.rma_line == bindparam("line"),
            refund.c.settles.is_not(None),
            *(refund.c.state != state for state in _free),
        )
        .order_by(refund.c.made_at, refund.c.code)
    )
)
_steps = (
    select(replacement_step)
    .where(replacement_step.c.rma == bindparam("rma_"), replacement_step.c.line == bindparam("line_"))
    .order_by(replacement_step.c.n)
)
