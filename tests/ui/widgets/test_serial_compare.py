from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app.workflows.view import Comparison
from tests.ui.conftest import MakeTheme
from ui.theme.theme import Theme
from ui.theme.tokens import Role
from ui.widgets.serial_compare import SerialCompare, differing

TEXTS = st.text("AB1", max_size=8)


def compare(expected: str, read: str) -> Comparison:
    return Comparison("Expected", expected, "Read", read, "They differ.", "")


@pytest.mark.parametrize(
    ("expected", "read", "at"),
    [
        ("TS-20418856", "TS-20418586", {8, 9}),
        ("ABC", "ABC", set()),
        ("ABC", "AB", {2}),
        ("", "AB", {0, 1}),
        ("AB", "BA", {0, 1}),
    ],
)
def test_positions_that_differ(expected: str, read: str, at: set[int]) -> None:
    assert differing(expected, read) == at


@given(TEXTS, TEXTS)
def test_only_equal_texts_differ_nowhere(one: str, two: str) -> None:
    assert (differing(one, two) == frozenset()) == (one == two)
    assert differing(one, two) == differing(two, one)


@pytest.mark.parametrize("length", [1, 11, 16, 17, 20, 48])
@pytest.mark.parametrize("room", [(740, 100, False), (640, 100, False), (1200, 200, True)])
def test_any_length_is_shown_whole(
    qtbot: QtBot, make_theme: MakeTheme, length: int, room: tuple[int, int, bool]
) -> None:
    width, percent, low = room
    shown = SerialCompare(make_theme(percent), compare("8" * length, "3" * length), low=low)
    qtbot.addWidget(shown)
    shown.resize(width, shown.heightForWidth(width))
    shown.show()
    assert shown.cut_texts() == []
    assert not shown.grab().isNull()


def test_more_than_sixteen_signs_take_another_line(qtbot: QtBot, theme: Theme) -> None:
    short, long = SerialCompare(theme, compare("1" * 16, "2")), SerialCompare(theme, compare("1" * 17, "2"))
    qtbot.addWidget(short)
    qtbot.addWidget(long)
    assert long.heightForWidth(1000) > 1.8 * short.heightForWidth(1000)


def test_cells_are_of_the_design_where_there_is_room(theme: Theme) -> None:
    shown = SerialCompare(theme, compare("TS-20418856", "TS-20418586"))
    grid = shown._grid(740)
    assert (grid.wide, grid.high, grid.lines) == (44, 64, 1)


def test_what_differs_is_filled_where_it_was_read(qtbot: QtBot, theme: Theme) -> None:
    shown = SerialCompare(theme, compare("AA", "AB"))
    qtbot.addWidget(shown)
    shown.resize(600, shown.heightForWidth(600))
    image = shown.grab().toImage()
    second = round(shown._label_width() + 48)
    assert image.pixelColor(second + 8, 64 + 8 + 6) == theme.color(Role.STOP)
    assert image.pixelColor(second + 8, 6) == theme.color(Role.SURFACE), "only framed where it was expected"
    assert image.pixelColor(second - 48 + 8, 64 + 8 + 6) == theme.color(Role.SURFACE2)


def test_it_is_read_out_whole(theme: Theme) -> None:
    shown = SerialCompare(theme, compare("AA", "AB"))
    assert shown.accessibleName() == "Expected AA, Read AB"
    assert shown.accessibleDescription() == "They differ."
