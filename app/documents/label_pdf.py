"""A unit label as a one-page PDF, for printers that a print system drives.

The page is a whole number of the printer's dots and every bar edge lies on one, so that nothing is resampled
on the way to the print head.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.documents.composition import Composition, compose
from app.documents.sheet import BLACK, WHITE, Sheet, draw
from app.documents.typeface import inter

if TYPE_CHECKING:
    from app.documents.label import LabelStock, UnitLabel

_POINTS_PER_INCH = 72


def render(label: UnitLabel, stock: LabelStock) -> bytes:
    """The label as PDF bytes; the same label on the same stock gives the same bytes.

    Raises:
        Refused: the code is too wide for the stock.
    """
    laid_out = compose(label, stock, inter())
    dot = _POINTS_PER_INCH / stock.dpi
    return draw(
        laid_out.width * dot, laid_out.height * dot, label.code, lambda sheet: _paint(sheet, laid_out, dot)
    )


def _paint(sheet: Sheet, laid_out: Composition, dot: float) -> None:
    for block in laid_out.blocks:
        sheet.block(block.x * dot, block.top * dot, block.width * dot, block.height * dot)
    bars = laid_out.bars
    sheet.bars(bars.code, bars.x * dot, bars.top * dot, bars.module * dot, bars.height * dot)
    for line in laid_out.texts:
        sheet.text(
            line.text,
            line.x * dot,
            line.baseline * dot,
            line.em * dot,
            bold=line.bold,
            align=line.align,
            colour=WHITE if line.white else BLACK,
        )
