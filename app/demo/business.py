"""A small wholesaler and web shop, whole and consistent, from a seed: nothing is read, nothing is written.

What was received covers what was shipped; every return line refers to units that were shipped; the orders
that wait, and those captured meanwhile, ask for no more than the returns of grade A bring back. How often
what happens stands in `app.demo.chances`, what is sold in `app.demo.catalogue`. Field names are those of the
centre's commands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from app.demo.catalogue import BENCH, DOCK, SITE, Offer, locations, offers
from app.demo.drafts import Draft, DraftLine, draft_sales
from app.demo.stock import Receipt, Stock, receipts
from app.domain.clock import to_text
from app.domain.codes import CodeFamily, HumanCode
from app.domain.item import Item
from app.domain.place import Location
from app.domain.returns import Rma, RmaLine

OWNER = "harbour-lane"
CURRENCY = "GBP"

_FIRST_ORDER = 10_001
_FIRST_RMA = 10_401
_FIRST_CUSTOMER = 20_001
_WHOLESALE_UNITS = 6
_DAY = 24 * 60
_OLDEST, _NEWEST = 92 * _DAY, 8 * _DAY
# What was sold longer ago would have been sent back by now, or may not be any more.
_OLDEST_COMING_BACK = 28 * _DAY
_RETURNS_TO_A_WAITING_ORDER = 10
_RETURNS_TO_AN_ORDER_MEANWHILE = 20
_FEWEST_ORDERS = 3
_TWO_PARCELS_IN = 7
_PARCEL_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_PARCEL_CHECKS = "50987654321"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What one line asks for; lot and serials are those that were shipped, empty before."""

    line: int
    sku: str
    qty: int
    unit_minor: int
    lot: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """A customer's order; `customer` is a pseudonym, `at` and `shipped` are RFC 3339, None while it waits."""

    order: str
    channel: str
    customer: str
    at: str
    lines: tuple[OrderLine, ...]
    shipped: str | None = None


@dataclass(frozen=True, slots=True)
class Announced:
    """A return as the service desk authorized it `at`, for `customer`."""

    rma: Rma
    customer: str
    at: str


@dataclass(frozen=True, slots=True)
class UnitInBox:
    """What the bench finds: units of one grade; `gtin` has the 13 digits of the pack's barcode."""

    sku: str
    gtin: str
    serial: str | None
    lot: str | None
    qty: int
    grade: str


@dataclass(frozen=True, slots=True)
class BoxToScan:
    """One parcel on its way to the bench, and what is in it."""

    rma: str
    tracking: str
    units: tuple[UnitInBox, ...]


@dataclass(frozen=True, slots=True)
class Business:
    """Everything the demo tells the centre beforehand, and what then happens at the bench.

    `orders` were shipped, `open_orders` wait for goods that are not in stock, `orders_meanwhile` come in
    while `boxes` are scanned. Both of the latter ask for units that returns of grade A put back.
    """

    owner: str
    site: str
    bench: str
    dock: str
    currency: str
    locations: tuple[Location, ...]
    items: tuple[Item, ...]
    receipts: tuple[Receipt, ...]
    orders: tuple[Order, ...]
    open_orders: tuple[Order, ...]
    returns: tuple[Announced, ...]
    boxes: tuple[BoxToScan, ...]
    orders_meanwhile: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class _Sale:
    order: Order
    shipped: datetime
    back: tuple[tuple[RmaLine, str], ...]


def lately(now: datetime) -> datetime:
    """Until when the business of a bench that opens at `now` went on; what is captured meanwhile is over."""
    return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=2)


def generate(seed: int, returns: int, until: datetime) -> Business:
    """The business of `seed` with exactly `returns` RMA lines, over the three months before `until`.

    Raises:
        ValueError: no return was asked for.
    """
    if returns < 1:
        raise ValueError(f"{returns} returns: there is nothing to show without one")
    random = Random(seed)  # noqa: S311 - a play, not a secret
    goods = offers()
    stock = Stock(random, goods)
    sales = _sales(random, stock, draft_sales(random, goods, returns), until)
    announced, boxes = _announced(random, goods, sales, until)
    restocked = Counter[str]()
    for box in boxes:
        for unit in box.units:
            restocked[unit.sku] += unit.qty if unit.grade == "A" else 0
    # Half of what comes back like new is out of stock, so that orders wait for it.
    short = set(random.sample(sorted(+restocked), (len(+restocked) + 1) // 2))
    asking = _Asking(random, goods, restocked, _FIRST_ORDER + len(sales))
    waiting = max(_FEWEST_ORDERS, returns // _RETURNS_TO_A_WAITING_ORDER)
    meanwhile = max(_FEWEST_ORDERS, returns // _RETURNS_TO_AN_ORDER_MEANWHILE)
    return Business(
        owner=OWNER,
        site=SITE,
        bench=BENCH,
        dock=DOCK,
        currency=CURRENCY,
        locations=locations(),
        items=tuple(offer.item for offer in goods),
        receipts=receipts(stock, short, until - timedelta(minutes=_OLDEST)),
        orders=tuple(sale.order for sale in sales),
        open_orders=asking.orders(short, waiting, until - timedelta(days=2), timedelta(days=2)),
        returns=announced,
        boxes=boxes,
        orders_meanwhile=asking.orders(set(restocked), meanwhile, until, timedelta(hours=2)),
    )


def _sales(random: Random, stock: Stock, drafts: Sequence[Draft], until: datetime) -> tuple[_Sale, ...]:
    dated = [(random.randrange(_NEWEST, _oldest(draft)), draft) for draft in drafts]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    customers = range(_FIRST_CUSTOMER, _FIRST_CUSTOMER + 20 + len(drafts) // 3)
    found: list[_Sale] = []
    for number, (age, draft) in enumerate(dated, _FIRST_ORDER):
        at = until - timedelta(minutes=age)
        shipped = at + timedelta(minutes=random.randrange(_DAY // 2, 3 * _DAY))
        lines: list[OrderLine] = []
        back: list[tuple[RmaLine, str]] = []
        for place, part in enumerate(draft, 1):
            lot, serials = stock.ship(part.offer.item, part.sold)
            lines.append(
                OrderLine(place, part.offer.item.sku, part.sold, part.offer.price_minor, lot, serials)
            )
            if part.returned:
                named = tuple(sorted(random.sample(serials, part.returned))) if serials else ()
                back.append((_rma_line(len(back) + 1, part, lot, named), part.grade))
        channel = "wholesale" if any(line.qty >= _WHOLESALE_UNITS for line in lines) else "shop"
        customer = str(random.choice(customers))
        order = Order(f"SO-{number}", channel, customer, to_text(at), tuple(lines), to_text(shipped))
        found.append(_Sale(order, shipped, tuple(back)))
    return tuple(found)


def _oldest(draft: Draft) -> int:
    """How many minutes ago it was sold, at most."""
    return _OLDEST_COMING_BACK if any(part.returned for part in draft) else _OLDEST


def _rma_line(number: int, part: DraftLine, lot: str | None, serials: tuple[str, ...]) -> RmaLine:
    return RmaLine(number, part.offer.item.sku, part.returned, part.reason, lot, serials)


def _announced(
    random: Random, goods: Sequence[Offer], sales: Sequence[_Sale], until: datetime
) -> tuple[tuple[Announced, ...], tuple[BoxToScan, ...]]:
    gtins = {offer.item.sku: offer.item.gtins[0][-13:] for offer in goods}
    days = ((sale.shipped + timedelta(minutes=random.randrange(2 * _DAY, 20 * _DAY)), sale) for sale in sales)
    dated = sorted(
        ((min(at, until - timedelta(hours=1)), sale) for at, sale in days if sale.back),
        key=lambda pair: (pair[0], pair[1].order.order),
    )
    announced: list[Announced] = []
    boxes: list[BoxToScan] = []
    parcel = random.randrange(20_000_000, 60_000_000)
    for number, (at, sale) in enumerate(dated, _FIRST_RMA):
        code = str(HumanCode(CodeFamily.RMA, "", number))
        parcels = [sale.back]
        if len(sale.back) > 1 and random.randrange(_TWO_PARCELS_IN) == 0:
            parcels = [sale.back[:1], sale.back[1:]]
        tracking = []
        for lines in parcels:
            parcel += random.randrange(3, 400)
            tracking.append(_tracking(parcel))
            units = tuple(unit for line, grade in lines for unit in _units(line, grade, gtins[line.sku]))
            boxes.append(BoxToScan(code, tracking[-1], units))
        rma = Rma(
            code=code,
            owner=OWNER,
            order=sale.order.order,
            lines=tuple(line for line, _ in sale.back),
            tracking=tuple(tracking),
            site=SITE,
            shipped_on=f"{sale.shipped:%Y-%m-%d}",
        )
        announced.append(Announced(rma, sale.order.customer, to_text(at)))
    random.shuffle(boxes)
    return tuple(announced), tuple(boxes)


def _units(line: RmaLine, grade: str, gtin: str) -> tuple[UnitInBox, ...]:
    if line.serials:
        return tuple(UnitInBox(line.sku, gtin, serial, line.lot, 1, grade) for serial in line.serials)
    return (UnitInBox(line.sku, gtin, None, line.lot, line.qty, grade),)


def _tracking(number: int) -> str:
    """A parcel number with the check digit of the postal unions' S10 standard."""
    weighed = sum(int(sign) * by for sign, by in zip(f"{number:08d}", _PARCEL_WEIGHTS, strict=True))
    return f"PX{number:08d}{_PARCEL_CHECKS[weighed % 11]}GB"


class _Asking:
    """Orders for goods that come back: together never more than come back."""

    def __init__(self, random: Random, goods: Sequence[Offer], units: Counter[str], number: int) -> None:
        self._random = random
        self._prices = {offer.item.sku: offer.price_minor for offer in goods}
        self._left = units.copy()
        self._number = number

    def orders(self, skus: set[str], count: int, first: datetime, span: timedelta) -> tuple[Order, ...]:
        """Up to `count` orders for some of `skus` over `span`, fewer when the returned units run out."""
        found: list[Order] = []
        while len(found) < count and (free := sorted(sku for sku in skus if self._left[sku])):
            chosen = self._random.sample(free, min(len(free), self._random.choice((1, 1, 2))))
            lines = tuple(self._line(place, sku) for place, sku in enumerate(chosen, 1))
            at = first + span * len(found) / count
            customer = str(_FIRST_CUSTOMER - 1 - self._random.randrange(500))
            found.append(Order(f"SO-{self._number}", "shop", customer, to_text(at), lines))
            self._number += 1
        return tuple(found)

    def _line(self, place: int, sku: str) -> OrderLine:
        qty = min(self._left[sku], self._random.choice((1, 1, 1, 2, 3)))
        self._left[sku] -= qty
        return OrderLine(place, sku, qty, self._prices[sku])
