"""Contrast by computation: every text at least 4.5, every edge, icon and focus ring at least 3."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette

from tests.ui.conftest import MakeTheme
from ui.theme.palette import contrast, palette, style_sheet
from ui.theme.tokens import Role
from ui.widgets.band import FILLS
from ui.widgets.pill import PillLook
from ui.widgets.row_delegate import TINTS

TEXTS = [
    *(
        (role, ground)
        for role in (Role.TEXT, Role.TEXT2)
        for ground in (Role.BG, Role.SURFACE, Role.SURFACE2)
    ),
    *((Role.TEXT, ground) for ground in (Role.PRESS, Role.ASK_TINT, Role.WARN_TINT, Role.STOP_TINT)),
    *((Role.TEXT2, ground) for ground in (Role.PRESS, Role.ASK_TINT, Role.WARN_TINT, Role.STOP_TINT)),
    (Role.TEXT, Role.OFF_TINT),
    (Role.ON_ASK, Role.ASK),
    (Role.ON_ASK, Role.ASK_TAB),
    (Role.ON_TRAIN, Role.TRAIN),
    (Role.INK, Role.PAPER),
    (Role.OK_TEXT, Role.SURFACE),
    (Role.OK_TEXT, Role.SURFACE2),
    (Role.OK_TEXT, Role.BG),
    (Role.ASK_TEXT, Role.SURFACE),
    (Role.ASK_TEXT, Role.ASK_TINT),
    (Role.ASK_TEXT, Role.BG),
    (Role.WARN_TEXT, Role.SURFACE),
    (Role.WARN_TEXT, Role.WARN_TINT),
    (Role.WARN_TEXT, Role.BG),
    (Role.STOP_TEXT, Role.SURFACE),
    (Role.STOP_TEXT, Role.STOP_TINT),
    (Role.STOP_TEXT, Role.BG),
    (Role.OFF_TEXT, Role.SURFACE),
    (Role.OFF_TEXT, Role.OFF_TINT),
    *((fill.text, fill.ground) for fill in FILLS.values()),
    *((fill.hint, fill.ground) for fill in FILLS.values()),
    *((look.value[2], look.value[0]) for look in PillLook),
]
EDGES = [
    *((Role.EDGE, ground) for ground in (Role.BG, Role.SURFACE, Role.SURFACE2, Role.ASK_TINT, Role.REST)),
    *((Role.FOCUS, ground) for ground in (Role.BG, Role.SURFACE, Role.SURFACE2, Role.REST)),
    *((Role.OK, ground) for ground in (Role.SURFACE, Role.SURFACE2, Role.BG)),
    (Role.ASK, Role.SURFACE),
    (Role.OFF, Role.SURFACE2),
    (Role.OFF, Role.SURFACE),
    (Role.STOP, Role.SURFACE),
    (Role.STOP, Role.BG),
    (Role.WARN_EDGE, Role.SURFACE),
    (Role.WARN_TAB, Role.WARN),
    *((bar, tint) for tint, bar in TINTS.values()),
    *((fill.icon, fill.shape) for fill in FILLS.values()),
    *((look.value[3], look.value[0]) for look in PillLook),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), sorted(set(TEXTS)))
def test_texts_can_be_read(make_theme: MakeTheme, ink: Role, ground: Role, dark: bool) -> None:
    theme = make_theme(dark=dark)
    assert contrast(theme.color(ink), theme.color(ground)) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), sorted(set(EDGES)))
def test_edges_and_icons_can_be_seen(make_theme: MakeTheme, line: Role, ground: Role, dark: bool) -> None:
    theme = make_theme(dark=dark)
    assert contrast(theme.color(line), theme.color(ground)) >= 3.0


def test_contrast_is_the_known_one() -> None:
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21)
    assert contrast(QColor("#767676"), QColor("#ffffff")) == pytest.approx(4.54, abs=0.01)
    assert contrast(QColor("#123456"), QColor("#123456")) == 1


def test_the_qt_palette_follows_the_tokens(make_theme: MakeTheme) -> None:
    for dark in (False, True):
        theme = make_theme(dark=dark)
        made = palette(theme)
        assert made.color(QPalette.ColorRole.Window) == theme.color(Role.BG)
        assert made.color(QPalette.ColorRole.Base) == theme.color(Role.SURFACE)
        disabled = made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)
        assert contrast(disabled, theme.color(Role.SURFACE)) >= 4.5


def test_the_style_sheet_stays_short_and_holds_token_colours_only(make_theme: MakeTheme) -> None:
    theme = make_theme()
    sheet = style_sheet(theme)
    assert len(sheet.splitlines()) < 25
    hexes = {word.strip(";") for word in sheet.split() if word.startswith("#")}
    assert hexes <= set(theme.hexes.values())
