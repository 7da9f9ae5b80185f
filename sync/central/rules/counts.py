"""What a count of a bin says against the books as they stood at its moment; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.domain.account import Status
from app.domain.fields import Fields
from app.domain.policy.floor import CountLimit
from sync.central.rules.picking import NOT_FOUND, Shelf

Key = tuple[str, str]
"""An item, and its lot where it was counted by lots; empty otherwise."""


@dataclass(frozen=True, slots=True)
class CountedLine:
    """What was found of an item; `serials` name its units where they were read."""

    sku: str
    lot: str
    qty: int
    serials: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class BinCount:
    """A station's count of a whole bin; `seen` is up to where the station knew the centre's stock."""

    owner: str
    location: str
    lines: tuple[CountedLine, ...]
    seen: str

    @classmethod
    def of(cls, body: Mapping[str, object]) -> BinCount:
        """Reads the facts of an event.

        Raises:
            Refused: they cannot be read.
        """
        f = Fields(body, "count of a bin")
        lines = tuple(
            CountedLine(
                line.text("sku"),
                line.text_or("lot", ""),
                line.whole("counted"),
                frozenset(line.texts("serials")),
            )
            for line in f.objects("lines")
        )
        return cls(f.text("owner"), f.text("location"), lines, f.text_or("seen", ""))


@dataclass(frozen=True, slots=True)
class Unit:
    """Units of one account in the bin, as the books had them at the moment of the count."""

    sku: str
    lot: str
    serial: str
    qty: int


@dataclass(frozen=True, slots=True)
class Difference:
    """`qty` units more, or less when below zero, than the books had; of one serial where it is named."""

    sku: str
    lot: str
    qty: int
    serial: str = ""


def differences(count: BinCount, books: Sequence[Unit]) -> list[Difference]:
    """Where the count and the books part, item by item; what a whole bin's count does not name is not there.

    Where serials were read, each one that is missing or new is a difference of its own.
    """
    found = list[Difference]()
    by_lot = {line.sku for line in count.lines if line.lot}
    held, serials = Counter[Key](), dict[Key, set[str]]()
    for unit in books:
        key = (unit.sku, unit.lot if unit.sku in by_lot else "")
        held[key] += unit.qty
        if unit.serial and unit.qty > 0:
            serials.setdefault(key, set()).add(unit.serial)
    lines = {(line.sku, line.lot): line for line in count.lines}
    for key in dict.fromkeys([*lines, *held]):
        line = lines.get(key) or CountedLine(key[0], key[1], 0)
        known = serials.get(key, set())
        if line.serials or (known and not line.qty):
            found += [Difference(*key, -1, serial) for serial in sorted(known - line.serials)]
            found += [Difference(*key, 1, serial) for serial in sorted(line.serials - known)]
            plain = held[key] - len(known)
            if plain:
                found.append(Difference(*key, -plain))
        elif line.qty != held[key]:
            found.append(Difference(*key, line.qty - held[key]))
    return found


def worth(found: Sequence[Difference], values: Mapping[str, tuple[int, str]]) -> tuple[int, str] | None:
    """What all differences are worth together, never set off; None when an item's value is not told.

    `values` are minor units and currency by item.
    """
    total, currencies = 0, set[str]()
    for entry in found:
        minor, currency = values.get(entry.sku, (0, ""))
        if not minor:
            return None
        total += abs(entry.qty) * minor
        currencies.add(currency)
    return (total, currencies.pop()) if len(currencies) == 1 else None


def told_apart(
    found: Sequence[Difference], shelves: Sequence[Shelf], kept: Collection[str], place: str
) -> list[str]:
    """The items that differ of which a count cannot say what became of them, or what they are.

    Units that are not for sale are each somebody's: a return's, a workshop's, a write-off's; a count knows
    only how many there are. `kept` are the places where such units are put, so that nothing that is found
    more there is for sale. What a picker looked for in vain is found by a count like any other.
    """
    apart = {
        shelf.item for shelf in shelves if shelf.status is not Status.SELLABLE and shelf.reason != NOT_FOUND
    }
    return [entry.sku for entry in found if entry.sku in apart or (entry.qty > 0 and place in kept)]


def may_adjust(risk: tuple[int, str] | None, limit: CountLimit | None) -> bool:
    """Whether differences of that worth are booked without asking anybody."""
    return (
        limit is not None and risk is not None and risk[1] == limit.currency and risk[0] <= limit.limit_minor
    )
