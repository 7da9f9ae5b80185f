"""What stands on a unit's label, and the stock it is printed on.

A label is checked when it is made, so that every renderer may trust it: the code can be printed as a
Code 128, the quantity is a real one, the words that a person acts on are there. Long or foreign texts are no
reason to refuse a label: renderers shorten and replace, because the goods stand on the bench.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.refusal import Refused

if TYPE_CHECKING:
    import datetime as dt

_MM_PER_INCH = 25.4
_CODE = re.compile(r"[!-~]{1,48}")
_MOST_UNITS = 999_999
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class UnitLabel:
    """One label for one unit, or for `quantity` units that stay together.

    `code` is the unit label's own code, printed as bars and as text. `headline` says what was decided
    ("A RESTOCK") and `place` where the unit goes now ("R-03"; may be blank). `item_name` and `sku` may be
    blank only on a holding label, whose item nobody knows yet. `remark` is what whoever has the unit in the
    hand should know: notes, missing parts.

    Raises:
        Refused: a code that Code 128 or a person cannot read, a blank headline, station or SKU, a quantity
            outside 1 to 999,999.
    """

    code: str
    headline: str
    place: str
    item_name: str
    sku: str
    serial: str | None
    lot: str | None
    quantity: int
    rma: str | None
    date: dt.date
    station: str
    training: bool = False
    copy: bool = False
    holding: bool = False
    remark: str = ""

    def __post_init__(self) -> None:
        """Refuses what no renderer could print truthfully."""
        if not _CODE.fullmatch(self.code):
            raise Refused(
                "label.code",
                f"Read the label code {self.code[:60]!r}.",
                "Expected 1 to 48 signs from the keyboard without spaces or accents.",
                "Give the unit a code such as L07-5521-K.",
            )
        if not 1 <= self.quantity <= _MOST_UNITS:
            raise Refused(
                "label.quantity",
                f"Read the quantity {self.quantity}.",
                f"Expected 1 to {_MOST_UNITS}.",
                "Correct the quantity and print again.",
            )
        self._require("headline", self.headline)
        self._require("station", self.station)
        if not self.holding:
            self._require("item name", self.item_name)
            self._require("SKU", self.sku)

    def _require(self, field: str, text: str) -> None:
        if not text.strip():
            raise Refused(
                "label.blank",
                f"Label {self.code} has a blank {field}.",
                f"Expected the {field} in words.",
                "Fill it in, or print a holding label for a thing nobody knows yet.",
            )

    @property
    def day(self) -> str:
        """The date as people write it, the same on every machine: "22 Nov 2026"."""
        return f"{self.date.day} {_MONTHS[self.date.month - 1]} {self.date.year}"

    @property
    def marks(self) -> tuple[str, ...]:
        """The words that say this is not an original, live label."""
        return (("TRAINING",) if self.training else ()) + (("COPY",) if self.copy else ())


@dataclass(frozen=True, slots=True)
class LabelStock:
    """A roll of labels in a printer: its size in millimetres and the printer's dots per inch.

    Raises:
        Refused: smaller than 38 x 20 mm, larger than 216 x 305 mm, or under 150 or over 600 dpi.
    """

    width_mm: float
    height_mm: float
    dpi: int

    def __post_init__(self) -> None:
        """A size nobody could read, or no label printer has, is a wrong setting."""
        if not (38 <= self.width_mm <= 216 and 20 <= self.height_mm <= 305 and 150 <= self.dpi <= 600):  # noqa: PLR2004 - stated in the refusal
            raise Refused(
                "label.stock",
                f"Read label stock of {self.width_mm:g} x {self.height_mm:g} mm at {self.dpi} dpi.",
                "Expected 38 x 20 to 216 x 305 mm at 150 to 600 dpi.",
                "Correct the printer's label size on the Devices screen.",
            )

    def dots(self, millimetres: float) -> int:
        """The nearest whole number of dots."""
        return round(millimetres * self.dpi / _MM_PER_INCH)

    @property
    def width_dots(self) -> int:
        """The label's width in whole dots."""
        return self.dots(self.width_mm)

    @property
    def height_dots(self) -> int:
        """The label's height in whole dots."""
        return self.dots(self.height_mm)


BENCH_STOCK = LabelStock(57, 32, 203)
SHELF_STOCK = LabelStock(100, 60, 203)
PARCEL_STOCK = LabelStock(101.6, 152.4, 203)
