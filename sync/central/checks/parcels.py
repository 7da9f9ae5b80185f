"""Parcels against their orders' claims: what is to leave from a site is firmly claimed there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from app.domain.laws import Violation
from app.domain.reservation import Claim
from sync.central.store.parcels import CANCELLED, IN_HAND, OPEN, RELEASED, SHIPPED
from sync.central.store.tables import order_line, parcel, parcel_line, parcel_serial, reservation


def check_parcels(conn: Connection) -> Iterator[Violation]:
    """Open units are claimed at their site, shipped ones are counted as shipped, steps have their times."""
    yield from _claimed(conn)
    for row in conn.execute(_shipped):
        if row.units > (row.shipped or 0):
            where = f"order row {row.order} line {row.line}"
            yield Violation("parcel", where, f"{row.units} left in parcels", f"at most {row.shipped} shipped")
    for line in conn.execute(_impossible):
        shown = f"{line.state}, {line.qty} units, {line.picked} picked"
        yield Violation("parcel", f"parcel {line.code} line {line.line}", shown, "what its state says")
    yield from _named(conn)
    for found in conn.execute(_steps):
        wrong = _untimely(found)
        if wrong:
            yield Violation("parcel", f"parcel {found.code}", found.state, wrong)


def _claimed(conn: Connection) -> Iterator[Violation]:
    claims: defaultdict[tuple[int, int, str], list[Any]] = defaultdict(list)
    for row in conn.execute(_claims):
        claims[row.order, row.line, row.site].append(row)
    for row in conn.execute(_open_units):
        mine = claims[row.order, row.line, row.site]
        own = sum(claim.qty for claim in mine if claim.item == row.sku)
        parts = [claim.qty // claim.per for claim in mine if claim.item != row.sku and claim.per > 0]
        claimed = own + min(parts, default=0)
        where = f"order row {row.order} line {row.line} at {row.site}"
        if row.units > claimed:
            yield Violation(
                "parcel", where, f"{row.units} in parcels", f"at most the {claimed} claimed there for good"
            )


def _named(conn: Connection) -> Iterator[Violation]:
    """A line that names its serials has one in a parcel for each unit, claimed for it and in no other."""
    for row in conn.execute(_miscounted):
        where = f"parcel {row.code} line {row.line}"
        yield Violation("parcel", where, f"{row.names} serials", f"one for each of {row.qty} units, or none")
    for row in conn.execute(_unclaimed):
        where = f"parcel {row.parcel} line {row.line}"
        yield Violation("parcel", where, f"serial {row.serial}", "one that is claimed there for good")
    for row in conn.execute(_in_two):
        where = f"order row {row.order} line {row.line}"
        yield Violation("parcel", where, f"serial {row.serial} in {row.times} parcels", "one")


def _untimely(row: Any) -> str:
    """What of a parcel's times does not fit its state; empty when all do."""
    if row.state not in {*OPEN, SHIPPED, CANCELLED}:
        return "a state of parcels"
    if (row.state == SHIPPED) != (row.shipped_at is not None):
        return "a time of leaving once it is shipped, and only then"
    if row.state in {*IN_HAND, SHIPPED} and row.picked_at is None:
        return "a time of picking"
    if row.state == RELEASED and (row.picked_at or row.packed_at):
        return "no later step"
    return ""


_parts = parcel_line.join(parcel, parcel_line.c.parcel == parcel.c.code).outerjoin(
    order_line,
    (order_line.c.order == parcel.c.order) & (order_line.c.line == parcel_line.c.line),
)
_open_units = (
    select(
        parcel.c.order,
        parcel_line.c.line,
        parcel.c.site,
        order_line.c.sku,
        func.sum(parcel_line.c.qty).label("units"),
    )
    .select_from(_parts)
    .where(parcel.c.state.in_(OPEN), parcel_line.c.qty > 0)
    .group_by(parcel.c.order, parcel_line.c.line, parcel.c.site, order_line.c.sku)
    .order_by(parcel.c.order, parcel_line.c.line, parcel.c.site)
)
_claims = select(reservation).where(
    reservation.c.order.is_not(None), reservation.c.site != "", reservation.c.claim == Claim.HARD.value
)
_shipped = (
    select(
        parcel.c.order, parcel_line.c.line, order_line.c.shipped, func.sum(parcel_line.c.qty).label("units")
    )
    .select_from(_parts)
    .where(parcel.c.state == SHIPPED)
    .group_by(parcel.c.order, parcel_line.c.line, order_line.c.shipped)
    .order_by(parcel.c.order, parcel_line.c.line)
)
_impossible = (
    select(parcel.c.code, parcel.c.state, parcel_line.c.line, parcel_line.c.qty, parcel_line.c.picked)
    .select_from(_parts)
    .where(
        or_(
            parcel_line.c.qty < 0,
            parcel_line.c.picked < 0,
            parcel_line.c.picked > parcel_line.c.qty,
            (parcel.c.state == RELEASED) & (parcel_line.c.picked != 0),
            parcel.c.state.in_([*IN_HAND, SHIPPED]) & (parcel_line.c.picked != parcel_line.c.qty),
        )
    )
    .order_by(parcel.c.code, parcel_line.c.line)
)
_names = (
    select(func.count())
    .where(parcel_serial.c.parcel == parcel_line.c.parcel, parcel_serial.c.line == parcel_line.c.line)
    .correlate(parcel_line)
    .scalar_subquery()
)
_miscounted = (
    select(parcel.c.code, parcel_line.c.line, parcel_line.c.qty, _names.label("names"))
    .select_from(_parts)
    .where(_names != case((order_line.c.serials.is_(None), 0), else_=parcel_line.c.qty))
    .order_by(parcel.c.code, parcel_line.c.line)
)
_held = parcel_serial.join(parcel, parcel_serial.c.parcel == parcel.c.code)
_unclaimed = (
    select(parcel_serial)
    .select_from(_held)
    .where(
        parcel.c.state.in_(OPEN),
        ~select(reservation.c.id)
        .where(
            reservation.c.order == parcel.c.order,
            reservation.c.line == parcel_serial.c.line,
            reservation.c.site == parcel.c.site,
            reservation.c.serial == parcel_serial.c.serial,
            reservation.c.claim == Claim.HARD.value,
        )
        .exists(),
    )
    .order_by(parcel_serial.c.parcel, parcel_serial.c.line, parcel_serial.c.serial)
)
_in_two = (
    select(parcel.c.order, parcel_serial.c.line, parcel_serial.c.serial, func.count().label("times"))
    .select_from(_held)
    .where(parcel.c.state.in_(OPEN))
    .group_by(parcel.c.order, parcel_serial.c.line, parcel_serial.c.serial)
    .having(func.count() > 1)
    .order_by(parcel.c.order, parcel_serial.c.line, parcel_serial.c.serial)
)
_steps = select(parcel).order_by(parcel.c.code)
