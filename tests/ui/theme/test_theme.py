from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import MakeTheme
from ui.theme.theme import ThemeChoice, is_dark
from ui.theme.tokens import Role, Style


@pytest.mark.parametrize(
    ("choice", "desktop", "dark"),
    [
        (ThemeChoice.LIGHT, Qt.ColorScheme.Dark, False),
        (ThemeChoice.DARK, Qt.ColorScheme.Light, True),
        (ThemeChoice.SYSTEM, Qt.ColorScheme.Dark, True),
        (ThemeChoice.SYSTEM, Qt.ColorScheme.Light, False),
        (ThemeChoice.SYSTEM, Qt.ColorScheme.Unknown, False),
    ],
)
def test_the_desktop_is_followed_only_where_it_says_something(
    choice: ThemeChoice, desktop: Qt.ColorScheme, dark: bool
) -> None:
    assert is_dark(choice, desktop) is dark


def test_a_theme_draws_its_own_colours(make_theme: MakeTheme) -> None:
    assert make_theme().color(Role.ASK).name() == "#0b57d0"
    assert make_theme(dark=True).color(Role.ASK).name() == "#8ab4f8"


def test_softening_keeps_texts_and_icons(make_theme: MakeTheme) -> None:
    theme = make_theme(200)
    soft = theme.softened()
    assert soft.icons is theme.icons
    assert soft.line_height(Style.LINE) == theme.line_height(Style.LINE)
    assert soft.scale.size(100) < theme.scale.size(100)
    assert soft.softened() is soft


def test_widths_are_remembered_and_the_memory_has_an_end(make_theme: MakeTheme) -> None:
    theme = make_theme()
    wide = theme.advance("Scan the parcel", Style.LINE)
    assert theme.advance("Scan the parcel", Style.LINE) == wide
    assert theme.advance("Scan the parcel", Style.LINE, shrink=0.5) < wide
    for number in range(10_000):
        theme.advance(str(number), Style.LINE)
    assert len(theme._advances) <= 4096
    assert theme.advance("Scan the parcel", Style.LINE) == wide


def test_what_follows_from_a_theme_is_made_once_and_kept_for_a_while(make_theme: MakeTheme) -> None:
    theme, made = make_theme(), list[int]()

    def make() -> int:
        made.append(1)
        return len(made)

    assert [theme.kept("some", make), theme.kept("some", make), theme.kept("other", make)] == [1, 1, 2]
    for number in range(5000):
        theme.kept(number, lambda: 9)
    assert theme.kept("some", make) == 3


def test_the_soft_theme_is_made_once(make_theme: MakeTheme) -> None:
    theme = make_theme()
    assert theme.softened() is theme.softened()
    assert theme.softened().softened() is theme.softened()
