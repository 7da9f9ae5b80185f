"""Granting lines, with another item for one that is short where policy, price and customer allow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.domain.item import Item
from sync.central.commands.requests import Order, OrderLine
from sync.central.rules.promise import Grant, Want, grant_all
from sync.central.store.act import Act
from sync.central.store.item_rules import item_records
from sync.central.store.stock import Stock, look


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a line gets: `instead_of` the item it asked for, None when it gets that.

    `had` is how many units of that could have been had. `considered` are other items that were looked at and
    why each was not sent, None for the one that is.
    """

    grant: Grant
    instead_of: str | None = None
    had: int = 0
    considered: tuple[tuple[str, str | None], ...] = ()


def choose(
    act: Act, asked: Order, lines: Sequence[OrderLine], stock: Stock, want: Callable[[OrderLine, Stock], Want]
) -> tuple[Stock, list[Chosen]]:
    """Grants the lines in their order; the stock they were granted from.

    A substitute is sent for a whole line or not at all: half a set of one kind is no use to a customer.
    """
    grants = grant_all([want(line, stock) for line in lines], stock.offer)
    if not stock.policy.substitutes or all(grant.qty >= grant.want.qty for grant in grants):
        return stock, [Chosen(grant) for grant in grants]
    for grant in grants:
        stock.offer.withdraw(grant)
    records = item_records(act.conn, [line.sku or "" for line in lines])
    others = {sku for record in records.values() for sku in record.substitutes}
    records = {**records, **item_records(act.conn, sorted(others))}
    if others:
        skus = dict.fromkeys([*(line.sku or "" for line in lines), *sorted(others & records.keys())])
        stock = look(act.conn, asked.owner, skus, act.posted_at).under(stock.offer.dates)
    return stock, [_chosen(asked, want(line, stock), stock, records) for line in lines]


def _chosen(asked: Order, want: Want, stock: Stock, records: Mapping[str, Item]) -> Chosen:
    grant = stock.offer.grant(want)
    record = records.get(want.sku)
    if grant.qty >= want.qty or record is None or want.serials or want.scope.lot:
        return Chosen(grant)
    considered = list[tuple[str, str | None]]()
    for sku in record.substitutes:
        why = _why_not(stock, asked, record, records.get(sku)) or _too_few(want, records.get(sku))
        if why is None:
            stock.offer.withdraw(grant)
            instead = replace(want, sku=sku, kit=stock.kit(sku))
            other = stock.offer.grant(instead)
            if other.qty >= want.qty:
                return Chosen(other, want.sku, grant.qty, (*considered, (sku, None)))
            stock.offer.withdraw(other)
            grant = stock.offer.grant(want)
            why = f"only {other.qty} of it are available"
        considered.append((sku, why))
    return Chosen(grant, considered=tuple(considered))


def _too_few(want: Want, other: Item | None) -> str | None:
    least = (other.min_order_qty if other else None) or 0
    return f"at least {least} of it are to be ordered" if want.qty < least else None


def _why_not(stock: Stock, asked: Order, record: Item, other: Item | None) -> str | None:
    """Why an item may not be sent for another; None when it may."""
    if other is None:
        return "the centre does not know it"
    rule = stock.policy.substitute(record.category, asked.channel)
    if rule is None:
        return f"the policy allows no substitutes for {record.category} on {asked.channel}"
    barred = stock.offer.restriction(other.sku, stock.kit(other.sku), asked.region)
    if barred is not None:
        what = "it" if barred[0] == other.sku else f"its component {barred[0]}"
        return f"{what} may not be sent to {asked.region}"
    if record.currency != other.currency:
        return f"it is valued in {other.currency}"
    return rule.why_not(record.value_minor, other.value_minor, consent=asked.substitutes)
