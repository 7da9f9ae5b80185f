"""PDF pages as a printer or a scanner would see them, and the Code 128s that a reader finds there."""

from __future__ import annotations

from collections.abc import Iterator

import pypdfium2
import zxingcpp
from PIL import Image


def pages(pdf: bytes, dpi: int) -> Iterator[Image.Image]:
    """Every page in grey at `dpi`."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            yield page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def one_bit(picture: Image.Image) -> Image.Image:
    """Black and white only, as a thermal print head has it."""
    return picture.point([0 if grey < 128 else 255 for grey in range(256)])


def codes(picture: Image.Image) -> list[str]:
    """The texts of all Code 128s in a picture, sorted."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("Code128"))
    return sorted(barcode.text for barcode in found)


def texts(pdf: bytes) -> list[str]:
    """The text of every page, as a reader that knows nothing of our layout extracts it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
