"""A unit label in ZPL, for printers that draw text and bars themselves.

Everything is positioned in dots by the composition; the printer decides nothing. Bars are sent with every
start and switch character written out, so that each firmware prints the very symbol that paper and screen
show elsewhere. Letters are the printer's own font 0; a text with letters that font 0 lacks (Greek, Cyrillic
and beyond) is set in the printer's world font.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from app.documents.bars import START_B, symbol
from app.documents.composition import Align, Bars, Block, TextLine, compose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.documents.label import LabelStock, UnitLabel

# Swiss 721, which current printers carry; older ones may have it as E:TT0003M_.FNT.
WORLD_FONT = "E:TT0003M_.TTF"

# What ^FH lets through as hexadecimal: both command signs, its own escape, and the backslash.
_ESCAPES = str.maketrans({"^": "_5E", "~": "_7E", "_": "_5F", "\\": "_5C"})
_SPECIAL = frozenset("^~_\\")

# ZPL's names for symbol values that cannot be sent as themselves.
_START = {103: ">9", 104: ">:", 105: ">;"}
_IN_B = {30: ">0", 62: "><", 94: ">=", 99: ">5"}
_TO_B = 100
_TO_C = 99
_START_C = 105


@dataclass(frozen=True, slots=True, eq=False)
class PrinterFont:
    """Measures of font 0, and of the world font by a factor; it has one weight, so `bold` changes nothing."""

    cap: float
    widths: Mapping[str, int]
    world_factor: float
    unlisted: int

    def width(self, text: str, *, bold: bool) -> float:  # noqa: ARG002 - one weight, the measure is the protocol's
        """Advance width of `text` in ems."""
        try:
            return sum(map(self.widths.__getitem__, text)) / 1000
        except KeyError:
            return sum(self.widths.get(sign, self.unlisted) for sign in text) * self.world_factor / 1000

    def has(self, text: str) -> bool:
        """True when font 0 draws every character."""
        return text.isascii() or all(map(self.widths.__contains__, text))


@lru_cache(maxsize=1)
def printer_font() -> PrinterFont:
    """The measures that ship with the product."""
    text = resources.files("resources.labels").joinpath("font0.toml").read_text("utf-8")
    table = tomllib.loads(text)
    widths = {sign: int(width) for width, signs in table["widths"].items() for sign in signs}
    return PrinterFont(table["cap"], widths, table["world_factor"], table["unlisted"])


def render(label: UnitLabel, stock: LabelStock, world_font: str = WORLD_FONT) -> bytes:
    """The label as one ZPL format in UTF-8, ready for the printer's port.

    Raises:
        Refused: the code is too wide for the stock.
    """
    font = printer_font()
    laid_out = compose(label, stock, font)
    parts = [f"^XA^CI28^PW{laid_out.width}^LL{laid_out.height}^LH0,0\n"]
    parts.extend(map(_block, laid_out.blocks))
    parts.append(_bars(laid_out.bars))
    parts.extend(_text(line, font, world_font) for line in laid_out.texts)
    parts.append("^XZ\n")
    return "".join(parts).encode()


def _block(block: Block) -> str:
    # A box whose border is as thick as its shorter side is filled.
    thick = min(block.width, block.height)
    return f"^FO{block.x},{block.top}^GB{block.width},{block.height},{thick}^FS\n"


def _bars(bars: Bars) -> str:
    return (
        f"^FO{bars.x},{bars.top}^BY{bars.module},3,{bars.height}^BCN,{bars.height},N,N,N,N"
        f"^FD{_field(bars.code)}^FS\n"
    )


def _field(code: str) -> str:
    """The field data of ^BC in its mode N: start, switches and data of subsets B and C."""
    values = symbol(code).values
    if values[0] == START_B and _IN_B.keys().isdisjoint(values):
        return f">:{code}"
    field = [_START[values[0]]]
    pairs = values[0] == _START_C
    for value in values[1:]:
        if pairs and value == _TO_B:
            field.append(">6")
            pairs = False
        elif pairs:
            field.append(f"{value:02d}")
        else:
            field.append(_IN_B.get(value) or chr(value + 32))
            pairs = value == _TO_C
    return "".join(field)


@lru_cache(maxsize=2048)
def _text(line: TextLine, font: PrinterFont, world_font: str) -> str:
    # The world font's width is left to the printer: fonts that stand in for it are not all as wide as high.
    face = f"^A0N,{line.em},{line.em}" if font.has(line.text) else f"^A@N,{line.em},,{world_font}"
    reverse = "^FR" if line.white else ""
    if _SPECIAL.isdisjoint(line.text):
        return f"{_place(line, face)}{reverse}^FD{line.text}^FS\n"
    if "\\" in line.text and line.align is Align.RIGHT:
        # A block (^FB) reads the backslash as an escape of its own, and firmwares differ in how to double it.
        x = max(0, line.x - round(font.width(line.text, bold=line.bold) * line.em))
        line = line._replace(x=x, align=Align.LEFT)
    return f"{_place(line, face)}{reverse}^FH^FD{line.text.translate(_ESCAPES)}^FS\n"


def _place(line: TextLine, face: str) -> str:
    if line.align is Align.RIGHT:
        return f"^FT0,{line.baseline}{face}^FB{line.x},1,0,R"
    return f"^FT{line.x},{line.baseline}{face}"
