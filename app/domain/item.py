"""Items: what a SKU is, how it is counted and tracked, and the codes people scan for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.attributes import Pairs, read_pairs, read_regions
from app.domain.fields import Fields
from app.domain.gtin import gtin14 as gtin14  # noqa: PLC0414 - callers know these two from here
from app.domain.gtin import gtin_check_digit as gtin_check_digit  # noqa: PLC0414
from app.domain.packs import Pack, read_packs
from app.domain.refusal import Refused

MOST_GRAMS = 10**9
MOST_MM = 10**6
MOST_DAYS = 100_000
_SIDES = ("length", "width", "height")


class Tracking(StrEnum):
    """What must be known of each unit."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"
    LOT_AND_SERIAL = "lot_and_serial"


_TRACKINGS = frozenset(Tracking)


@dataclass(frozen=True, slots=True)
class Component:
    """`qty` base units of `sku` inside one kit."""

    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class Dimensions:
    """The outer sides of one base unit as packed, in millimetres."""

    length: int
    width: int
    height: int

    def to_json(self) -> dict[str, object]:
        """The record as it travels."""
        return {"length": self.length, "width": self.width, "height": self.height}


@dataclass(frozen=True, slots=True)
class Item:
    """A SKU.

    `gtins` are 14 digits each. `unit` is the base unit all quantities count. `value_minor` is a value per
    base unit in minor units of `currency`. `kit` is empty for anything that is not a kit. `packs` hold whole
    base units. `attributes` are what tells variants apart (size, colour). `weight_g` and `dimensions_mm` are
    of one base unit, None while nobody measured it. `min_remaining_days` of the shelf life must be left when
    a unit is promised; an order asks for at least `min_order_qty` base units.
    `substitutes` are SKUs in the order of preference. `restricted_regions` (ISO 3166-1 or -2) may not be
    served. `external_ids` name the item in other systems.
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
    packs: tuple[Pack, ...] = ()
    attributes: Pairs = ()
    weight_g: int | None = None
    dimensions_mm: Dimensions | None = None
    shelf_life_days: int | None = None
    min_remaining_days: int | None = None
    min_order_qty: int | None = None
    substitutes: tuple[str, ...] = ()
    restricted_regions: tuple[str, ...] = ()
    external_ids: Pairs = ()

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

    @property
    def barcodes(self) -> tuple[str, ...]:
        """Every GTIN that leads to the item, those of its packs included, each once."""
        return tuple(dict.fromkeys((*self.gtins, *(pack.gtin for pack in self.packs if pack.gtin))))

    def to_json(self) -> dict[str, object]:
        """The record as it travels; fields unknown to older programs stand in it only when set."""
        sides = self.dimensions_mm.to_json() if self.dimensions_mm else None
        newer: dict[str, object] = {
            "packs": [pack.to_json() for pack in self.packs],
            "attributes": dict(self.attributes),
            "weight_g": self.weight_g,
            "dimensions_mm": sides,
            "shelf_life_days": self.shelf_life_days,
            "min_remaining_days": self.min_remaining_days,
            "min_order_qty": self.min_order_qty,
            "substitutes": list(self.substitutes),
            "restricted_regions": list(self.restricted_regions),
            "external_ids": dict(self.external_ids),
        }
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
        } | {name: value for name, value in newer.items() if value not in (None, [], {})}

    @classmethod
    def from_json(cls, data: object) -> Item:
        """Reads what `to_json` wrote; GTINs of any length are checked and made 14 digits."""
        f = Fields(data, "item")
        sku = f.text("sku")
        tracking = f.text_or("tracking", Tracking.NONE)
        if tracking not in _TRACKINGS:
            raise Refused(
                "item.tracking",
                f"Item {sku}: read the tracking {tracking!r}.",
                f"Known: {', '.join(Tracking)}.",
                "Use one of these.",
            )
        return cls(
            sku=sku,
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
            packs=read_packs(sku, f.objects("packs")) if f.raw().get("packs") else (),
            attributes=read_pairs(f, "attributes"),
            weight_g=_maybe_whole(f, "weight_g", MOST_GRAMS),
            dimensions_mm=_dimensions(f),
            shelf_life_days=_maybe_whole(f, "shelf_life_days", MOST_DAYS),
            min_remaining_days=_maybe_whole(f, "min_remaining_days", MOST_DAYS),
            min_order_qty=_maybe_whole(f, "min_order_qty", MOST_GRAMS, least=1),
            substitutes=_others(f, sku),
            restricted_regions=read_regions(f, "restricted_regions"),
            external_ids=read_pairs(f, "external_ids"),
        )


def _maybe_whole(f: Fields, name: str, most: int, least: int = 0) -> int | None:
    return f.whole(name, least, most) if f.raw().get(name) is not None else None


def _dimensions(f: Fields) -> Dimensions | None:
    if f.raw().get("dimensions_mm") is None:
        return None
    sides = f.inner("dimensions_mm")
    return Dimensions(*(sides.whole(side, least=1, most=MOST_MM) for side in _SIDES))


def _others(f: Fields, sku: str) -> tuple[str, ...]:
    found = f.texts("substitutes") if f.raw().get("substitutes") is not None else ()
    if sku in found or "" in found or len(set(found)) < len(found):
        raise f.wrong("substitutes", "SKUs of other items, each once")
    return found
