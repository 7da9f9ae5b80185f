"""Claims that a planner changes by hand: moved to another site, or given from one order to another."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, bindparam, select

from app.domain.counted import counted
from app.domain.refusal import Refused
from app.domain.reservation import Claim, Reservation
from sync.central.commands.catalogue import require_site
from sync.central.commands.shapes import Asked, Code, LineNumber, Units, Words, shown
from sync.central.rules.explain import GIVEN, MOVED
from sync.central.rules.outcomes import Conflict, Declined, missing
from sync.central.rules.promise import RESERVED
from sync.central.store import claims, orders
from sync.central.store.act import Act
from sync.central.store.all_or_nothing import is_whole, withdraw_partial
from sync.central.store.backorders import settle
from sync.central.store.decisions import Decision, note
from sync.central.store.leaving import ship_reserved
from sync.central.store.order_claims import spread
from sync.central.store.stock import look
from sync.central.store.tables import order_line, reservation


class Move(Asked):
    """Where a claim is to be met from now on: at a site, or anywhere when `site` is left out."""

    model_config = shown(site="WH2", reason="The customer collects there.")

    site: Code | None = None
    reason: Words


class Gift(Asked):
    """Units of a claim that another order gets: for `line` of `order`, which waits for them."""

    model_config = shown(order="8842", line=1, qty=1, reason="Promised on the phone for today.")

    order: Code
    line: LineNumber
    qty: Units
    reason: Words


def move(act: Act, number: int, asked: Move) -> dict[str, object] | Declined:
    """Moves a claim to another site, or opens it to all, when there is room.

    Its own units do not stand in its way. The components of one kit move together.

    Raises:
        Missing: no such claim.
        Conflict: it is no order's, or its order is bound to a site.
        Refused: the centre knows no such site, or a unit that is claimed by name or a kit's components would
            be left open.
    """
    row = _covered(act, number)
    if row.serial and asked.site is None:
        raise Refused(
            "reservation.part",
            f"Claim {number} is for serial {row.serial} at {row.site or 'a place of no site'}.",
            "Expected the site where that unit is.",
            "Name a site, or leave the claim with its unit.",
        )
    if asked.site is not None:
        require_site(act.conn, asked.site)
    head = orders.find_by_row(act.conn, row.order)
    if head.site is not None:
        raise Conflict(
            "order.site",
            f"Order {head.code} may only be sent from {head.site}.",
            "Expected an order that is not bound to a site.",
            "Change the order's site instead.",
        )
    rows = claims.together(act.conn, row, row.sku)
    if others := {entry.id for entry in rows} - {number}:
        # A kit goes as a whole: what is in a parcel of one component holds the others back too.
        _refuse_in_parcel(act, row.order, others)
    _refuse_apart(row, asked)
    stock = look(act.conn, row.owner, [entry.item for entry in rows], act.posted_at)
    for entry in rows:
        cover, scope = stock.covers[entry.item], claims.scope_of(entry)
        cover.release(RESERVED, scope, entry.qty)
        room = cover.room(replace(scope, site=asked.site))
        if room < entry.qty:
            return Declined(
                "reservation.not_available",
                f"Not available: {entry.qty} of {entry.item} at {asked.site or 'any site'}, {room} are free.",
                "Expected no more than can be promised there.",
                "Transfer stock there first, or choose another site.",
                {"why": [f"Other claims hold what {asked.site or 'the sites'} has of {entry.item}."]},
            )
        cover.place(RESERVED, replace(scope, site=asked.site), entry.qty)
    claims.unclaim(act.conn, [{"id": entry.id, "qty": entry.qty} for entry in rows])
    claims.claim(act.conn, [_anew(entry, asked.site) for entry in rows], row.order)
    document = {
        "line": row.line,
        "claims": [{"sku": entry.item, "qty": entry.qty} for entry in rows],
        "from": row.site or None,
        "to": asked.site,
        "reason": asked.reason,
    }
    note(act, [Decision(f"order:{head.code}", MOVED, document)])
    settle(act, row.owner, {entry.item for entry in rows})
    return {"order": head.code, "line": row.line, "site": asked.site, "qty": row.qty // row.per}


def give(act: Act, number: int, asked: Gift) -> dict[str, object] | Declined:
    """Takes units of an order's claim and gives them to a line that waits; both orders show why.

    A line whose order ships as stock comes leaves with them.

    Raises:
        Missing: no such claim, or no such order.
        Conflict: the claim is no order's or has not that many; the line does not wait for so many.
        Refused: a kit's components or units claimed by serial are not given away one by one.
    """
    row = _covered(act, number)
    giver, taker = orders.find_by_row(act.conn, row.order), orders.find(act.conn, asked.order)
    line = next((n for n in orders.lines_of(act.conn, taker.id) if n.line == asked.line), None)
    _refuse_part(row)
    _refuse_named(asked, line)
    waits = line.qty - line.reserved - line.shipped - line.cancelled if line is not None else 0
    same = line is not None and line.sku == row.item and taker.owner == row.owner and taker.block is None
    if not same or waits < asked.qty or row.qty < asked.qty or taker.id == giver.id:
        raise Conflict(
            "reservation.unfit",
            f"Order {asked.order} line {asked.line} waits for {counted(waits, 'unit')}; the claim "
            f"has {row.qty} of {row.item}.",
            "Expected another order's line that waits for that many units of the same item, and no order "
            "block.",
            "Look at both orders.",
        )
    _refuse_incomplete(act, taker, asked)
    stock = look(act.conn, row.owner, [row.item], act.posted_at)
    cover, scope = stock.covers[row.item], stock.offer.within(row.item, orders.scope(taker, line))
    cover.release(RESERVED, claims.scope_of(row), asked.qty)
    barred = stock.offer.restriction(row.item, stock.kit(row.item), taker.region)
    if barred or cover.place(RESERVED, scope, asked.qty) < asked.qty:
        return Declined(
            "reservation.not_available",
            f"Not available: the units cannot serve order {asked.order}, which asks for "
            f"{scope.to_json() or 'any unit'}{f' and goes to {taker.region}' if barred else ''}.",
            "Expected units that the line may be met from.",
            "Choose another claim.",
            {},
        )
    claims.unclaim(act.conn, [{"id": row.id, "qty": asked.qty}])
    orders.reserve(act.conn, giver.id, [(row.line, -asked.qty)])
    wanted = Reservation(
        row.owner, row.item, taker.channel, f"order:{taker.code}", asked.line, asked.qty, Claim.HARD, scope
    )
    claims.claim(act.conn, [wanted], taker.id)
    orders.reserve(act.conn, taker.id, [(asked.line, asked.qty)])
    given = {
        "sku": row.item,
        "qty": asked.qty,
        "from": {"order": giver.code, "line": row.line},
        "to": {"order": taker.code, "line": asked.line},
        "reason": asked.reason,
    }
    note(act, [Decision(f"order:{code}", GIVEN, given) for code in (giver.code, taker.code)])
    ship_reserved(act, taker.code)
    freed = withdraw_partial(act, [giver.id])
    if freed:
        settle(act, row.owner, freed)
    return {"from": given["from"], "to": given["to"], "sku": row.item, "qty": asked.qty}


def _refuse_apart(row: Row[Any], asked: Move) -> None:
    if asked.site is None and row.item != row.sku:
        raise Refused(
            "reservation.part",
            f"Claim {row.id} is for a kit's components, which are put together at one site.",
            "Expected a site.",
            "Say at which site they are to be put together.",
        )


def _refuse_named(asked: Gift, line: Row[Any] | None) -> None:
    if line is not None and line.serials:
        raise Refused(
            "reservation.part",
            f"Order {asked.order} line {asked.line} names its serials.",
            "Expected a line that any unit will do for.",
            "Change the serials on the order.",
        )


def _refuse_part(row: Row[Any]) -> None:
    if row.item != row.sku or row.serial:
        raise Refused(
            "reservation.part",
            f"Claim {row.id} is for a kit's component or for one serial.",
            "Expected a claim on units that are alike.",
            "Cancel the kit's line, or change the serial on the order.",
        )


def _refuse_incomplete(act: Act, taker: Row[Any], asked: Gift) -> None:
    if taker.fill == "complete" and not is_whole(orders.lines_of(act.conn, taker.id), asked.qty):
        raise Conflict(
            "reservation.unfit",
            f"Order {asked.order} is to be filled completely or not at all, and waits for more than "
            f"{counted(asked.qty, 'unit')}.",
            "Expected units that make the order whole.",
            "Let it wait for the rest, or change what it asks for.",
        )


def _covered(act: Act, number: int) -> Row[Any]:
    """The claim with its line's `sku`, once what is past its date or gone was taken back."""
    row = _of_order(act, number)
    items = [entry.item for entry in claims.together(act.conn, row, row.sku)]
    short = look(act.conn, row.owner, items, act.posted_at).short
    if not short:
        return row
    settle(act, row.owner, short.keys())
    return _of_order(act, number)


def _of_order(act: Act, number: int) -> Row[Any]:
    row = act.conn.execute(_by_number, {"which": number}).one_or_none()
    if row is None:
        raise missing("reservation", str(number))
    if row.supply:
        raise Conflict(
            "reservation.to_come",
            f"Claim {number} is on {row.supply}, which is still to come.",
            "Expected a claim on units that are here.",
            "Change what is claimed of that supply instead.",
        )
    if row.order is None:
        raise Conflict(
            "reservation.other",
            f"Claim {number} belongs to {row.document}.",
            "Expected the claim of an order.",
            "Change that document instead.",
        )
    _refuse_in_parcel(act, row.order, {number})
    return row


def _refuse_in_parcel(act: Act, order: int, numbers: Collection[int]) -> None:
    for code, mine in spread(act.conn, order).parcels.items():
        for number in sorted({claim.row for claim in mine} & set(numbers)):
            raise Conflict(
                "reservation.in_parcel",
                f"Claim {number} has units in parcel {code}.",
                "Expected a claim whose units are in no parcel.",
                "Cancel the parcel first.",
            )


def _anew(row: Row[Any], site: str | None) -> Reservation:
    return Reservation(
        row.owner,
        row.item,
        row.channel,
        row.document,
        row.line,
        row.qty,
        Claim(row.claim),
        replace(claims.scope_of(row), site=site),
        row.per,
    )


_by_number = (
    select(reservation, order_line.c.sku)
    .outerjoin(
        order_line,
        (order_line.c.order == reservation.c.order) & (order_line.c.line == reservation.c.line),
    )
    .where(reservation.c.id == bindparam("which"))
)
