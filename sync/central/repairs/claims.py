"""What lines show as reserved against their claims, and basket claims that have ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, Connection, and_, delete, func, literal, select, update

from app.domain.clock import to_text
from app.domain.reservation import Claim
from sync.central.checks.claims import claim_sums
from sync.central.repairs.correction import Correction
from sync.central.store.act import Act
from sync.central.store.tables import basket, order_line, reservation

_AT_ONCE = 500


def wrong_reserved(conn: Connection) -> Iterator[Correction]:
    """Lines that show another number than their claims add up to.

    Claims that make no whole unit, that are more than the line can have, or whose line is gone contradict
    what was ordered: which of the two is right is for a person to say.
    """
    for found in claim_sums(conn):
        line = found.row
        if found.claimed == found.shown or not found.exact or line is None:
            continue
        if found.claimed + line.shipped + line.cancelled > line.qty:
            continue
        where = f"order row {found.order} line {found.line}"
        yield Correction(
            "reserved",
            where,
            str(found.shown),
            str(found.claimed),
            partial(_show, order=found.order, line=found.line, qty=found.claimed),
            answers=(("reserved", where), ("order line", where)),
        )


def ended_baskets(conn: Connection, now: datetime) -> Iterator[Correction]:
    """Basket claims past their end, by owner and item: they claim nothing and only take room."""
    asked = (
        select(
            reservation.c.owner,
            reservation.c.item,
            func.count().label("claims"),
            func.sum(reservation.c.qty).label("units"),
        )
        .where(_ended(now))
        .group_by(reservation.c.owner, reservation.c.item)
        .order_by(reservation.c.owner, reservation.c.item)
    )
    for row in conn.execute(asked).all():
        yield Correction(
            "baskets",
            f"{row.item} of {row.owner}",
            f"{row.claims} ended, of {int(row.units)} units",
            "none",
            partial(_end, owner=row.owner, item=row.item, now=now),
            sellable=(row.owner, row.item),
        )


def _show(act: Act, order: int, line: int, qty: int) -> None:
    its = and_(order_line.c.order == order, order_line.c.line == line)
    act.conn.execute(update(order_line).where(its).values(reserved=qty))


def _end(act: Act, owner: str, item: str, now: datetime) -> None:
    """Ends these claims, and their baskets once nothing of them is left; settling gives the units on."""
    its = and_(reservation.c.owner == owner, reservation.c.item == item, _ended(now))
    documents = act.conn.scalars(select(reservation.c.document).where(its).distinct()).all()
    act.conn.execute(delete(reservation).where(its))
    codes = [document.removeprefix("hold:") for document in documents]
    claimed = select(reservation.c.id).where(reservation.c.document == literal("hold:") + basket.c.code)
    for start in range(0, len(codes), _AT_ONCE):
        over = and_(basket.c.code.in_(codes[start : start + _AT_ONCE]), basket.c.state == "open")
        act.conn.execute(update(basket).where(over, ~claimed.exists()).values(state="expired"))


def _ended(now: datetime) -> ColumnElement[bool]:
    return and_(reservation.c.claim == str(Claim.BASKET), reservation.c.expires <= to_text(now))
