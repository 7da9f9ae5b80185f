"""Which sold units an RMA gives back to their sales when it ends without them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of one order line that an RMA line took; `serials` are those among them that it names."""

    order: int
    order_line: int
    qty: int
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """Units given back to an order line: one with its serial, or some without."""

    order: int
    order_line: int
    qty: int
    serial: str = ""


def give_back(taken: Sequence[Taken], came: int, serials: Collection[str]) -> tuple[Given, ...]:
    """What is left of `taken` when `came` units of it came back, those named by `serials` among them.

    A named unit that did not come goes back to the sale it was taken from. Of the unnamed ones the sales that
    were taken first count as come: those taken last get theirs back.
    """
    named = [
        Given(of.order, of.order_line, 1, serial)
        for of in taken
        for serial in of.serials
        if serial not in serials
    ]
    all_named = sum(len(of.serials) for of in taken)
    unnamed = sum(of.qty for of in taken) - all_named
    # Units that came without a serial that the line names, and count for its unnamed units before all.
    others = came - (all_named - len(named))
    left = max(0, unnamed - others)
    found = named[: max(0, len(named) - max(0, others - unnamed))]
    for of in reversed(taken):
        units = min(left, of.qty - len(of.serials))
        if units > 0:
            left -= units
            found.append(Given(of.order, of.order_line, units))
    return tuple(found)
