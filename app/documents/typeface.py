"""Inter for PDF documents: loaded once, measured, and mapped to what it can draw.

Inter covers Latin, Greek and Cyrillic in all their usual languages. It has no Arabic, Hebrew, Indic or East
Asian letters, and nothing here joins or reorders letters: such words are shown as one box each, and the
codes, SKU and numbers beside them still tell what the thing is.
"""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

from app.domain.late import LOADING

if TYPE_CHECKING:
    from collections.abc import Mapping

REGULAR = "Inter-Regular"
BOLD = "Inter-Bold"
_BOX = "□"
_PER_EM = 1000

_LOADING = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Inter:
    """Widths of both weights in thousandths of an em, by character; the two draw the same characters."""

    cap: float
    regular: Mapping[str, float]
    bold: Mapping[str, float]

    def width(self, text: str, *, bold: bool) -> float:
        """Advance width of `text` in ems, as `drawable` would have it drawn."""
        widths = self.bold if bold else self.regular
        try:
            return sum(map(widths.__getitem__, text)) / _PER_EM
        except KeyError:
            return sum(map(widths.__getitem__, self.drawable(text))) / _PER_EM

    def drawable(self, text: str) -> str:
        """`text` with every character Inter lacks taken apart to ones it has, or boxed, a run to one box."""
        if all(map(self.regular.__contains__, text)):
            return text
        drawn: list[str] = []
        for sign in text:
            parts = [part for part in unicodedata.normalize("NFKD", sign) if part in self.regular]
            if sign in self.regular:
                drawn.append(sign)
            elif parts:
                drawn.extend(part for part in parts if not unicodedata.combining(part))
            elif not unicodedata.combining(sign) and drawn[-1:] != [_BOX]:
                drawn.append(_BOX)
        return "".join(drawn)


def inter() -> Inter:
    """Both weights, loaded by the first call and known to the PDF library under `REGULAR` and `BOLD`."""
    with _LOADING:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Inter:
    with LOADING:
        from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - not before the first paint
        from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - as above

    widths: list[dict[str, float]] = []
    cap = 0.0
    for name in (REGULAR, BOLD):
        outlines = resources.files("resources.labels").joinpath(f"{name}.ttf").read_bytes()
        font = TTFont(name, BytesIO(outlines), asciiReadable=False)
        pdfmetrics.registerFont(font)
        cap = font.face.capHeight / _PER_EM
        widths.append({chr(code): font.face.charWidths[code] for code in font.face.charToGlyph})
    return Inter(cap, *widths)
