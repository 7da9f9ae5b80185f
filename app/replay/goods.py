"""The goods of a file as items: letter-case twins of a code are one item, and said to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.item import Item, gtin14, gtin_check_digit
from app.replay.rows import Kind, Paper, pence

CURRENCY = "GBP"
# GS1 leaves numbers that begin with 2 to each company for use inside its own walls.
_OWN_PREFIX = "2"
_OWN_DIGITS = 11
_STOCKED = frozenset({Kind.SALE, Kind.CREDIT, Kind.WRITE_OFF, Kind.ADJUSTMENT})
_NAMING = frozenset({Kind.SALE, Kind.CREDIT})


@dataclass(frozen=True, slots=True)
class Goods:
    """`items` by SKU; `twins` are the spellings in the file of each SKU that has several."""

    items: Mapping[str, Item]
    twins: Mapping[str, tuple[str, ...]]

    @property
    def codes(self) -> int:
        """Codes as written in the file."""
        return len(self.items) + sum(len(spelled) - 1 for spelled in self.twins.values())

    def barcode(self, sku: str) -> str:
        """What a scanner reads from the pack: the item's own 13 digits, identifier first."""
        return f"]E0{self.items[sku].gtins[0][1:]}"


def sku_of(code: str) -> str:
    """The item that a code of the file means."""
    return code.upper()


def goods_of(papers: Iterable[Paper]) -> Goods:
    """Every item that the papers move, named as it is sold most often."""
    names: defaultdict[str, Counter[str]] = defaultdict(Counter)
    values: dict[str, int] = {}
    spellings: defaultdict[str, set[str]] = defaultdict(set)
    for paper in papers:
        for entry in paper.entries:
            if entry.kind in _STOCKED:
                row, sku = entry.row, sku_of(entry.row.code)
                spellings[sku].add(row.code)
                if entry.kind in _NAMING and row.description:
                    names[sku][row.description] += 1
                if row.price > 0:
                    values.setdefault(sku, pence(row.price))
    items = {
        sku: Item(
            sku=sku,
            name=_most_used(names[sku]) or sku,
            gtins=(_own_gtin(number),),
            value_minor=values.get(sku, 0),
            currency=CURRENCY,
        )
        for number, sku in enumerate(sorted(spellings), 1)
    }
    twins = {sku: tuple(sorted(codes)) for sku, codes in sorted(spellings.items()) if len(codes) > 1}
    return Goods(items, twins)


def _most_used(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name), default="")


def _own_gtin(number: int) -> str:
    body = f"{_OWN_PREFIX}{number:0{_OWN_DIGITS}d}"
    return gtin14(body + gtin_check_digit(body))
