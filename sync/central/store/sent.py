"""What left the shelf for each channel, read from the moves of shipments.

An order's line says how many units it was sent in all and when the last of them left; of a kit that was made
up on the way out it says nothing of the components. The moves tell each item's units with their own instant.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, select

from app.domain.account import Status
from app.domain.clock import to_text
from app.domain.event import EventKind
from sync.central.store.prepared import asking
from sync.central.store.tables import account, customer_order, event, move, order_line

_END_OF_TIME = "9999"


@dataclass(frozen=True, slots=True)
class Sold:
    """Whose units of which items, of the grades that are sold as new (None for units without one)."""

    owner: str
    skus: Sequence[str]
    as_new: Collection[str | None]


def sent_between(conn: Connection, of: Sold, since: datetime, until: datetime | None = None) -> Sequence[Any]:
    """Units that left the shelf for orders: rows of item, channel, occurred_at and qty.

    From `since` until just before `until`. A unit that came back later was sent all the same: it is new
    stock.
    """
    return _sent.rows(
        conn,
        owner=of.owner,
        skus=list(of.skus),
        grades=[grade or "" for grade in of.as_new],
        since=to_text(since),
        until=to_text(until) if until is not None else _END_OF_TIME,
    )


# A line that asked for a grade by name takes nothing from an allotment while it is claimed, nor when it left.
_by_grade = exists().where(
    order_line.c.order == customer_order.c.id, order_line.c.sku == account.c.item, order_line.c.grade != ""
)
# Neither the conversion end, out of which a kit comes that was made up, nor any other end is sellable.
_sent = asking(
    lambda among: (
        select(
            account.c.item,
            customer_order.c.channel,
            event.c.occurred_at,
            func.sum(move.c.qty).label("qty"),
        )
        .join_from(account, move, move.c.source == account.c.id)
        .join(event, event.c.id == move.c.event)
        .join(customer_order, customer_order.c.code == move.c.document)
        .where(
            account.c.owner == bindparam("owner"),
            account.c.status == Status.SELLABLE.value,
            among(account.c.item, "skus"),
            among(account.c.grade, "grades"),
            event.c.kind == EventKind.ORDER_SHIPPED.value,
            event.c.occurred_at >= bindparam("since"),
            event.c.occurred_at < bindparam("until"),
            ~_by_grade,
        )
        .group_by(account.c.item, customer_order.c.channel, event.c.occurred_at)
    )
)
