"""Past refunds for a candidate policy: read as a stream, with what its windows would have offered."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import from_text
from app.domain.policy import Policy
from app.domain.policy.refunds import Unit
from app.domain.policy.windows import Offer, offered
from sync.central.rules.refund_hindsight import Refunded, RefundTally
from sync.central.rules.refunds import RefundState
from sync.central.store.allotting import category_of
from sync.central.store.tables import customer_order, event, item, order_line, refund, rma, rma_match

_TAKEN_BACK = (RefundState.WITHDRAWN.value, RefundState.REVERSED.value)


def refunds_in_hindsight(
    conn: Connection, tried: Policy, since: str | None, until: str | None, page: int
) -> dict[str, object]:
    """What refunds would have been whose goods were judged in a period; those taken back are left out."""
    tally, asked = RefundTally(tried), _done
    if since is not None:
        asked = asked.where(event.c.occurred_at >= since)
    if until is not None:
        asked = asked.where(event.c.occurred_at < until)
    with conn.execute(asked.execution_options(yield_per=page)) as rows:
        for part in rows.partitions():
            offers = _offers(conn, tried, part)
            for row in part:
                done = _read(row, offers[row.rma, row.rma_line])
                stopped = row.state == RefundState.REJECTED and done.payable
                (tally.stop if stopped else tally.add)(done)
    return tally.result()


def _offers(
    conn: Connection, tried: Policy, rows: Sequence[Any]
) -> Mapping[tuple[str, int], Sequence[Offer]]:
    """What the candidate offers for the sales of each return line, asked when it was authorized."""
    found = defaultdict[tuple[str, int], list[Offer]](list)
    for sale in conn.execute(_sales, {"codes": sorted({row.rma for row in rows})}):
        if sale.shipped_at is not None:
            window = tried.window(category_of(sale.document or ""), sale.channel)
            offer = offered(window, from_text(sale.shipped_at), from_text(sale.created_at))
            found[sale.rma, sale.line].append(offer)
    return found


def _read(row: Any, offers: Sequence[Offer]) -> Refunded:
    body = _object(row.body)
    lines = _object(row.returned).get("lines", ())
    line: dict[str, Any] = next((entry for entry in lines if entry.get("line") == row.rma_line), {})
    return Refunded(
        code=row.code,
        occurred_at=row.occurred_at,
        customer=row.customer,
        currency=row.currency,
        units=int(row.qty),
        net=int(row.base_net),
        tax=int(row.base_tax),
        payable=int(row.net + row.tax - row.fee),
        method=row.method,
        rule=row.rule,
        unit=Unit(
            category_of(row.item or ""),
            str(body.get("grade") or ""),
            str(line.get("reason") or ""),
            str(body.get("disposition") or ""),
        ),
        offers=offers,
        sale=(int(row.order), int(row.line)),
    )


def _object(text: str) -> dict[str, Any]:
    """What cannot be read is the audit's finding, not ours."""
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


# A credit without goods is a person's word, and no rule decides about it.
_done = (
    select(
        refund,
        event.c.occurred_at,
        event.c.body,
        rma.c.document.label("returned"),
        item.c.document.label("item"),
    )
    .join_from(refund, event, event.c.event_id == refund.c.cause)
    .join(rma, rma.c.code == refund.c.rma)
    .join(item, item.c.sku == refund.c.sku, isouter=True)
    .where(refund.c.qty > 0, refund.c.state.not_in(_TAKEN_BACK))
    .order_by(event.c.id, refund.c.code)
)
_sales = (
    select(
        rma_match.c.rma,
        rma_match.c.line,
        order_line.c.shipped_at,
        customer_order.c.channel,
        item.c.document,
        rma.c.created_at,
    )
    .join_from(
        rma_match,
        order_line,
        (order_line.c.order == rma_match.c.order) & (order_line.c.line == rma_match.c.order_line),
    )
    .join(customer_order, customer_order.c.id == order_line.c.order)
    .join(rma, rma.c.code == rma_match.c.rma)
    .join(item, item.c.sku == order_line.c.sku, isouter=True)
    .where(rma_match.c.rma.in_(bindparam("codes", expanding=True)))
)
