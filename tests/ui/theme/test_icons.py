from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ui.theme.icons import Icons, svg
from ui.theme.tokens import Tokens, load


def draw(icons: Icons, name: str, color: str, ratio: float = 1.0) -> QImage:
    image = QImage(round(48 * ratio), round(48 * ratio), QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    icons.draw(painter, name, QRectF(0, 0, 48, 48), QColor(color))
    painter.end()
    return image


def inked(image: QImage) -> set[tuple[int, int]]:
    return {
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).lightness() < 200
    }


@pytest.mark.parametrize("name", load().icon)
def test_every_icon_draws_something_inside_its_box(tokens: Tokens, name: str) -> None:
    ink = inked(draw(Icons(tokens.icon), name, "#000000"))
    assert ink
    assert all(0 < x < 47 and 0 < y < 47 for x, y in ink), "an icon keeps clear of its edge"


def test_an_icon_takes_the_colour_it_is_given(tokens: Tokens) -> None:
    image = draw(Icons(tokens.icon), "minus", "#B3141B")
    assert image.pixelColor(24, 24).name() == "#b3141b"


def test_an_icon_is_drawn_once_a_colour_and_size(tokens: Tokens) -> None:
    icons = Icons(tokens.icon)
    for color in ("#000000", "#000000", "#B3141B"):
        draw(icons, "tick", color)
    draw(icons, "tick", "#000000", ratio=2.0)
    assert len(icons._drawn) == 3


def test_a_name_that_is_not_known_draws_nothing(tokens: Tokens) -> None:
    icons = Icons(tokens.icon)
    assert not icons.known("unicorn")
    assert not inked(draw(icons, "unicorn", "#000000"))


def test_the_picture_is_of_strokes_only() -> None:
    assert b'fill="none"' in svg("M0 0h24", "#000000")
