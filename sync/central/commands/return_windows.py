"""What the policy offers for lines that come back: by the day of shipment and the order's own policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from app.domain.clock import from_text
from app.domain.policy.windows import Offer, offered
from app.domain.returns import LineOffer
from sync.central.rules.matching import Match
from sync.central.store.allotting import category_of
from sync.central.store.returns_policy import returns_policies_at
from sync.central.store.tables import customer_order, item, order_line


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered, and the version of the policy that says so."""

    offer: Offer
    policy_ver: str


Offers = Mapping[tuple[int, int], Offered]


def offers_of(conn: Connection, matches: Sequence[Match], asked: datetime) -> Offers:
    """What is offered for each order line that units are taken back from, by order and line.

    The version that was in force when the order was placed decides; nothing is offered where no policy was
    ever published.
    """
    wanted = {(entry.order, entry.line) for entry in matches}
    rows = conn.execute(_sold, {"orders": sorted({order for order, _ in wanted})}).all()
    rows = [row for row in rows if (row.order, row.line) in wanted]
    policies = returns_policies_at(conn, {row.placed_at for row in rows})
    found = dict[tuple[int, int], Offered]()
    for row in rows:
        policy = policies.get(row.placed_at)
        if policy is not None and row.shipped_at is not None:
            window = policy.window(category_of(row.document or ""), row.channel)
            offer = offered(window, from_text(row.shipped_at), asked)
            found[row.order, row.line] = Offered(offer, policy.version)
    return found


def told(found: Offered | None) -> dict[str, object]:
    """What is offered for matched units, as an answer says it; nulls where no policy says anything."""
    if found is None:
        return {"within_window": None, "offer": None, "until": None, "policy_ver": None}
    until = found.offer.until
    return {
        "within_window": found.offer.within_window,
        "offer": found.offer.offer,
        "until": until.isoformat() if until else None,
        "policy_ver": found.policy_ver,
    }


def line_offers(matches: Iterable[Match], offers: Offers) -> tuple[LineOffer, ...]:
    """What is offered for the units of one line, as its RMA keeps it."""
    return tuple(
        LineOffer(entry.qty, found.offer.within_window, found.offer.offer, found.policy_ver)
        for entry in matches
        if (found := offers.get((entry.order, entry.line))) is not None
    )


_sold = (
    select(
        order_line.c.order,
        order_line.c.line,
        order_line.c.shipped_at,
        customer_order.c.placed_at,
        customer_order.c.channel,
        item.c.document,
    )
    .join_from(order_line, customer_order, order_line.c.order == customer_order.c.id)
    .join(item, item.c.sku == order_line.c.sku, isouter=True)
    .where(order_line.c.order.in_(bindparam("orders", expanding=True)))
)
