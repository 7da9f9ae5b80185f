"""Capturing an order: reservation in the same act, and shipment too when the order ships what is there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from app.domain.clock import to_text
from app.domain.refusal import Refused
from app.domain.reservation import Scope
from sync.central.commands.baskets import take_over
from sync.central.commands.catalogue import refuse_unknown, require_site
from sync.central.commands.requests import Order, OrderLine
from sync.central.commands.terms import Terms, terms_of
from sync.central.rules.explain import CAPTURED, LineDecision
from sync.central.rules.outcomes import Conflict, Declined
from sync.central.rules.promise import Grant, Offer, Want, grant_all
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.declining import declined, pools_of
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import Stock, look

_DATE = 10


def capture(act: Act, asked: Order) -> dict[str, object] | Declined:
    """Takes an order and reserves what can be promised; ships that at once when the order says so.

    An order that is not to wait and cannot be met whole is declined, and nothing is claimed for it.

    Raises:
        Conflict: an order of that code was captured before.
        Refused: a line's number stands twice, an item or the site is unknown, or serials do not count up.
        Missing: there is no such hold.
    """
    wanted = [line for line in asked.lines if line.sku is not None]
    _check(asked.lines)
    if asked.site is not None:
        require_site(act.conn, asked.site)
    attempt = act.conn.begin_nested() if asked.hold is not None else None
    left_over = take_over(act, asked.hold, asked.owner) if asked.hold is not None else frozenset[str]()
    stock = look(act.conn, asked.owner, (line.sku or "" for line in wanted), act.posted_at)
    refuse_unknown(stock.unknown)
    terms = terms_of(act, asked, stock.policy)
    grants = grant_all([_want(act, asked, line, terms, stock) for line in wanted], stock.offer)
    if asked.short == "refuse" and not terms.waits and any(grant.qty < grant.want.qty for grant in grants):
        if attempt is not None:
            attempt.rollback()
        return declined(act, f"order:{asked.order}", "order.not_available", stock, grants)
    if attempt is not None:
        attempt.commit()
    granted = _granted(grants, stock.offer, terms)
    now = asked.ship == "available"
    open_units = sum(line.qty for line in wanted) - (sum(g.qty for g in granted.values()) if now else 0)
    head = _insert(act, asked, terms, granted, "open" if open_units else "shipped")
    given = [grant for grant in granted.values() if grant.qty]
    if given and now:
        ship(act, head, [Part.of(grant) for grant in given], stock)
    elif given:
        claims.claim(act.conn, orders.claims_of_grants(head, given), head.id)
    if granted:
        note(act, [_decision(head, terms, granted.values(), stock)])
    if left_over:
        settle(act, asked.owner, left_over)
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


def _want(act: Act, asked: Order, line: OrderLine, terms: Terms, stock: Stock) -> Want:
    fresh = _fresh(act, line, terms)
    scope = Scope(asked.site, line.lot, None, line.grade, None, fresh or None)
    return Want(line.line, line.sku or "", line.qty, stock.kit(line.sku), line.serials, scope, asked.channel)


def _fresh(act: Act, line: OrderLine, terms: Terms) -> str:
    """The date until which the units of a line must be good; empty for any."""
    days = max(line.min_life_days, terms.life_days)
    return to_text(act.posted_at + timedelta(days=days))[:_DATE] if days else ""


def _granted(grants: Sequence[Grant], offer: Offer, terms: Terms) -> dict[int, Grant]:
    """What each line gets: nothing at all when the order wants everything or nothing, or is for later."""
    whole = all(grant.qty >= grant.want.qty for grant in grants)
    if terms.waits or (terms.fill == "complete" and not whole):
        for grant in grants:
            offer.withdraw(grant)
        grants = [Grant(grant.want, 0) for grant in grants]
    return {grant.want.line: grant for grant in grants}


def _decision(head: OrderHead, terms: Terms, grants: Iterable[Grant], stock: Stock) -> Decision:
    # Figures are as they were looked at, before this order.
    lines = [LineDecision.of(grant, pools_of(stock, grant)).to_json() for grant in grants]
    rank = {"priority": terms.priority, "parts": [list(part) for part in terms.parts]}
    document = {
        "channel": head.channel,
        "fill": terms.fill,
        "claim": head.claim,
        "rank": rank,
        "lines": lines,
    }
    return Decision(f"order:{head.code}", CAPTURED, document, terms.policy)


def _insert(act: Act, asked: Order, terms: Terms, granted: Mapping[int, Grant], state: str) -> OrderHead:
    made = orders.new_order.one(
        act.conn,
        code=asked.order,
        owner=asked.owner,
        channel=asked.channel,
        priority=terms.priority,
        placed_at=to_text(asked.at),
        customer=asked.customer,
        ship=asked.ship,
        state=state,
        claim=terms.claim,
        fill=terms.fill,
        site=asked.site,
        region=asked.region,
        zone=asked.zone,
        service_level=asked.service_level,
        wanted_by=to_text(asked.wanted_by) if asked.wanted_by else None,
        block=None,
        most_parcels=asked.most_parcels,
        late_penalty_minor=asked.late_penalty_minor,
        substitutes=asked.substitutes,
        wholesale=asked.wholesale,
        ranked=asked.priority is None,
    )
    if made is None:
        raise Conflict(
            "order.exists",
            f"Read the order {asked.order!r}, which is here already.",
            "Expected an order code that is new.",
            "Send an order again with the Idempotency-Key of its first attempt.",
        )
    rows = [
        _line_row(asked, line, terms, granted.get(line.line))
        | {"order": made.id, "fresh": _fresh(act, line, terms)}
        for line in asked.lines
    ]
    orders.new_lines.run(act.conn, rows)
    return OrderHead(int(made.id), asked.order, asked.owner, asked.channel, asked.ship, terms.claim)


def _line_row(asked: Order, line: OrderLine, terms: Terms, grant: Grant | None) -> dict[str, Any]:
    at, now, units = to_text(asked.at), asked.ship == "available", grant.qty if grant else 0
    return {
        "line": line.line,
        "owner": asked.owner,
        "customer": asked.customer,
        "priority": terms.priority,
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
        "lot": line.lot or "",
        "grade": line.grade or "",
        "substitute_for": None,
    }


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
