"""A badge as a PDF: who it is, and the code to scan. Whoever copies the code has the badge."""

from __future__ import annotations

from app.documents.bars import QUIET, symbol
from app.documents.lettering import clean, fit
from app.documents.sheet import BLACK, Sheet, draw
from app.documents.typeface import inter

_MM = 72 / 25.4
WIDTH_MM, HEIGHT_MM = 128, 40
_MODULE = 0.254 * _MM
_MARGIN = 6 * _MM


def render(name: str, payload: str) -> bytes:
    """The badge as PDF bytes, 128 x 40 mm; print it at 100 %. Its title says who, never what is in the code.

    Raises:
        Refused: the payload is no Code 128.
    """
    wide = (symbol(payload).modules + 2 * QUIET) * _MODULE
    width = max(WIDTH_MM * _MM, wide)

    def paint(sheet: Sheet) -> None:
        shown = fit(clean(name), inter(), True, width - 2 * _MARGIN, 18, least=0.6)
        sheet.text(shown.text, _MARGIN, 10 * _MM, shown.em, bold=True, colour=BLACK)
        x = (width - wide) / 2 + QUIET * _MODULE
        sheet.bars(payload, x, 15 * _MM, _MODULE, 20 * _MM)

    return draw(width, HEIGHT_MM * _MM, f"Badge of {clean(name)}", paint)
