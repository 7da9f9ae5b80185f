"""Items: what a SKU is, how it is counted and tracked, and the codes people scan for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.fields import Fields
from app.domain.refusal import Refused

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


class Tracking(StrEnum):
    """What must be known of each unit."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"
    LOT_AND_SERIAL = "lot_and_serial"


@dataclass(frozen=True, slots=True)
class Component:
    """`qty` base units of `sku` inside one kit."""

    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class Item:
    """A SKU.

    `gtins` are 14 digits each. `unit` is the base unit all quantities count. `value_minor` is a value per
    base unit in minor units of `currency`. `kit` is empty for anything that is not a kit.
    """

    sku: str
    name: str
    gtins: tuple[str, ...] = ()
    unit: str = "piece"
    tracking: Tracking = Tracking.NONE
    category: str = "default"
    value_minor: int = 0
    currency: str = "GBP"
    hazardous: bool = False
    returnable: bool = True
    kit: tuple[Component, ...] = ()

    @property
    def is_kit(self) -> bool:
        """True when the item is made of components."""
        return bool(self.kit)

    @property
    def has_serial(self) -> bool:
        """True when each unit carries its own serial."""
        return self.tracking in {Tracking.SERIAL, Tracking.LOT_AND_SERIAL}

    @property
    def has_lot(self) -> bool:
        """True when units are told apart by lot."""
        return self.tracking in {Tracking.LOT, Tracking.LOT_AND_SERIAL}

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {
            "sku": self.sku,
            "name": self.name,
            "gtins": list(self.gtins),
            "unit": self.unit,
            "tracking": self.tracking,
            "category": self.category,
            "value_minor": self.value_minor,
            "currency": self.currency,
            "hazardous": self.hazardous,
            "returnable": self.returnable,
            "kit": [{"sku": c.sku, "qty": c.qty} for c in self.kit],
        }

    @classmethod
    def from_json(cls, data: object) -> Item:
        """Reads what `to_json` wrote; GTINs of any length are checked and made 14 digits."""
        f = Fields(data, "item")
        tracking = f.text_or("tracking", Tracking.NONE)
        if tracking not in set(Tracking):
            raise Refused(
                "item.tracking",
                f"Item {f.text('sku')}: read the tracking {tracking!r}.",
                f"Known: {', '.join(Tracking)}.",
                "Use one of these.",
            )
        return cls(
            sku=f.text("sku"),
            name=f.text("name"),
            gtins=tuple(gtin14(text) for text in f.texts("gtins")),
            unit=f.text_or("unit", "piece"),
            tracking=Tracking(tracking),
            category=f.text_or("category", "default"),
            value_minor=f.whole_or("value_minor", 0),
            currency=f.text_or("currency", "GBP"),
            hazardous=f.flag("hazardous", default=False),
            returnable=f.flag("returnable", default=True),
            kit=tuple(Component(c.text("sku"), c.whole("qty", least=1)) for c in f.objects("kit")),
        )


def gtin_check_digit(body: str) -> str:
    """The GS1 mod 10 check digit of the digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def gtin14(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits; refused when its check digit is wrong."""
    digits = text.isascii() and text.isdigit()
    if not digits or len(text) not in _GTIN_LENGTHS or gtin_check_digit(text[:-1]) != text[-1]:
        raise Refused(
            "gtin.wrong",
            f"Read the GTIN {text[:20]!r}.",
            "Expected 8, 12, 13 or 14 digits with a right check digit.",
            "Check the code on the pack.",
        )
    return text.zfill(14)
