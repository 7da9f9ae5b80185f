"""What the generated business deals in, and where it keeps it: our own product names, no brand of anybody's.

GTINs begin with 952, the prefix that GS1 sets aside for demonstrations, so that no code is a real product's.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.item import Component, Item, Tracking, gtin14, gtin_check_digit
from app.domain.place import Location, LocationKind

SITE = "WH1"
BENCH = "BENCH-07"
DOCK = "DOCK-1"
BINS = tuple(f"BIN-{aisle}{bay:02d}" for aisle in "ABC" for bay in range(1, 9))

# The totes and areas that the shipped returns policy sends goods to.
TOTES = (
    ("R-03", "Restock tote"),
    ("F-01", "Refurbish tote"),
    ("V-02", "Vendor returns tote"),
    ("Q-04", "Liquidation tote"),
    ("HOLD-1", "Held for a match"),
    ("HOLD-2", "Held for inspection"),
    ("HOLD-3", "Held for write-off"),
)

_GTIN_PREFIX = "952"
_GTIN_BODY = 12
_COST_PERCENT = 55


@dataclass(frozen=True, slots=True)
class Offer:
    """An item and what a customer pays for one base unit, in minor units of the item's currency."""

    item: Item
    price_minor: int


@dataclass(frozen=True, slots=True)
class _Range:
    """One product in its variants, each a code and a word."""

    code: str
    name: str
    price: int
    variants: tuple[tuple[str, str], ...] = ()
    tracking: Tracking | None = None
    hazardous: bool = False


_COLOURS = {
    "BK": "black",
    "WH": "white",
    "GY": "grey",
    "BL": "blue",
    "RD": "red",
    "GN": "green",
    "CR": "cream",
}
_SIZES = (("SM", "S"), ("MD", "M"), ("LG", "L"), ("XL", "XL"))


def _in(*codes: str) -> tuple[tuple[str, str], ...]:
    return tuple((code, _COLOURS[code]) for code in codes)


_ELECTRONICS = (
    _Range("E-11", "Aria wireless headphones", 6995, _in("BK", "WH", "BL")),
    _Range("E-12", "Pocket speaker", 2995, _in("BK", "RD", "GN")),
    _Range("E-13", "Clip-on reading lamp", 1450, _in("WH", "BK"), Tracking.NONE),
    _Range("E-14", "Desk fan 23 cm", 2450, _in("WH", "GY")),
    _Range("E-15", "Power bank 10 000 mAh", 2195, _in("BK", "BL"), Tracking.LOT_AND_SERIAL, hazardous=True),
    _Range("E-16", "Fernhill digital radio", 8900, (("OK", "oak"), ("WN", "walnut"))),
    _Range("E-17", "Smart plug, set of 2", 1990),
    _Range("E-18", "Sunrise alarm clock", 4450),
    _Range("E-19", "Webcam 1080p", 3490),
    _Range("E-20", "Pebble wireless mouse", 1695, _in("BK", "GY", "CR")),
    _Range("E-21", "Slim keyboard, UK layout", 3295, _in("WH", "BK")),
    _Range("E-22", "Digital bathroom scales", 2295, _in("WH", "BK")),
    _Range("E-23", "Tide electric toothbrush", 3950, _in("BL", "WH")),
)
_CLOTHING = (
    _Range("A-31", "Merino jumper", 5900, _SIZES),
    _Range("A-32", "Linen shirt", 4200, _SIZES),
    _Range("A-33", "Walking socks, 2 pairs", 1250, (("S1", "35-38"), ("S2", "39-42"), ("S3", "43-46"))),
    _Range("A-34", "Skerry rain jacket", 7900, _SIZES),
    _Range("A-35", "Wool beanie", 1650, _in("GY", "BL", "RD")),
    _Range("A-36", "Cotton pyjamas", 3400, _SIZES[:3]),
    _Range("A-37", "Felt slippers", 3900, (("S1", "38"), ("S2", "40"), ("S3", "42"))),
)
_KITCHEN = (
    _Range("K-17", "Kettle 1.7 l", 3995, (("ST", "steel"), *_in("CR", "BK"))),
    _Range("K-18", "Toaster, 2 slices", 3450, (("ST", "steel"), *_in("CR"))),
    _Range("K-19", "Enamel mug 350 ml", 795, _in("WH", "BL", "RD", "GN")),
    _Range("K-20", "Cast iron pan", 3600, (("20", "20 cm"), ("26", "26 cm"))),
    _Range("K-21", "Beech chopping board", 1495, (("SM", "small"), ("LG", "large"))),
    _Range("K-22", "Glass storage jar", 650, (("05", "0.5 l"), ("10", "1 l"), ("20", "2 l"))),
    _Range("K-23", "Linen tea towel", 895, _in("BL", "GY", "CR")),
    _Range("K-24", "Cafetiere", 2450, (("03", "3 cups"), ("08", "8 cups"))),
    _Range("K-25", "Cake tins, nest of three", 1395),
    _Range("K-26", "Oven glove", 1195, _in("BL", "RD")),
)
_CONSUMABLES = (
    _Range("G-41", "Loose tea 250 g", 725, (("BF", "breakfast"), ("EG", "earl grey"), ("PM", "peppermint"))),
    _Range("G-42", "Ground coffee 227 g", 695, (("MD", "mild"), ("DK", "dark"))),
    _Range("G-43", "Hand soap 500 ml", 595, (("LV", "lavender"), ("LM", "lemon"))),
    _Range("G-44", "Beeswax candle", 450, (("SM", "small"), ("TL", "tall"))),
    _Range("G-45", "Lamp oil 1 l", 895, hazardous=True),
    _Range("G-46", "Furniture polish 400 ml", 750, hazardous=True),
    _Range("G-47", "Paper napkins, 20", 295, (*_in("RD", "GN"), ("SR", "striped"))),
    _Range("G-48", "Dishwasher tablets, 40", 995),
    _Range("G-49", "Lighter gas 90 ml", 395, hazardous=True),
    _Range("G-50", "Shortbread, tin 300 g", 850, (("PL", "plain"), ("GI", "ginger"))),
)
_TOYS = (
    _Range("P-61", "Wooden train", 1295, _in("RD", "BL", "GN")),
    _Range("P-62", "Building blocks, 50", 2250, (("NA", "natural"), ("PT", "painted"))),
    _Range("P-63", "Jigsaw 500 pieces", 1350, (("HB", "harbour"), ("MW", "meadow"), ("MK", "market day"))),
    _Range("P-64", "Soft toy", 1795, (("HA", "hare"), ("OT", "otter"), ("OW", "owl"))),
    _Range("P-65", "Card game Corvus", 995),
    _Range("P-66", "Spinning top", 395, _in("RD", "BL")),
    _Range("P-67", "Paint set, 24 colours", 1150),
    _Range("P-68", "Skipping rope", 650, _in("RD", "GN")),
    _Range("P-69", "Diamond kite", 1650),
)
_SUNDRIES = (
    _Range("D-71", "Notebook A5", 645, (("LN", "lined"), ("DT", "dotted"), ("PL", "plain"))),
    _Range("D-72", "Greetings cards, 10", 495, (("BD", "birthday"), ("TY", "thank you"))),
    _Range("D-73", "Picture frame", 1250, (("13", "13 x 18"), ("20", "20 x 30"))),
    _Range("D-74", "Folding umbrella", 1850, _in("BK", "GN")),
)
_CATEGORIES = (
    ("electronics", Tracking.SERIAL, _ELECTRONICS),
    ("clothing", Tracking.NONE, _CLOTHING),
    ("kitchen", Tracking.NONE, _KITCHEN),
    ("consumables", Tracking.LOT, _CONSUMABLES),
    ("toys", Tracking.NONE, _TOYS),
    ("default", Tracking.NONE, _SUNDRIES),
)
_KITS: tuple[tuple[str, str, int, tuple[tuple[str, int], ...]], ...] = (
    ("KIT-81", "Breakfast set, steel", 6900, (("K-17-ST", 1), ("K-18-ST", 1))),
    ("KIT-82", "Tea for two", 2095, (("K-19-WH", 2), ("G-41-BF", 1))),
    ("KIT-83", "Baking set", 3995, (("K-25", 1), ("K-26-BL", 1), ("K-23-BL", 2))),
    ("KIT-84", "Quiet evening", 2950, (("A-35-GY", 1), ("G-44-TL", 2), ("G-41-EG", 1))),
    ("KIT-85", "Desk set", 3095, (("D-71-LN", 1), ("D-73-13", 1), ("E-13-WH", 1))),
    ("KIT-86", "Rainy day box", 3195, (("P-63-HB", 1), ("P-65", 1), ("P-67", 1))),
    ("KIT-87", "Welcome hamper", 2995, (("G-50-PL", 1), ("G-41-BF", 1), ("G-43-LV", 1), ("G-47-RD", 2))),
)


def offers() -> tuple[Offer, ...]:
    """Everything on sale, kits last; the same at every call."""
    found: list[Offer] = []
    for category, tracking, ranges in _CATEGORIES:
        for product in ranges:
            for code, word in product.variants or (("", ""),):
                item = Item(
                    sku=f"{product.code}-{code}" if code else product.code,
                    name=f"{product.name}, {word}" if word else product.name,
                    gtins=(_gtin(len(found)),),
                    tracking=product.tracking or tracking,
                    category=category,
                    value_minor=_cost(product.price),
                    hazardous=product.hazardous,
                )
                found.append(Offer(item, product.price))
    for sku, name, price, parts in _KITS:
        kit = tuple(Component(part, qty) for part, qty in parts)
        item = Item(sku, name, (_gtin(len(found)),), category="kits", value_minor=_cost(price), kit=kit)
        found.append(Offer(item, price))
    return tuple(found)


def locations() -> tuple[Location, ...]:
    """The site with its bench, dock, bins and totes, every parent before what stands in it."""
    return (
        Location(SITE, LocationKind.SITE, "Harbour Lane warehouse", SITE),
        Location("STOCK", LocationKind.ZONE, "Stock", SITE, SITE),
        Location("RETURNS", LocationKind.ZONE, "Returns", SITE, SITE),
        Location(DOCK, LocationKind.DOCK, "Receiving dock 1", SITE, SITE),
        Location(BENCH, LocationKind.BENCH, "Return bench 7", SITE, "RETURNS"),
        *(Location(code, LocationKind.BIN, f"Bin {code[4:]}", SITE, "STOCK") for code in BINS),
        *(Location(code, LocationKind.TOTE, name, SITE, "RETURNS") for code, name in TOTES),
    )


def _gtin(number: int) -> str:
    body = _GTIN_PREFIX + f"{1_701 + number * 7:0{_GTIN_BODY - len(_GTIN_PREFIX)}d}"
    return gtin14(body + gtin_check_digit(body))


def _cost(price: int) -> int:
    return price * _COST_PERCENT // 100
