"""Lines that no single site can ship whole, cut into parts that each one can.

Sourcing never splits a line; a caller whose policy allows it cuts the lines first. The parts keep the line's
number, so that units of a line are counted over the pieces that bear its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sync.central.rules.sourcing.case import case_of
from sync.central.rules.sourcing.shapes import Line, Need, Wave


def as_sent(wave: Wave) -> Wave:
    """The same wave with kits and lines cut into what some site can send."""
    return in_parts(kits_in_parts(wave))


def kits_in_parts(wave: Wave) -> Wave:
    """The same wave with kits cut that no site can put together whole; units of the kits' own count not."""
    needs = tuple(
        replace(need, lines=tuple(part for line in need.lines for part in _kits(wave, line)))
        for need in wave.needs
    )
    return replace(wave, needs=needs)


def _kits(wave: Wave, line: Line) -> Iterator[Line]:
    rooms = [_room(wave, line, site.code) for site in wave.sites if line.kit]
    if not rooms or max(rooms) >= line.qty:
        yield line
        return
    left = line.qty
    for room in sorted(rooms, reverse=True):
        if min(room, left):
            yield replace(line, qty=min(room, left), whole=line.qty)
            left -= min(room, left)
    if left:
        yield replace(line, qty=left, whole=line.qty)


def _room(wave: Wave, line: Line, site: str) -> int:
    """How many of a kit a site has the components for."""
    return min(max(0, wave.stock.get((site, part.sku), 0)) // part.qty for part in line.kit)


def in_parts(wave: Wave) -> Wave:
    """The same wave with too large lines cut; an order that ships complete stays complete.

    Kits are not cut. What is short everywhere becomes a part of its own, and the rest need not wait for it.
    """
    return replace(wave, needs=tuple(_cut(wave, need) for need in wave.needs))


def _cut(wave: Wave, need: Need) -> Need:
    sites = list(case_of(wave, need).legs)
    lines = tuple(part for line in need.lines for part in _parts(wave, line, sites))
    return need if lines == need.lines else replace(need, lines=lines)


def _parts(wave: Wave, line: Line, sites: list[str]) -> Iterator[Line]:
    free = sorted((wave.stock.get((site, line.sku), 0) for site in sites), reverse=True)
    if line.kit or not free or free[0] >= line.qty:
        yield line
        return
    open_qty = line.qty
    for units in free:
        if units > 0 and open_qty > 0:
            yield replace(line, qty=min(units, open_qty), whole=line.qty)
            open_qty -= min(units, open_qty)
    if open_qty:
        yield replace(line, qty=open_qty, whole=line.qty)
