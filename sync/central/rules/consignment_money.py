"""What the settlement of a consignment does to the books; departures are booked as any other move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.domain.refusal import Refused
from sync.central.rules.books import Book, Line, share
from sync.central.rules.consignment import Route

PAID = frozenset({Route.VENDOR_RETURN, Route.LIQUIDATE, Route.RECYCLE})
"""Routes on which somebody pays for the goods."""


def settled(body: Mapping[str, Any]) -> list[Line]:
    """The lines of a settlement; they balance whatever the amounts are.

    A vendor's credit note clears the whole claim: units that were rejected are written off, and whatever
    else lies between credit and cost is a difference. What others pay is income beside the cost, which was
    booked when the goods left. A fee is owed to whoever took them.
    """
    route = body["route"]
    cost, rejected = int(body["cost_minor"]), int(body["rejected_minor"])
    net, tax, fee = (int(body[name]) for name in ("net_minor", "tax_minor", "fee_minor"))
    lines = [
        Line(Book.RECEIVABLE, net + tax),
        Line(Book.SALES_TAX, -tax),
        Line(Book.DISPOSAL_FEES, fee),
        Line(Book.PAYABLE, -fee),
    ]
    if route == Route.VENDOR_RETURN:
        return [
            Line(Book.VENDOR_CLAIMS, -cost),
            Line(Book.WRITE_OFF, rejected),
            Line(Book.CLAIM_DIFFERENCES, cost - rejected - net),
            *lines,
        ]
    return [Line(Book.RECOVERED, -net), *lines]


def cost_of(parts: Mapping[str, tuple[int, int]], units: Mapping[str, int]) -> int:
    """What some units cost, by item, of departed ones: `parts` has units and cost in minor units by item."""
    total = 0
    for sku, qty in units.items():
        all_units, cost = parts.get(sku, (0, 0))
        total += share(cost, all_units, 0, min(qty, all_units)) if all_units else 0
    return total


def require_paid(route: str, net: int, tax: int) -> None:
    """Refuses money for goods that nobody pays for.

    Raises:
        Refused: a donation or scrap brings money.
    """
    if (net or tax) and route not in PAID:
        raise Refused(
            "consignment.no_proceeds",
            f"Read {net + tax} minor units for a consignment by {route}.",
            f"Expected none: money comes by {', '.join(sorted(PAID))}.",
            "Leave the amount out; what it cost is fee_minor.",
        )
