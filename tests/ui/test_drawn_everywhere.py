"""Every example screen at every size and Text %: nothing cut, nothing overlapping, targets large enough."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import OpenWindow
from tests.ui.drawn import box_of, cut_texts, leaves, overlaps, small_targets
from ui.gallery.screens import DRAWERS, all_screens
from ui.settings import UiSettings
from ui.shell.window import BenchWindow
from ui.theme.theme import ThemeChoice
from ui.widgets.text import Text

SCREENS = all_screens()
# Each size and each Text %, the narrowest window with all of them.
DRAWN = (
    ((1280, 720), 100),
    ((1280, 720), 150),
    ((1280, 720), 200),
    ((1366, 768), 100),
    ((1366, 768), 200),
    ((1920, 1080), 150),
)


def frame_heights(window: BenchWindow) -> tuple[int, int, int]:
    frame = window.frame
    return frame.top_bar.height(), frame.band.height(), frame.foot.height()


def leaf_boxes(window: BenchWindow) -> list[tuple[str, QRect]]:
    return [(leaf.objectName(), box_of(leaf, window)) for leaf in leaves(window)]


@pytest.mark.parametrize(("size", "percent"), DRAWN, ids=lambda drawn: str(drawn).replace(", ", "x"))
@pytest.mark.parametrize("name", SCREENS)
def test_nothing_is_cut(open_window: OpenWindow, name: str, percent: int, size: tuple[int, int]) -> None:
    window, _ = open_window(SCREENS[name], UiSettings(ThemeChoice.LIGHT, percent), size=size)
    assert (window.width(), window.height()) == size, "the window grew: something does not fit"
    assert cut_texts(window) == []
    assert overlaps(window) == []
    assert small_targets(window) == []
    expected = {100: (56, 96, 64), 150: (72, 128, 84), 200: (88, 160, 104)}
    assert frame_heights(window) == expected[percent]
    inside = [window.frame.top_bar, window.frame.band, window.frame.work, window.frame.foot]
    boxes = [box_of(part, window) for part in inside]
    assert all(below.top() == above.bottom() + 1 for above, below in pairwise(boxes))
    assert boxes[-1].bottom() == window.height() - 1


@pytest.mark.parametrize("name", SCREENS)
def test_dark_differs_from_light_in_colour_only(open_window: OpenWindow, name: str) -> None:
    light, _ = open_window(SCREENS[name], UiSettings(ThemeChoice.LIGHT))
    dark, _ = open_window(SCREENS[name], UiSettings(ThemeChoice.DARK))
    assert cut_texts(dark) == []
    assert light.grab().toImage() != dark.grab().toImage()
    assert leaf_boxes(dark) == leaf_boxes(light)


@pytest.mark.parametrize("act", ["help", "codes", "show_status", "type_code"])
@pytest.mark.parametrize(("size", "percent"), [((1366, 768), 100), ((1280, 720), 100), ((1280, 720), 200)])
def test_what_opens_cuts_nothing(
    open_window: OpenWindow, act: str, size: tuple[int, int], percent: int
) -> None:
    window, _ = open_window(SCREENS["question"], UiSettings(ThemeChoice.LIGHT, percent), size=size)
    window.run(act)
    QApplication.processEvents()
    assert (window.width(), window.height()) == size
    assert cut_texts(window) == []
    assert overlaps(window) == []
    assert small_targets(window) == []


@pytest.mark.parametrize("name", DRAWERS)
@pytest.mark.parametrize(("size", "percent"), [((1366, 768), 100), ((1280, 720), 200)])
def test_what_stands_in_an_open_drawer_is_whole(
    open_window: OpenWindow, name: str, size: tuple[int, int], percent: int
) -> None:
    window, _ = open_window(SCREENS[name], UiSettings(ThemeChoice.LIGHT, percent), size=size)
    window.run(DRAWERS[name])
    QApplication.processEvents()
    assert cut_texts(window) == []
    drawer = window.frame.drawer
    assert drawer is not None
    shown = [text.text() for text in drawer.findChildren(Text)]
    for line in SCREENS[name].status.copy_word.splitlines():
        assert line in shown


def listed(window: BenchWindow) -> bool:
    return window.frame.work.level[0]


def test_a_narrower_window_takes_a_tighter_arrangement_and_back(open_window: OpenWindow) -> None:
    window, _ = open_window(SCREENS["question"])
    assert listed(window), "the list stands beside the question"
    window.resize(1100, 700)
    QApplication.processEvents()
    assert not listed(window), "the list is folded into its current line"
    assert cut_texts(window) == []
    window.resize(1366, 768)
    QApplication.processEvents()
    assert listed(window)
