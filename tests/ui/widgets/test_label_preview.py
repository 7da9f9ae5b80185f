from __future__ import annotations

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.documents.bars import module_widths
from app.workflows.view import LabelPreview as Label
from tests.ui.conftest import MakeTheme
from tests.ui.drawn import grey
from ui.theme.theme import Theme
from ui.widgets.label_preview import LabelPreview


def label(code: str = "L-7204", bars: tuple[int, ...] | None = None) -> Label:
    widths = module_widths(code) if bars is None else bars
    return Label("B REFURB", "F-04", "Coffee grinder CG-80", code, "14 Oct 2026", widths)


def drawn(qtbot: QtBot, theme: Theme, shown: Label) -> tuple[LabelPreview, QImage]:
    preview = LabelPreview(theme, shown)
    qtbot.addWidget(preview)
    preview.resize(preview.sizeHint())
    return preview, preview.grab().toImage()


@pytest.mark.parametrize("percent", [100, 150, 200])
@pytest.mark.parametrize("code", ["L-7204", "HL-0144", "XKUNDOG"])
def test_a_reader_reads_the_code_off_the_screen(
    qtbot: QtBot, make_theme: MakeTheme, percent: int, code: str
) -> None:
    _, image = drawn(qtbot, make_theme(percent), label(code))
    scanned = zxingcpp.read_barcodes(Image.frombytes("L", (image.width(), image.height()), grey(image)))
    assert [found.text for found in scanned] == [code]


def test_without_bars_none_are_made_up(qtbot: QtBot, theme: Theme) -> None:
    preview, image = drawn(qtbot, theme, label(bars=()))
    assert zxingcpp.read_barcodes(Image.frombytes("L", (image.width(), image.height()), grey(image))) == []
    assert preview.sizeHint().height() < LabelPreview(theme, label()).sizeHint().height()


def test_a_long_item_and_place_shrink(qtbot: QtBot, theme: Theme) -> None:
    long = Label("D QUARANTINE", "HOLD-12", "Stainless kettle 1.7 L with window", "L-7204", "14 Oct 2026")
    preview, _ = drawn(qtbot, theme, long)
    assert preview.cut_texts() == []


def test_what_cannot_be_read_any_more_is_said(qtbot: QtBot, theme: Theme) -> None:
    preview, _ = drawn(qtbot, theme, Label("X" * 60, "HOLD", "item", "L-1", "14 Oct 2026"))
    assert preview.cut_texts() == [f"{'X' * 60} HOLD"]


def test_all_its_texts_are_read_out(theme: Theme) -> None:
    name = LabelPreview(theme, label()).accessibleName()
    assert name == "B REFURB, F-04, Coffee grinder CG-80, L-7204, 14 Oct 2026"
