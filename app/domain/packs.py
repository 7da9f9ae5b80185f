"""Packs: how many base units a carton or a pallet holds, and exact conversion both ways."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.fields import Fields
from app.domain.gtin import gtin14
from app.domain.refusal import Refused

MOST_UNITS = 10**9


@dataclass(frozen=True, slots=True)
class Pack:
    """A container of `qty` base units; `gtin`, when it has one of its own, is 14 digits."""

    code: str
    qty: int
    gtin: str | None = None

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {"code": self.code, "qty": self.qty} | ({"gtin": self.gtin} if self.gtin else {})

    @classmethod
    def from_fields(cls, f: Fields) -> Pack:
        """Reads what `to_json` wrote."""
        gtin = f.maybe_text("gtin")
        return cls(f.text("code"), f.whole("qty", least=1, most=MOST_UNITS), gtin14(gtin) if gtin else None)


def read_packs(sku: str, entries: Iterable[Fields]) -> tuple[Pack, ...]:
    """The packs of one item.

    Raises:
        Refused: an entry cannot be read, or a code stands twice: a quantity in it would mean two things.
    """
    found: dict[str, Pack] = {}
    for entry in entries:
        pack = Pack.from_fields(entry)
        if pack.code in found:
            raise Refused(
                "item.pack_twice",
                f"Item {sku}: read the pack {pack.code!r} twice.",
                "Expected one entry for each pack.",
                "Give each pack its own code.",
            )
        found[pack.code] = pack
    return tuple(found.values())


def pack_of(packs: Iterable[Pack], code: str) -> Pack:
    """The pack of that code; refused when the item has none."""
    known = list(packs)
    for pack in known:
        if pack.code == code:
            return pack
    raise Refused(
        "pack.unknown",
        f"Read the pack {code[:80]!r}.",
        f"Known: {', '.join(pack.code for pack in known) or 'none; the item has no packs'}.",
        "Use one of these, or give the quantity in base units.",
    )
