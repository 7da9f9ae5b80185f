"""What is sold and what of it comes back, before it has dates, codes and serials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from app.demo import chances
from app.demo.catalogue import Offer

# A serial is scanned unit by unit, so nobody sends dozens; hundreds are bought of small things only.
_MOST_WITH_SERIAL = 2
_MANY = 100
_SMALL_PRICE = 1_500

_RETURNED_LINES = ((1, 2, 3), (70, 22, 8))
_KEPT_LINES = ((0, 1, 2), (50, 35, 15))
_LINES_KEPT_WHOLE = ((1, 2, 3, 4), (40, 30, 20, 10))
_ORDERS_KEPT_WHOLE = 2


@dataclass(frozen=True, slots=True)
class DraftLine:
    """`sold` units of one offer, `returned` of which come back in one condition for one reason."""

    offer: Offer
    sold: int
    returned: int
    grade: str
    reason: str


Draft = tuple[DraftLine, ...]


def draft_sales(random: Random, offers: Sequence[Offer], returns: int) -> list[Draft]:
    """Sales in no order: enough that exactly `returns` lines come back, and twice as many kept whole."""
    found: list[Draft] = []
    missing = returns
    while missing:
        back = min(missing, random.choices(*_RETURNED_LINES)[0])
        found.append(_draft(random, offers, back, random.choices(*_KEPT_LINES)[0]))
        missing -= back
    found += [
        _draft(random, offers, 0, random.choices(*_LINES_KEPT_WHOLE)[0])
        for _ in range(len(found) * _ORDERS_KEPT_WHOLE)
    ]
    random.shuffle(found)
    return found


def _draft(random: Random, offers: Sequence[Offer], back: int, kept: int) -> Draft:
    lines: list[DraftLine] = []
    taken: set[str] = set()
    for number in range(back + kept):
        qty = chances.quantity(random)
        offer = _offer(random, offers, qty, taken)
        taken.add(offer.item.sku)
        returned = qty if number < back else 0
        sold = qty if number >= back else qty + _beyond(random, offer)
        lines.append(DraftLine(offer, sold, returned, chances.grade(random), chances.reason(random)))
    random.shuffle(lines)
    return tuple(lines)


def _offer(random: Random, offers: Sequence[Offer], qty: int, taken: set[str]) -> Offer:
    while True:
        offer = random.choice(offers)
        single = offer.item.has_serial and qty > _MOST_WITH_SERIAL
        dear = qty >= _MANY and (offer.price_minor > _SMALL_PRICE or offer.item.is_kit)
        if not single and not dear and offer.item.sku not in taken:
            return offer


def _beyond(random: Random, offer: Offer) -> int:
    # Of a line that comes back, half the time some units stay.
    if random.choice((True, False)):
        return 0
    return 1 if offer.item.has_serial else random.choice((1, 1, 2, 6, 12))
