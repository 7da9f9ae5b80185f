"""What the units of one item are worth: by moving average, or first in first out.

Units that leave before they were recorded as come (facts win) leave at the last known cost. When they come,
the difference to what they really cost is a variance, so that no unit left means nothing left in the books.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sync.central.rules.books.shares import ratio, share


class Method(StrEnum):
    """How an entity counts what its stock cost."""

    MOVING_AVERAGE = "moving_average"
    FIFO = "fifo"


class Worth(Protocol):
    """The units of one item of one owner and what they are worth; both fall below zero together."""

    @property
    def qty(self) -> int:
        """Units."""

    @property
    def value(self) -> int:
        """Minor units."""

    def put(self, qty: int, value: int) -> int:
        """Units come in for `value`; the variance, by which `self.value` rises less than that."""

    def take(self, qty: int, standard: int) -> int:
        """Units leave; what they were worth, by which `self.value` falls.

        `standard` is what a unit costs when none was ever seen.
        """

    def put_back(self, qty: int, value: int) -> int:
        """Undoes a `take` of so many units at that value; the variance."""

    def take_back(self, qty: int, value: int) -> int:
        """Undoes a `put` of so many units at that value; the variance, by which `self.value` falls more."""

    def revalue(self, qty: int, was: int, now: int) -> int:
        """Units that came in at `was` had cost `now`; the variance, of units no more here."""

    def to_json(self) -> dict[str, object]:
        """As it is kept."""


@dataclass(slots=True)
class MovingAverage:
    """Every unit is worth the same. `last` is what came last: the cost when none is left."""

    qty: int = 0
    value: int = 0
    last: tuple[int, int] = (0, 0)

    def put(self, qty: int, value: int) -> int:
        """Units come in: below zero they first make good what left before it was recorded."""
        self.last = (qty, value)
        if self.qty >= 0:
            self.qty += qty
            self.value += value
            return 0
        before, left = self.value, self.qty + qty
        # What is still missing keeps what it left at; what is there is worth what it came for.
        self.value = share(value, qty, 0, left) if left >= 0 else ratio(before, left, self.qty)
        self.qty = left
        return before + value - self.value

    def take(self, qty: int, standard: int) -> int:
        """Units leave at the average; those that are not there at the last known cost."""
        there = min(qty, max(0, self.qty))
        value = share(self.value, self.qty, 0, there) if there else 0
        if qty > there:
            value += _beyond(qty - there, self, standard)
        self.qty -= qty
        self.value -= value
        return value

    def put_back(self, qty: int, value: int) -> int:
        """Units that never left: below zero as they left, else as they are worth."""
        self.qty += qty
        self.value += value
        return self._settled()

    def take_back(self, qty: int, value: int) -> int:
        """Units that never came: at what they came for."""
        self.qty -= qty
        self.value -= value
        return self._settled()

    def revalue(self, qty: int, was: int, now: int) -> int:
        """The difference is spread over all units there are."""
        del qty
        self.value += now - was
        return self._settled()

    def _settled(self) -> int:
        """What is left over when no unit is, or is below zero when units are not; 0 otherwise."""
        over = self.value if self.qty == 0 or (self.value < 0) != (self.qty < 0) else 0
        self.value -= over
        return over

    def to_json(self) -> dict[str, object]:
        """As it is kept."""
        return {"last": list(self.last)}


@dataclass(slots=True)
class Fifo:
    """Units are worth what they came for, and those that came first leave first.

    `layers` are [units, value], the oldest first; `short` is units and value (both positive) that left and
    were not there.
    """

    layers: list[list[int]] = field(default_factory=list)
    short: list[int] = field(default_factory=lambda: [0, 0])
    last: tuple[int, int] = (0, 0)

    @property
    def qty(self) -> int:
        """Units, below zero when more left than came."""
        return sum(units for units, _ in self.layers) - self.short[0]

    @property
    def value(self) -> int:
        """What they are worth."""
        return sum(value for _, value in self.layers) - self.short[1]

    def put(self, qty: int, value: int) -> int:
        """A new layer, of which what left before it was recorded is taken off."""
        self.last = (qty, value)
        return self._come(qty, value, len(self.layers))

    def _come(self, qty: int, value: int, place: int) -> int:
        covered = min(qty, self.short[0])
        variance = 0
        if covered:
            carried = share(self.short[1], self.short[0], 0, covered)
            spent = share(value, qty, 0, covered)
            variance = spent - carried
            self.short = [self.short[0] - covered, self.short[1] - carried]
            qty, value = qty - covered, value - spent
        if qty:
            self.layers.insert(place, [qty, value])
        return variance

    def take(self, qty: int, standard: int) -> int:
        """The oldest units leave; those that are not there at the last known cost."""
        value = 0
        while qty and self.layers:
            layer = self.layers[0]
            units = min(qty, layer[0])
            part = share(layer[1], layer[0], 0, units)
            value += part
            qty -= units
            if units == layer[0]:
                del self.layers[0]
            else:
                self.layers[0] = [layer[0] - units, layer[1] - part]
        if qty:
            missing = _beyond(qty, self, standard)
            self.short = [self.short[0] + qty, self.short[1] + missing]
            value += missing
        return value

    def put_back(self, qty: int, value: int) -> int:
        """Units that never left: they are the oldest again."""
        return self._come(qty, value, 0)

    def take_back(self, qty: int, value: int) -> int:
        """Units that never came: out of the newest layer of that cost, else as if they left."""
        for place in range(len(self.layers) - 1, -1, -1):
            units, worth = self.layers[place]
            if units >= qty and worth * qty == value * units:
                if units == qty:
                    del self.layers[place]
                else:
                    self.layers[place] = [units - qty, worth - value]
                return 0
        return self.take(qty, 0) - value

    def revalue(self, qty: int, was: int, now: int) -> int:
        """The newest layer of that cost changes where it stands; of units that left it, it is a variance."""
        for place in range(len(self.layers) - 1, -1, -1):
            units, worth = self.layers[place]
            if worth * qty == was * units:
                there = min(units, qty)
                before, after = share(was, qty, 0, there), share(now, qty, 0, there)
                changed = [[units - there, worth - before]] if units > there else []
                self.layers[place : place + 1] = [*changed, [there, after]]
                return (now - was) - (after - before)
        return now - was

    def to_json(self) -> dict[str, object]:
        """As it is kept."""
        return {
            "layers": [list(layer) for layer in self.layers],
            "short": self.short,
            "last": list(self.last),
        }


def _beyond(qty: int, worth: MovingAverage | Fifo, standard: int) -> int:
    """What units cost that are not there: as those that came last, else the standard."""
    units, value = worth.last
    return ratio(value, qty, units) if units else qty * standard


def opened(method: Method) -> Worth:
    """No units, worth nothing."""
    return Fifo() if method is Method.FIFO else MovingAverage()


def restored(method: Method, qty: int, value: int, kept: dict[str, object]) -> Worth:
    """What was kept of an item by one method, `to_json` beside its units and value.

    Kept by the other method the units are all of one cost from now on.
    """
    last = _pair(kept.get("last"))
    if method is Method.MOVING_AVERAGE:
        return MovingAverage(qty, value, last)
    layers = kept.get("layers")
    if isinstance(layers, list):
        return Fifo([list(_pair(layer)) for layer in layers], list(_pair(kept.get("short"))), last)
    return Fifo([[qty, value]] if qty > 0 else [], [-qty, -value] if qty < 0 else [0, 0], last)


def _pair(found: object) -> tuple[int, int]:
    if isinstance(found, list | tuple) and len(found) == 2:  # noqa: PLR2004 - units and value
        units, value = found
        return int(units), int(value)
    return 0, 0
