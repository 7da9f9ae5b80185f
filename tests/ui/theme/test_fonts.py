from __future__ import annotations

from importlib.resources import files

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import MakeTheme
from ui.theme import fonts
from ui.theme.theme import Theme
from ui.theme.tokens import Style


@pytest.mark.usefixtures("qapp")
def test_the_shipped_font_is_the_one_drawn(theme: Theme) -> None:
    for style in Style:
        info = QFontInfo(theme.font(style))
        assert info.family() == "Inter"
        assert info.weight() == theme.tokens.text[style].weight


def test_figures_have_one_width(theme: Theme) -> None:
    metrics = QFontMetricsF(theme.font(Style.LINE))
    widths = [metrics.horizontalAdvance(digit * 10) for digit in "0123456789"]
    assert max(widths) - min(widths) < 1


def test_text_percent_and_shrinking_change_the_size(make_theme: MakeTheme) -> None:
    assert make_theme(100).font(Style.HEADLINE).pixelSize() == 40
    assert make_theme(200).font(Style.HEADLINE).pixelSize() == 80
    assert make_theme(200).font(Style.HEADLINE, shrink=0.5).pixelSize() == 40


def test_a_font_that_is_not_shipped_is_said(qapp: QApplication) -> None:
    assert qapp is not None
    with pytest.raises(FileNotFoundError):
        fonts.install("Nothing Sans")


def test_the_licence_travels_with_the_font() -> None:
    text = (files("resources.fonts") / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "The Inter Project Authors" in text
    sizes = [len((files("resources.fonts") / f"Inter-{weight}.otf").read_bytes()) for weight in fonts.WEIGHTS]
    assert sum(sizes) < 3_000_000
