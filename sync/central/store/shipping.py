"""Shipping: the event and its moves for units of an order that leave now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from app.domain.account import Account
from app.domain.event import EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.picking import Pick
from sync.central.rules.promise import Claimed, Grant
from sync.central.store.act import Act
from sync.central.store.stock import Stock
from sync.central.store.tables import sold_serial


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What shipping and claiming need of an order; `id` is its row."""

    id: int
    code: str
    owner: str
    channel: str
    ship: str
    claim: str = "hard"


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one order line that leave now, with the claims they are taken out of."""

    line: int
    sku: str
    qty: int
    claims: tuple[Claimed, ...]

    @classmethod
    def of_grants(cls, grants: Iterable[Grant]) -> list[Part]:
        """What lines were granted, shipped at once: one part a line."""
        by_line = defaultdict[int, list[Grant]](list)
        for grant in grants:
            by_line[grant.want.line].append(grant)
        return [
            cls(
                line,
                its[0].want.sku,
                sum(grant.qty for grant in its),
                tuple(c for g in its for c in g.claims()),
            )
            for line, its in by_line.items()
        ]


def ship(act: Act, order: OrderHead, parts: Sequence[Part], stock: Stock, parcel: str | None = None) -> None:
    """Records one shipment of an order; the caller brings the order's lines and claims up to date.

    Args:
        act: what it belongs to.
        order: whose units leave.
        parts: what leaves; its claims are placed in `stock`.
        stock: looked at in this transaction; what leaves is drawn out of it.
        parcel: the parcel it leaves in, when it was released as one.
    """
    moves, units = list[Move](), list[dict[str, object]]()
    for part in parts:
        own = [pick for claim in part.claims if claim.item == part.sku for pick in stock.pick(claim)]
        moves += [_leave(pick, order.code) for pick in own]
        moves += _assemble(order, part, stock)
        units += [
            {"sku": part.sku, "serial": pick.account.serial, "order": order.id, "line": part.line}
            for pick in own
            if pick.account.serial
        ]
    lines = [{"line": part.line, "sku": part.sku, "qty": part.qty} for part in parts]
    body: dict[str, object] = {"order": order.code, "lines": lines}
    if parcel is not None:
        body["parcel"] = parcel
    shipped = act.event(EventKind.ORDER_SHIPPED, (f"order:{order.code}",), tuple(moves), body)
    act.record(shipped)
    if units:
        act.conn.execute(_sold, [unit | {"event": shipped.event_id} for unit in units])


def _leave(pick: Pick, document: str) -> Move:
    here = pick.account
    there = Account(here.owner, here.item, Virtual.CUSTOMER, lot=here.lot, serial=here.serial)
    return Move(pick.qty, here, there, MoveKind.SHIP, document=document)


def _assemble(order: OrderHead, part: Part, stock: Stock) -> list[Move]:
    """A kit leaves through the conversion end: its components go in, the kit comes out to the customer."""
    components = [claim for claim in part.claims if claim.item != part.sku]
    if not components:
        return []
    moves = [
        Move(
            pick.qty,
            pick.account,
            Account(
                order.owner,
                component.item,
                Virtual.CONVERSION,
                lot=pick.account.lot,
                serial=pick.account.serial,
            ),
            MoveKind.CONVERT,
            document=order.code,
        )
        for component in components
        for pick in stock.pick(component)
    ]
    assembled = sum(claim.qty // claim.per for claim in components if claim.item == components[0].item)
    source = Account(order.owner, part.sku, Virtual.CONVERSION)
    target = Account(order.owner, part.sku, Virtual.CUSTOMER)
    return [*moves, Move(assembled, source, target, MoveKind.SHIP, document=order.code)]


_sold = insert(sold_serial)
