from __future__ import annotations

from importlib.resources import files

import pytest

from ui.theme.tokens import Role, Style, TokenError, Tokens, load, parse

TEXT = (files("resources.theme") / "tokens.toml").read_text(encoding="utf-8")


def test_the_shipped_tokens_are_whole() -> None:
    tokens = load()
    assert set(tokens.light) == set(tokens.dark) == set(Role)
    assert set(tokens.text) == set(Style)
    assert (tokens.frame.top_bar, tokens.frame.band, tokens.frame.foot) == ((56, 88), (96, 160), (64, 104))
    assert tokens.frame.headline_x[0] == 128


def test_tokens_cannot_be_changed(tokens: Tokens) -> None:
    with pytest.raises(TypeError):
        tokens.light[Role.ASK] = "#000000"  # type: ignore[index]
    with pytest.raises(AttributeError):
        tokens.family = "Serif"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("version = 1", "version = 2", "version 2"),
        ('ask = "#0B57D0"', 'ask = "#0b57d0"', "ask = '#0b57d0'"),
        ('ask = "#0B57D0"', 'asks = "#0B57D0"', "lacks ask"),
        ('ink = "#14181D"', 'ink = "#14181D"\nblot = "#000000"', "unknown blot"),
        ("headline = [40, 48, 700, -0.6]", "headline = [40, 38, 700, -0.6]", "headline"),
        ("headline = [40, 48, 700, -0.6]", "headline = [40, 48, 650, -0.6]", "headline"),
        ("top_bar = [56, 88]", "top_bar = [88, 56]", "top_bar"),
        ("page = 16", "page = 16.5", "page = 16.5"),
        ("stop_frame = 6", "stop_frame = 0", "stop_frame = 0"),
        ("ok = [1, 80, 1200, 0]", "ok = [1, 80, 1200, 7]", "[tone] ok"),
        ('tick = "M5 12.5l4.5 4.5L19 7.5"', 'tick = "<script/>"', "tick is not a path"),
        ("[radius]", "[radii]", "[radius] is missing"),
        ("version = 1", "version = ", "not TOML"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(was: str, becomes: str, said: str) -> None:
    assert was in TEXT
    with pytest.raises(TokenError) as refused:
        parse(TEXT.replace(was, becomes, 1))
    assert said in str(refused.value)
