"""What a unit that was kept beside the lines of an RMA is, told from the lines and from what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync.central.rules.progress import Deed, Line, Progress


class Misfit(StrEnum):
    """Why a unit counts for no line."""

    WRONG_ITEM = "return.wrong_item"
    """Another item, while something that was authorized is still to come."""
    EXTRA_ITEM = "return.extra_item"
    """Another item, beside everything that was authorized."""
    OVER_QUANTITY = "return.over_quantity"
    """One more of an item whose lines are full."""
    OTHER_SERIAL = "return.other_serial"
    """The item of a line that still waits, with a serial that was not sold on it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A unit kept beside the lines; of another serial also the one that came and those that were sold."""

    misfit: Misfit
    serial: str | None = None
    sold: tuple[str, ...] = ()


def kept(deed: Deed, lines: Sequence[Line], progress: Progress, serials: Mapping[int, Sequence[str]]) -> Kept:
    """What such a unit is; `serials` are those that each line names."""
    sku, serial = deed.facts.text("sku"), deed.facts.maybe_text("serial")
    waiting = [line for line in lines if progress.units(line) < line.qty]
    if all(line.sku != sku for line in lines):
        return Kept(Misfit.WRONG_ITEM if waiting else Misfit.EXTRA_ITEM)
    mine = [line for line in waiting if line.sku == sku]
    if not mine:
        return Kept(Misfit.OVER_QUANTITY)
    sold = tuple(found for line in mine for found in serials.get(line.line, ()))
    if serial and sold and serial not in sold:
        return Kept(Misfit.OTHER_SERIAL, serial, sold)
    return Kept(Misfit.WRONG_ITEM)
