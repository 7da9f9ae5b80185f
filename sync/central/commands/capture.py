"""Capturing an order: reservation in the same act, and shipment too when the order ships what is there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from app.domain.clock import to_text
from app.domain.refusal import Refused
from sync.central.commands.catalogue import refuse_unknown
from sync.central.commands.requests import Order, OrderLine
from sync.central.rules.outcomes import Conflict
from sync.central.rules.promise import Grant, Want, grant_all
from sync.central.store import orders
from sync.central.store.act import Act
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import look


def capture(act: Act, asked: Order) -> dict[str, object]:
    """Takes an order and reserves what can be promised; ships that at once when the order says so.

    Raises:
        Conflict: an order of that code was captured before.
        Refused: a line's number stands twice, its item is unknown, or its serials do not count up.
    """
    wanted = [line for line in asked.lines if line.sku is not None]
    _check(asked.lines)
    stock = look(act.conn, asked.owner, (line.sku or "" for line in wanted), act.posted_at)
    refuse_unknown(stock.unknown)
    wants = [Want(line.line, line.sku or "", line.qty, stock.kit(line.sku), line.serials) for line in wanted]
    granted = {grant.want.line: grant for grant in grant_all(wants, stock.offer())}
    now = asked.ship == "available"
    open_units = sum(line.qty for line in wanted) - (sum(g.qty for g in granted.values()) if now else 0)
    head = _insert(act, asked, granted, "open" if open_units else "shipped")
    given = [grant for grant in granted.values() if grant.qty]
    if given and now:
        named = [(grant.want.sku, serial) for grant in given for serial in grant.serials]
        ship(act, head, [Part.of(grant) for grant in given], stock.picker(named))
    elif given:
        orders.claim(act.conn, orders.claim_rows(head, given))
    return {
        "order": asked.order,
        "state": "open" if open_units else "shipped",
        "lines": [_answer(line, granted.get(line.line), now=now) for line in asked.lines],
    }


def _check(lines: Sequence[OrderLine]) -> None:
    if len({line.line for line in lines}) != len(lines):
        raise Refused(
            "order.lines", "Read one line number twice.", "Expected each line once.", "Number the lines."
        )
    for line in lines:
        if line.serials and (len(set(line.serials)) != line.qty or line.sku is None):
            raise Refused(
                "order.serials",
                f"Line {line.line} asks for {line.qty} units and names {len(set(line.serials))} serials.",
                "Expected one serial for each unit, or none.",
                "Correct the line.",
            )


def _insert(act: Act, asked: Order, granted: dict[int, Grant], state: str) -> OrderHead:
    made = orders.new_order.one(
        act.conn,
        code=asked.order,
        owner=asked.owner,
        channel=asked.channel,
        priority=asked.priority,
        placed_at=to_text(asked.at),
        customer=asked.customer,
        ship=asked.ship,
        state=state,
    )
    if made is None:
        raise Conflict(
            "order.exists",
            f"Read the order {asked.order!r}, which is here already.",
            "Expected an order code that is new.",
            "Send an order again with the Idempotency-Key of its first attempt.",
        )
    at, now = to_text(asked.at), asked.ship == "available"
    rows = list[dict[str, Any]]()
    for line in asked.lines:
        units = granted[line.line].qty if line.line in granted else 0
        rows.append(
            {
                "order": made.id,
                "line": line.line,
                "owner": asked.owner,
                "customer": asked.customer,
                "priority": asked.priority,
                "placed_at": at,
                "sku": line.sku,
                "description": line.description,
                "qty": line.qty,
                "reserved": 0 if now else units,
                "shipped": units if now else 0,
                "unit_minor": line.unit_minor,
                "currency": line.currency,
                "serials": json.dumps(line.serials) if line.serials else None,
                "shipped_at": at if now and units else None,
            }
        )
    orders.new_lines.run(act.conn, rows)
    return OrderHead(int(made.id), asked.order, asked.owner, asked.channel, asked.ship)


def _answer(line: OrderLine, grant: Grant | None, *, now: bool) -> dict[str, object]:
    units = grant.qty if grant else 0
    return {
        "line": line.line,
        "sku": line.sku,
        "stock": line.sku is not None,
        "qty": line.qty,
        "reserved": 0 if now else units,
        "shipped": units if now else 0,
        "backordered": line.qty - units if line.sku is not None else 0,
        "cancelled": 0,
    }
