"""Where everything stands on a unit label, in whole printer dots from the top left corner.

One composition serves every writer (PDF, ZPL, a drawing on the screen), so that they differ in nothing but
their language. Sizes are designed in millimetres for two shapes, a wide bench label (57 x 32) and a tall
parcel label (102 x 152), and scaled to the stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.documents.bars import QUIET, symbol
from app.documents.lettering import Face, Fitted, clean, fit, wrap
from app.domain.refusal import Refused

if TYPE_CHECKING:
    from app.documents.label import LabelStock, UnitLabel

# Hand scanners read 0.25 mm bars from any printer; over 0.75 mm a label gains nothing.
_LEAST_MODULE_MM = 0.25
_MOST_MODULE_MM = 0.75
_DOT = " · "


class Align(StrEnum):
    """Which end of a text stands at its x."""

    LEFT = "left"
    RIGHT = "right"


# A named tuple, because a label makes a dozen and has 50 microseconds.
class TextLine(NamedTuple):
    """One line of text: `x`, `baseline` and `em`, its size, in dots; `white` when on a black block."""

    text: str
    x: int
    baseline: int
    em: int
    bold: bool
    align: Align = Align.LEFT
    white: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """The Code 128 of `code`: its first bar at `x`, one module `module` dots wide."""

    code: str
    x: int
    top: int
    module: int
    height: int


@dataclass(frozen=True, slots=True)
class Block:
    """A black rectangle."""

    x: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Composition:
    """A label laid out: blocks are drawn first, texts last."""

    width: int
    height: int
    blocks: tuple[Block, ...]
    bars: Bars
    texts: tuple[TextLine, ...]


def compose(label: UnitLabel, stock: LabelStock, face: Face) -> Composition:
    """Lays `label` out on `stock` in the measures of `face`.

    Raises:
        Refused: the code is too wide for the stock at the smallest module a scanner reads.
    """
    sheet = _Tall(label, stock, face) if stock.height_mm > stock.width_mm * 1.2 else _Wide(label, stock, face)
    return sheet.compose()


@lru_cache(maxsize=256)
def module_dots(modules: int, stock: LabelStock) -> int:
    """The widest module, in dots, at which a symbol and its quiet zones fit; 0 when none is readable."""
    least = max(1, stock.dots(_LEAST_MODULE_MM))
    module = min(stock.width_dots // (modules + 2 * QUIET), max(least, stock.dots(_MOST_MODULE_MM)))
    return module if module >= least else 0


def _too_wide(code: str, modules: int, stock: LabelStock) -> Refused:
    needed = (modules + 2 * QUIET) * stock.dots(_LEAST_MODULE_MM) * stock.width_mm / stock.width_dots
    return Refused(
        "label.too_wide",
        f"The code {code} needs {needed:.0f} mm of width.",
        f"The labels in the printer are {stock.width_mm:g} mm wide.",
        "Load wider labels, or choose a printer that has them.",
    )


class _Sheet:
    """What both shapes share: millimetres of the design to dots, texts fitted as they are set."""

    __slots__ = (
        "_blocks",
        "_em",
        "_face",
        "_height",
        "_label",
        "_left",
        "_right",
        "_scale",
        "_stock",
        "_texts",
        "_width",
    )

    def __init__(self, label: UnitLabel, stock: LabelStock, face: Face, scale: float, margin: float) -> None:
        self._label = label
        self._stock = stock
        self._face = face
        # Dots for one millimetre of the design.
        self._scale = scale * stock.dpi / 25.4
        # Ems for one millimetre of a capital's height.
        self._em = self._scale / face.cap
        self._width = stock.width_dots
        self._height = stock.height_dots
        self._left = self._dots(margin)
        self._right = self._width - self._left
        self._texts: list[TextLine] = []
        self._blocks: list[Block] = []

    def _dots(self, design_mm: float) -> int:
        return round(design_mm * self._scale)

    def _up(self, design_mm: float) -> int:
        """Dots from the top to a height measured from the bottom edge."""
        return self._height - self._dots(design_mm)

    def _fit(self, text: str, cap: float, room: float, *, bold: bool, least: float = 1.0) -> Fitted:
        """Fits a cleaned text with capitals `cap` mm high into `room` dots."""
        return fit(text, self._face, bold, room, cap * self._em, least=least)

    def _set(
        self, fitted: Fitted, baseline: int, *, bold: bool, white: bool = False, x: int | None = None
    ) -> None:
        if fitted.text:
            at = self._left if x is None else x
            self._texts.append(TextLine(fitted.text, at, baseline, int(fitted.em), bold, Align.LEFT, white))

    def _set_right(self, fitted: Fitted, baseline: int, *, bold: bool, white: bool = False) -> None:
        if fitted.text:
            self._texts.append(
                TextLine(fitted.text, self._right, baseline, int(fitted.em), bold, Align.RIGHT, white)
            )

    def _block(self, top: int, height: int, inset: float) -> None:
        edge = self._dots(inset)
        self._blocks.append(Block(edge, top, self._width - 2 * edge, height))

    def _bars(self, top: int, bottom: int) -> Bars:
        code = self._label.code
        modules = symbol(code).modules
        module = module_dots(modules, self._stock)
        if not module:
            raise _too_wide(code, modules, self._stock)
        return Bars(code, (self._width - module * modules) // 2, top, module, bottom - top)

    def _done(self, bars: Bars) -> Composition:
        return Composition(self._width, self._height, tuple(self._blocks), bars, tuple(self._texts))

    def _code_row(self, baseline: int, cap: float) -> str:
        """Sets the whole code, never cut, and the day beside it; returns the day when there is no room."""
        inner = self._right - self._left
        code = self._fit(self._label.code, cap, inner, bold=True, least=0.0)
        self._set(code, baseline, bold=True)
        room = inner - code.wide - self._dots(cap)
        day = self._fit(self._label.day, cap * 0.82, inner, bold=False)
        if day.wide > room:
            return self._label.day
        self._set_right(day, baseline, bold=False)
        return ""

    def _foot_row(self, info: str, cap: float, baseline: int, strip: tuple[int, int], inset: float) -> None:
        """Sets the small last line; on a copy or a training label as white on a black strip with the mark."""
        inner = self._right - self._left
        marks = _DOT.join(self._label.marks)
        if not marks:
            self._set(self._fit(info, cap, inner, bold=False, least=0.8), baseline, bold=False)
            return
        self._block(*strip, inset)
        mark = self._fit(marks, cap * 1.25, inner, bold=True)
        self._set(mark, baseline, bold=True, white=True)
        room = inner - mark.wide - self._dots(cap)
        self._set_right(self._fit(info, cap, room, bold=True, least=0.8), baseline, bold=True, white=True)


class _Wide(_Sheet):
    """The bench label: what was decided and where it goes across the top, bars beneath, small print last."""

    __slots__ = ()

    def __init__(self, label: UnitLabel, stock: LabelStock, face: Face) -> None:
        super().__init__(label, stock, face, min(stock.width_mm / 57, stock.height_mm / 32), 2.0)

    def compose(self) -> Composition:
        """The finished label."""
        self._head_row()
        self._name_row()
        baseline = self._fact_rows()
        day = self._code_row(self._up(5.1), 2.5)
        info = _joined(clean(self._label.rma or ""), clean(self._label.station), day)
        self._foot_row(info, 1.65, self._up(1.5), (self._up(4.2), self._dots(3.4)), 1.0)
        return self._done(self._bars(baseline + self._dots(1.1), self._up(8.4)))

    def _head_row(self) -> None:
        holding = self._label.holding
        if holding:
            self._block(self._dots(0.9), self._dots(5.8), 1.0)
        inner = self._right - self._left
        place = self._fit(clean(self._label.place), 3.9, inner * 0.45, bold=True, least=0.65)
        taken = place.wide + (self._dots(2.4) if place.text else 0)
        headline = self._fit(clean(self._label.headline), 3.9, inner - taken, bold=True, least=0.6)
        baseline = self._dots(5.75)
        self._set(headline, baseline, bold=True, white=holding)
        self._set_right(place, baseline, bold=True, white=holding)

    def _name_row(self) -> None:
        inner = self._right - self._left
        count = f"Qty {self._label.quantity}" if self._label.quantity > 1 else ""
        baseline = self._dots(10.05)
        if count:
            quantity = self._fit(count, 2.35, inner, bold=True)
            self._set_right(quantity, baseline, bold=True)
            inner -= round(quantity.wide) + self._dots(2.0)
        name = self._fit(clean(self._label.item_name), 2.35, inner, bold=False, least=0.85)
        self._set(name, baseline, bold=False)

    def _fact_rows(self) -> int:
        """Sets SKU, serial and lot in one row, or two when there are both; returns the last baseline.

        A remark stands in the second row, so that the bars keep their height.
        """
        sku, remark = clean(self._label.sku), clean(self._label.remark)
        serial = f"SN {clean(self._label.serial)}" if self._label.serial else ""
        lot = f"Lot {clean(self._label.lot)}" if self._label.lot else ""
        if not (sku or serial or lot or remark):
            return self._dots(10.4)
        baseline = self._dots(13.2)
        if not (sku or serial or lot):
            self._pair(remark, "", baseline)
            return baseline
        both = bool(serial and lot)
        self._pair(sku, lot if both else serial or lot, baseline)
        if both or remark:
            baseline += self._dots(2.75)
            self._pair(*((serial, remark) if both else (remark, "")), baseline)
        return baseline

    def _pair(self, left: str, right: str, baseline: int) -> None:
        """Two texts in one row; when both are long each keeps its fair share."""
        inner = self._right - self._left
        first = self._fit(left, 1.85, inner, bold=False)
        if right:
            gap = self._dots(1.8) if left else 0
            room = max(inner * 0.55, inner - gap - first.wide) if left else inner
            second = self._fit(right, 1.85, room, bold=False, least=0.8)
            if first.wide > inner - gap - second.wide:
                first = self._fit(left, 1.85, inner - gap - second.wide, bold=False, least=0.8)
            self._set_right(second, baseline, bold=False)
        self._set(first, baseline, bold=False)


class _Tall(_Sheet):
    """The parcel label: the place as large as it goes, because the hand needs it next; facts as a list."""

    __slots__ = ()

    def __init__(self, label: UnitLabel, stock: LabelStock, face: Face) -> None:
        super().__init__(label, stock, face, min(stock.width_mm / 101.6, stock.height_mm / 152.4), 5.0)

    def compose(self) -> Composition:
        """The finished label."""
        inner = self._right - self._left
        holding = self._label.holding
        if holding:
            self._block(self._dots(4.0), self._dots(13.0), 2.5)
        headline = self._fit(clean(self._label.headline), 8.0, inner, bold=True, least=0.5)
        self._set(headline, self._dots(14.5), bold=True, white=holding)
        place = self._fit(clean(self._label.place), 19.0, inner, bold=True, least=0.4)
        self._set(place, self._dots(41.0), bold=True)
        self._block(self._dots(46.0), max(1, self._dots(0.5)), 5.0)
        baseline = self._fact_list(self._name_lines(self._dots(54.5)))
        day = self._code_row(self._up(15.5), 5.0)
        self._foot_row(
            _joined(clean(self._label.station), day),
            2.9,
            self._up(5.8),
            (self._up(11.0), self._dots(7.6)),
            2.5,
        )
        bottom = self._up(23.0)
        top = max(baseline + self._dots(4.0), bottom - self._dots(40.0))
        return self._done(self._bars(top, bottom))

    def _name_lines(self, baseline: int) -> int:
        """Sets the name in up to two lines; returns the baseline of the last."""
        em = 4.4 * self._em
        ems = (self._right - self._left) / em
        for number, line in enumerate(
            wrap(clean(self._label.item_name), self._face, bold=True, ems=ems, most=2)
        ):
            baseline += self._dots(7.4) if number else 0
            self._set(Fitted(line, em, 0.0), baseline, bold=True)
        return baseline

    def _fact_list(self, baseline: int) -> int:
        """Sets one fact a row beneath `baseline`; returns the last row's."""
        column = self._left + self._dots(26.0)
        em = 3.4 * self._em
        baseline += self._dots(1.8)
        pitch = self._dots(7.2)
        for caption, text in (
            ("SKU", self._label.sku),
            ("Serial", self._label.serial),
            ("Lot", self._label.lot),
            ("Quantity", str(self._label.quantity)),
            ("Return", self._label.rma),
            ("Note", self._label.remark),
        ):
            shown = clean(text or "")
            if shown:
                baseline += pitch
                self._set(Fitted(caption, em, 0.0), baseline, bold=False)
                fact = self._fit(shown, 3.4, self._right - column, bold=True, least=0.7)
                self._set(fact, baseline, bold=True, x=column)
        return baseline


def _joined(*parts: str) -> str:
    return _DOT.join(part for part in parts if part)
