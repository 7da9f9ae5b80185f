"""Telling a centre about a generated business: places, policy, goods, sales, waiting orders, returns."""

from __future__ import annotations

from collections.abc import Callable

from app.bootstrap.centre import CentreClient
from app.bootstrap.resources import policy_source
from app.demo.business import Business, Order

Say = Callable[[str], None]
_CHUNK = 200


def load(client: CentreClient, business: Business, say: Say) -> None:
    """Everything that happened before the bench opens, through the centre's public interface."""
    say(f"Loading {len(business.items)} items, {len(business.orders)} shipped orders ...")
    client.post("/policies", {"source": policy_source()}, "policy")
    client.post("/locations", {"locations": [place.to_json() for place in business.locations]}, "locations")
    items = [item.to_json() for item in business.items]
    for start in range(0, len(items), _CHUNK):
        client.post("/items", {"items": items[start : start + _CHUNK]}, f"items-{start}")
    for receipt in business.receipts:
        lines = [
            {"line": x.line, "sku": x.sku, "qty": x.qty, "lot": x.lot, "serials": list(x.serials)}
            for x in receipt.lines
        ]
        body = {
            "document": receipt.document,
            "owner": business.owner,
            "location": receipt.location,
            "at": receipt.at,
            "lines": lines,
        }
        client.post("/receipts", body, f"receipt-{receipt.document}")
    for order in (*business.orders, *business.open_orders):
        capture(client, business, order)
    for announced in business.returns:
        rma = announced.rma
        asked: dict[str, object] = {
            "rma": rma.code,
            "owner": business.owner,
            "customer": announced.customer,
            "order": rma.order,
            "at": announced.at,
            "site": business.site,
            "tracking": list(rma.tracking),
            "match": "order",
            "lines": [
                {"line": x.line, "sku": x.sku, "qty": x.qty, "reason": x.reason, "serials": list(x.serials)}
                for x in rma.lines
            ],
        }
        client.post("/returns", asked, f"rma-{rma.code}")
    say(f"Announced {len(business.returns)} returns.")


def capture(client: CentreClient, business: Business, order: Order) -> None:
    """One order: shipped when the business shipped it, else reserved as far as stock goes."""
    lines = []
    for x in order.lines:
        line: dict[str, object] = {"line": x.line, "sku": x.sku, "qty": x.qty, "unit_minor": x.unit_minor}
        lines.append({**line, "currency": business.currency, "serials": list(x.serials)})
    body = {
        "order": order.order,
        "owner": business.owner,
        "channel": order.channel,
        "at": order.at,
        "customer": order.customer,
        "ship": "available" if order.shipped else "later",
        "lines": lines,
    }
    client.post("/orders", body, f"order-{order.order}")


def enrolment_code(client: CentreClient, business: Business) -> str:
    """A one-time code for the demo's bench."""
    body = {"name": business.bench.replace("-", " "), "site": business.site, "owner": business.owner}
    return client.post("/enrolment-codes", body, "bench").text("code")
