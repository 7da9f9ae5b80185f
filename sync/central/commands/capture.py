"""Capturing an order: reservation in the same act, and shipment too when the order ships what is there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from app.domain.clock import to_text
from app.domain.counted import counted
from app.domain.refusal import Refused
from app.domain.reservation import ANY, Scope
from sync.central.commands.baskets import TakenOver, end_due, take_over
from sync.central.commands.catalogue import refuse_unknown, require_site
from sync.central.commands.packing import in_base_units
from sync.central.commands.requests import Order, OrderLine
from sync.central.commands.shapes import require_numbered
from sync.central.commands.substituting import Chosen, choose
from sync.central.commands.terms import Terms, terms_of
from sync.central.rules.allocation_policy import good_until
from sync.central.rules.explain import CAPTURED, lines_told
from sync.central.rules.least import Asked, require_least
from sync.central.rules.outcomes import Declined
from sync.central.rules.promise import Grant, Want
from sync.central.rules.regrant import dates_of
from sync.central.rules.unusual import FEWEST
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.declining import declined
from sync.central.store.exceptions import Case, open_case
from sync.central.store.shipping import OrderHead, Part, ship
from sync.central.store.stock import Stock, look
from sync.central.store.unusual import unusual


def capture(act: Act, asked: Order) -> dict[str, object] | Declined:
    """Takes an order and reserves what can be promised; ships that at once when the order says so.

    An order that is not to wait and cannot be met whole is declined, and nothing is claimed for it.

    Raises:
        Conflict: an order of that code was captured before.
        Refused: a line's number stands twice, a price has no currency, serials do not count up, an
            item has no such pack or is not sold in so few units, or an item or the channel does not go to the
            order's region.
        Missing: there is no such hold.
    """
    _check(asked.lines)
    end_due(act)
    if asked.site is not None:
        require_site(act.conn, asked.site)
    lines = in_base_units(act.conn, asked.lines)
    wanted = [line for line in lines if line.sku is not None]
    attempt = act.conn.begin_nested() if asked.hold is not None else None
    basket = take_over(act, asked.hold, asked.owner) if asked.hold is not None else TakenOver()
    left_over = basket.items
    stock = look(act.conn, asked.owner, (line.sku or "" for line in wanted), act.posted_at)
    _refuse_unfit(asked, wanted, stock)
    # A shopper who pays after midnight gets what the basket promised.
    stock = stock.under(dates_of(basket.held, stock.kits))
    terms = terms_of(act, asked, stock.policy)
    since = min(asked.at, basket.made_at or asked.at)
    taken = Taken(asked, terms, _fresh(since, wanted, terms))
    stock, chosen = choose(act, asked, wanted, stock, taken.want)
    short = any(entry.grant.qty < entry.grant.want.qty for entry in chosen)
    if asked.short == "refuse" and short and not terms.waits:
        if attempt is not None:
            attempt.rollback()
        return _declined(act, asked, stock, chosen)
    nothing = terms.waits or (terms.fill == "complete" and short)
    allowed = taken.nothing(wanted, chosen, stock) if nothing else chosen
    granted = {entry.grant.want.line: entry for entry in allowed}
    given = [entry.grant for entry in granted.values() if entry.grant.qty]
    if attempt is not None and given:
        attempt.commit()
    elif attempt is not None:
        # An order that takes nothing yet leaves the shopper's basket as it is.
        attempt.rollback()
        left_over = frozenset()
    open_units = sum(line.qty for line in wanted)
    open_units -= sum(grant.qty for grant in given) if taken.ships_now else 0
    state = "open" if open_units else "shipped"
    _note_unusual(act, asked, lines)
    head = _insert(act, asked, terms, state)
    orders.new_lines.run(act.conn, [taken.row(n, granted.get(n.line)) | {"order": head.id} for n in lines])
    if given and taken.ships_now:
        ship(act, head, Part.of_grants(given), stock)
    elif given:
        claims.claim(act.conn, orders.claims_of_grants(head, given), head.id)
    if granted:
        note(act, [_decision(head, terms, chosen, granted, stock)])
    if left_over:
        settle(act, asked.owner, left_over)
    answers = [taken.answer(line, granted.get(line.line)) for line in lines]
    return {"order": asked.order, "state": state, "lines": answers}


def _declined(act: Act, asked: Order, stock: Stock, chosen: Sequence[Chosen]) -> Declined:
    orders.refuse_known(act.conn, asked.order)
    subject, grants = f"order:{asked.order}", [entry.grant for entry in chosen]
    return declined(act, subject, "order.not_available", stock, grants, basket=asked.hold)


@dataclass(frozen=True, slots=True)
class Taken:
    """An order as it is taken: what was asked, on which terms, and how fresh it wants each line's units."""

    asked: Order
    terms: Terms
    fresh: Mapping[int, str]

    @property
    def ships_now(self) -> bool:
        """True when what is there leaves in the same act."""
        return self.asked.ship == "available"

    def want(self, line: OrderLine, stock: Stock) -> Want:
        """What a line asks for."""
        parts = (self.asked.site, line.lot, None, line.grade, None, self.fresh.get(line.line))
        scope = Scope(*parts) if any(parts) else ANY
        sku = line.sku or ""
        to = (self.asked.channel, self.asked.region)
        return Want(line.line, sku, line.qty, stock.kit(sku), line.serials, scope, *to)

    def nothing(self, lines: Sequence[OrderLine], chosen: Sequence[Chosen], stock: Stock) -> list[Chosen]:
        """Gives back what lines were granted; whoever waits, waits for what was asked for."""
        for entry in chosen:
            stock.offer.withdraw(entry.grant)
        return [Chosen(Grant(stock.offer.narrowed(self.want(line, stock)), 0)) for line in lines]

    def row(self, line: OrderLine, entry: Chosen | None) -> dict[str, Any]:
        """The line as it is stored, without its order."""
        at, units = to_text(self.asked.at), entry.grant.qty if entry else 0
        return {
            "line": line.line,
            "owner": self.asked.owner,
            "customer": self.asked.customer,
            "priority": self.terms.priority,
            "placed_at": at,
            "sku": entry.grant.want.sku if entry else line.sku,
            "description": line.description,
            "qty": line.qty,
            "reserved": 0 if self.ships_now else units,
            "shipped": units if self.ships_now else 0,
            "unit_minor": line.unit_minor,
            "tax_minor": line.tax_minor,
            "taxed": line.qty,
            "currency": line.currency,
            "serials": json.dumps(line.serials) if line.serials else None,
            "shipped_at": at if self.ships_now and units else None,
            "lot": line.lot or "",
            "grade": line.grade or "",
            "fresh": (entry.grant.want.scope.fresh if entry else None) or "",
            "substitute_for": entry.instead_of if entry else None,
        }

    def answer(self, line: OrderLine, entry: Chosen | None) -> dict[str, object]:
        """The line as it is answered."""
        units = entry.grant.qty if entry else 0
        return {
            "line": line.line,
            "sku": entry.grant.want.sku if entry else line.sku,
            **({"substitute_for": entry.instead_of} if entry and entry.instead_of else {}),
            "stock": line.sku is not None,
            "qty": line.qty,
            "reserved": 0 if self.ships_now else units,
            "shipped": units if self.ships_now else 0,
            "backordered": line.qty - units if line.sku is not None else 0,
            "cancelled": 0,
        }


def _note_unusual(act: Act, asked: Order, lines: Sequence[OrderLine]) -> None:
    """Opens a case for each line of so many units that somebody may have mistyped; and takes it."""
    if max(line.qty for line in lines) < FEWEST:
        return
    large = unusual(act.conn, asked.owner, [(line.sku, line.qty) for line in lines if line.sku is not None])
    for line in lines:
        times = large.get((line.sku or "", line.qty))
        if times is not None:
            open_case(act.conn, _unusual(asked.order, line, times), act.posted_at)


def _unusual(order: str, line: OrderLine, times: int) -> Case:
    priced = line.unit_minor is not None and line.currency is not None
    return Case(
        key=f"order.unusual_qty:{order}:{line.line}",
        type="order.unusual_qty",
        subject=f"order:{order}",
        owner_role="service",
        fix=f"Line {line.line} asks for {line.qty} of {line.sku}, {times} times what is usual: ask the "
        "customer, and cancel or correct the line before it leaves.",
        sku=line.sku,
        qty=line.qty,
        money=((line.unit_minor or 0) * line.qty, line.currency or "") if priced else None,
    )


def _check(lines: Sequence[OrderLine]) -> None:
    require_numbered([line.line for line in lines], "order.lines")
    for line in lines:
        if line.currency is None and (line.unit_minor is not None or line.tax_minor):
            raise Refused(
                "order.currency",
                f"Line {line.line} has a price or tax and no currency.",
                "Expected the currency of the price, as GBP.",
                "Say which currency it is.",
            )
        if line.serials and (len(set(line.serials)) != line.qty or line.sku is None):
            raise Refused(
                "order.serials",
                f"Line {line.line} asks for {counted(line.qty, 'unit')} and names "
                f"{counted(len(set(line.serials)), 'serial')}.",
                "Expected one serial for each unit, or none.",
                "Correct the line.",
            )


def _refuse_unfit(asked: Order, lines: Sequence[OrderLine], stock: Stock) -> None:
    """Refuses unknown items, too few units, and what may not go to the order's region.

    A kit may not go where one of its components may not.
    """
    refuse_unknown(stock.unknown)
    require_least([Asked(line.line, line.sku or "", line.qty) for line in lines], stock.least)
    for line in lines:
        sku = line.sku or ""
        found = stock.offer.restriction(sku, stock.kit(sku), asked.region)
        if found is not None:
            which = found[0] if found[0] == sku else f"{found[0]}, a component of {sku},"
            raise Refused(
                "order.restricted",
                f"Read the item {which} for the region {asked.region}.",
                f"Expected another region: the item may not be sent to {found[1]}.",
                "Take the line out, or correct the item's record.",
            )


def _fresh(since: datetime, lines: Sequence[OrderLine], terms: Terms) -> dict[int, str]:
    """The date until which line and channel want units to be good; lines that ask for none are left out."""
    days = {line.line: max(line.min_life_days, terms.life_days) for line in lines}
    return {number: good_until(since, least) for number, least in days.items() if least}


def _decision(
    head: OrderHead, terms: Terms, chosen: Sequence[Chosen], granted: Mapping[int, Chosen], stock: Stock
) -> Decision:
    # Figures are as they were looked at, before this order.
    lines = list[dict[str, object]]()
    told = lines_told((entry.grant for entry in chosen), stock.figures)
    for entry, line in zip(chosen, told, strict=True):
        kept = granted[entry.grant.want.line].grant.qty == entry.grant.qty
        found = line.to_json() if kept else replace(line, could=entry.grant.qty).to_json()
        if entry.instead_of is not None:
            found |= {"substitute_for": entry.instead_of, "had": entry.had}
        if entry.considered:
            found["considered"] = [list(other) for other in entry.considered]
        lines.append(found)
    document = {
        "channel": head.channel,
        "fill": terms.fill,
        "claim": head.claim,
        "rank": terms.rank(),
        "lines": lines,
        **({"waits": terms.waits} if terms.waits else {}),
    }
    return Decision(f"order:{head.code}", CAPTURED, document, terms.policy)


def _insert(act: Act, asked: Order, terms: Terms, state: str) -> OrderHead:
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
        raise orders.known(asked.order)
    return OrderHead(int(made.id), asked.order, asked.owner, asked.channel, asked.ship, terms.claim)
