"""Shipping: the event and its moves for units of an order that leave now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert

from app.domain.account import Account
from app.domain.event import EventKind
from app.domain.item import Component
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from sync.central.rules.picking import Pick, Picker
from sync.central.rules.promise import Grant
from sync.central.store.act import Act
from sync.central.store.tables import sold_serial


@dataclass(frozen=True, slots=True)
class OrderHead:
    """What shipping needs of an order; `id` is its row."""

    id: int
    code: str
    owner: str
    channel: str
    ship: str


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one order line that leave now: `own` as they are, `assembled` from components of `kit`."""

    line: int
    sku: str
    own: int
    assembled: int = 0
    kit: tuple[Component, ...] = ()
    serials: tuple[str, ...] = ()

    @property
    def qty(self) -> int:
        """Units of the line."""
        return self.own + self.assembled

    @classmethod
    def of(cls, grant: Grant) -> Part:
        """What was granted, shipped at once."""
        want = grant.want
        return cls(want.line, want.sku, grant.own, grant.assembled, want.kit, grant.serials)


def ship(act: Act, order: OrderHead, parts: Sequence[Part], picker: Picker) -> None:
    """Records one shipment of an order; the caller brings the order's lines up to date."""
    moves, units = list[Move](), list[dict[str, object]]()
    # Named serials are taken before anything else could take them.
    for part in sorted(parts, key=lambda p: not p.serials):
        picks = _picked(picker, part.sku, part.own, part.serials) if part.own else ()
        moves += [_leave(pick, order.code) for pick in picks]
        moves += _assemble(order, part, picker)
        units += [
            {"sku": part.sku, "serial": pick.account.serial, "order": order.id, "line": part.line}
            for pick in picks
            if pick.account.serial
        ]
    lines = [{"line": part.line, "sku": part.sku, "qty": part.qty} for part in parts]
    body = {"order": order.code, "lines": lines}
    shipped = act.event(EventKind.ORDER_SHIPPED, (f"order:{order.code}",), tuple(moves), body)
    act.record(shipped)
    if units:
        act.conn.execute(_sold, [unit | {"event": shipped.event_id} for unit in units])


def _picked(picker: Picker, sku: str, qty: int, serials: Sequence[str]) -> tuple[Pick, ...]:
    picks = picker.take(sku, qty, serials)
    if sum(pick.qty for pick in picks) != qty:
        # Claims never exceed what is there: whatever lowers stock takes claims back in the same transaction.
        raise RuntimeError(f"{qty} of {sku} were claimed and only {picks} found")
    return picks


def _leave(pick: Pick, document: str) -> Move:
    here = pick.account
    there = Account(here.owner, here.item, Virtual.CUSTOMER, lot=here.lot, serial=here.serial)
    return Move(pick.qty, here, there, MoveKind.SHIP, document=document)


def _assemble(order: OrderHead, part: Part, picker: Picker) -> list[Move]:
    """A kit leaves through the conversion end: its components go in, the kit comes out to the customer."""
    if not part.assembled:
        return []
    moves = [
        Move(
            pick.qty,
            pick.account,
            Account(
                order.owner,
                component.sku,
                Virtual.CONVERSION,
                lot=pick.account.lot,
                serial=pick.account.serial,
            ),
            MoveKind.CONVERT,
            document=order.code,
        )
        for component in part.kit
        for pick in _picked(picker, component.sku, component.qty * part.assembled, ())
    ]
    source = Account(order.owner, part.sku, Virtual.CONVERSION)
    target = Account(order.owner, part.sku, Virtual.CUSTOMER)
    return [*moves, Move(part.assembled, source, target, MoveKind.SHIP, document=order.code)]


_sold = insert(sold_serial)
