from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.workflows.view import Marker
from tests.ui.conftest import MakeTheme
from tests.ui.drawn import differing_share, grey
from ui.theme.palette import contrast
from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets.markers import WORD_ROLES, Badge, Segments, draw_marker


def drawn(theme: Theme, marker: Marker, side: int = 48) -> QImage:
    image = QImage(side, side, QImage.Format.Format_ARGB32)
    image.fill(theme.color(Role.SURFACE))
    painter = QPainter(image)
    draw_marker(painter, theme, marker, QRectF(0, 0, side, side))
    painter.end()
    return image


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_markers_are_told_apart_in_grey(make_theme: MakeTheme, dark: bool) -> None:
    theme = make_theme(dark=dark)
    pictures = {marker: grey(drawn(theme, marker)) for marker in Marker}
    for one, two in combinations(Marker, 2):
        assert differing_share(pictures[one], pictures[two]) > 0.04, f"{one} looks like {two}"


@pytest.mark.parametrize("marker", Marker)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_marker_is_seen_on_its_ground_and_stays_in_its_box(
    make_theme: MakeTheme, marker: Marker, dark: bool
) -> None:
    theme = make_theme(dark=dark)
    image, ground = drawn(theme, marker), theme.color(Role.SURFACE)
    edge = [image.pixelColor(0, at) for at in range(48)] + [image.pixelColor(at, 47) for at in range(48)]
    assert all(pixel == ground for pixel in edge)
    strongest = max(contrast(image.pixelColor(x, y), ground) for x in range(48) for y in range(48))
    assert strongest >= 3


def test_every_marker_has_a_colour_for_its_word() -> None:
    assert set(WORD_ROLES) == set(Marker)


@pytest.mark.parametrize(("count", "widest"), [(0, 0), (1, 32), (3, 104), (4, 140), (40, 200)])
def test_progress_stays_narrow_however_many_lines(
    qtbot: QtBot, theme: Theme, count: int, widest: int
) -> None:
    bars = Segments(theme)
    qtbot.addWidget(bars)
    bars.show_segments([Marker.OK] * count)
    assert bars.sizeHint().width() <= widest
    bars.resize(max(1, bars.sizeHint().width()), 8)
    assert not bars.grab().isNull()


def test_done_now_and_open_bars_differ(qtbot: QtBot, theme: Theme) -> None:
    bars = Segments(theme, (Marker.OK, Marker.NOW, Marker.OPEN))
    qtbot.addWidget(bars)
    bars.resize(bars.sizeHint())
    image = bars.grab().toImage()
    found = [image.pixelColor(x, 4) for x in (16, 52, 88)]
    assert found[:2] == [theme.color(Role.OK), theme.color(Role.ASK)]
    assert found[2] not in found[:2]


def test_a_badge_reads_out_its_number(qtbot: QtBot, theme: Theme) -> None:
    badge = Badge(theme, 12)
    qtbot.addWidget(badge)
    assert badge.accessibleName() == "12"
    pixels = badge.grab().toImage()
    inks = {pixels.pixelColor(x, 12).name() for x in range(pixels.width())}
    assert QColor(theme.hexes[Role.PRESS]).name() in inks
