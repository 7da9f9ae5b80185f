"""Decisions told: each with its sentences beside its document."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.central.rules.explain import sentences
from sync.central.store import orders
from sync.central.store.decisions import about


def of_order(conn: Connection, code: str) -> dict[str, object]:
    """Every decision about an order, oldest first; an order that was declined has them though it is none.

    Raises:
        Missing: nobody ever sent such an order.
    """
    found = about(conn, f"order:{code}")
    if not found:
        orders.find(conn, code)
    return {
        "order": code,
        "decisions": [{**entry, "why": sentences(entry["kind"], entry["document"])} for entry in found],
    }
