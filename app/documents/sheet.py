"""PDF pages to draw on, in points from the top left corner.

The PDF library keeps reading positions inside its fonts, so only one document is drawn at a time.
"""

from __future__ import annotations

import threading
from io import BytesIO
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from app.documents.bars import module_widths
from app.documents.composition import Align
from app.documents.typeface import BOLD, REGULAR, Inter, inter
from app.domain.late import LOADING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reportlab.pdfgen.canvas import Canvas

Colour = tuple[float, float, float]
BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)

_HAIR = 0.005

_ONE_AT_A_TIME = threading.Lock()


class Sheet:
    """A page being drawn; `next_page` starts another of the same size."""

    __slots__ = ("_canvas", "_face", "_height")

    def __init__(self, canvas: Canvas, height: float, face: Inter) -> None:
        self._canvas = canvas
        self._height = height
        self._face = face

    def text(
        self,
        text: str,
        x: float,
        baseline: float,
        size: float,
        *,
        bold: bool = False,
        align: Align = Align.LEFT,
        colour: Colour = BLACK,
    ) -> None:
        """Draws one line; `size` is its em in points."""
        shown = self._face.drawable(text)
        if align is Align.RIGHT:
            x -= self._face.width(shown, bold=bold) * size
        self._canvas.setFillColorRGB(*colour)
        self._canvas.setFont(BOLD if bold else REGULAR, size)
        self._canvas.drawString(x, self._height - baseline, shown)

    def bars(self, code: str, x: float, top: float, module: float, height: float) -> None:
        """Draws the Code 128 of `code` as rectangles, its first bar at `x`, each module `module` wide."""
        path = self._canvas.beginPath()
        bottom = self._height - top - height
        edges = pairwise(accumulate(module_widths(code), initial=0))
        for number, (start, end) in enumerate(edges):
            if number % 2 == 0:
                path.rect(x + start * module, bottom, (end - start) * module, height)
        self._canvas.setFillColorRGB(*BLACK)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def block(self, x: float, top: float, width: float, height: float) -> None:
        """Fills a black rectangle."""
        self._canvas.setFillColorRGB(*BLACK)
        self._canvas.rect(x, self._height - top - height, width, height, stroke=0, fill=1)

    def frame(
        self,
        x: float,
        top: float,
        width: float,
        height: float,
        *,
        line: float,
        colour: Colour,
        radius: float = 0,
    ) -> None:
        """Draws the outline of a rectangle with rounded corners; the line's middle runs on its edge."""
        self._canvas.setLineWidth(line)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.roundRect(x, self._height - top - height, width, height, radius, stroke=1, fill=0)

    def rule(self, x: float, top: float, width: float, *, line: float, colour: Colour) -> None:
        """Draws a level line."""
        self._canvas.setLineWidth(line)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.line(x, self._height - top, x + width, self._height - top)

    def tint(self, x: float, top: float, width: float, height: float, colour: Colour) -> None:
        """Fills a rectangle that text is set on."""
        self._canvas.setFillColorRGB(*colour)
        self._canvas.rect(x, self._height - top - height, width, height, stroke=0, fill=1)

    def picture(self, data: bytes, x: float, top: float, width: float, height: float) -> None:
        """Draws a photo that `picture_size` could read, as large as it is told."""
        with LOADING:
            from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - not before the first paint

        self._canvas.drawImage(
            ImageReader(BytesIO(data)), x, self._height - top - height, width, height, mask=None
        )

    def next_page(self) -> None:
        """Finishes this page and starts the next."""
        self._canvas.showPage()


def picture_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a photo in its own pixels; None for bytes that are no picture."""
    with LOADING:
        from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - not before the first paint

    try:
        reader = ImageReader(BytesIO(data))
        width, height = reader.getSize()
        # Reads all of it: a file that breaks off is none.
        reader.getRGBData()  # type: ignore[no-untyped-call]  # as the library has it
    except Exception:  # noqa: BLE001 - decoders fail in many ways, and a photo must not hold a paper up
        return None
    return (int(width), int(height)) if width > 0 and height > 0 else None


def draw(width: float, height: float, title: str, paint: Callable[[Sheet], None]) -> bytes:
    """A PDF of pages `width` x `height` points that `paint` draws; the same drawing gives the same bytes."""
    with LOADING:
        from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - not before the first paint

    # A hair less: a page a hair over a whole number of dots would be drawn one dot larger, stretched.
    size = (width - _HAIR, height - _HAIR)
    with _ONE_AT_A_TIME:
        face = inter()
        made = BytesIO()
        canvas = Canvas(made, pagesize=size, pageCompression=1, invariant=1)
        canvas.setTitle(title)
        paint(Sheet(canvas, size[1], face))
        canvas.showPage()
        canvas.save()
        return made.getvalue()
