import unicodedata
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.lettering import ELLIPSIS, clean, fit, shorten, wrap

widths = st.floats(0.1, 60)
sentences = st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=12).map(" ".join)


@dataclass(frozen=True)
class Typewriter:
    """Every sign is one em wide, so that expectations can be counted."""

    cap: float = 0.7

    def width(self, text: str, *, bold: bool) -> float:
        return len(text) * (1.5 if bold else 1.0)


FACE = Typewriter()


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("  Kettle\t 1.7 L\nsteel ", "Kettle 1.7 L steel"),
        ("Gro\u0308\u00dfe", "Gr\u00f6\u00dfe"),
        ("a\u200bb\u202ec\x00d\x07", "abcd"),
        ("non\u00a0breaking\u2028line", "non breaking line"),
        ("", ""),
    ],
)
def test_clean_gives_one_line_without_hidden_signs(raw: str, line: str) -> None:
    assert clean(raw) == line


@given(st.text(max_size=400))
def test_clean_is_stable_and_bounded(text: str) -> None:
    line = clean(text)
    assert clean(line) == line
    assert len(line) <= 240
    assert not any(unicodedata.category(sign) in {"Cc", "Cf"} for sign in line)


@pytest.mark.parametrize(
    ("ems", "short"),
    [
        (18, "Kettle 1.7 L steel"),
        (17, "Kettle 1.7 L…"),
        (13, "Kettle 1.7 L…"),
        (12, "Kettle 1.7…"),
        (7, "Kettle…"),
        (6, "Kettl…"),
        (1, "…"),
        (0.5, ""),
    ],
)
def test_shortening_ends_at_a_word(ems: float, short: str) -> None:
    assert shorten("Kettle 1.7 L steel", FACE, bold=False, ems=ems) == short


def test_a_long_word_is_cut_rather_than_leaving_half_a_line_empty() -> None:
    assert shorten("A dishwashercutlerybasket", FACE, bold=False, ems=12) == "A dishwashe…"


def test_marks_before_the_ellipsis_go() -> None:
    assert shorten("Kettle, (steel) 1.7", FACE, bold=False, ems=10) == "Kettle…"


@given(sentences, widths, st.booleans())
def test_what_is_shortened_fits_and_begins_alike(text: str, ems: float, bold: bool) -> None:
    short = shorten(text, FACE, bold=bold, ems=ems)
    assert FACE.width(short, bold=bold) <= ems
    assert short == text or not short or (short.endswith(ELLIPSIS) and text.startswith(short[:-1]))


@given(sentences, st.floats(14, 60), st.integers(1, 4))
def test_wrapped_lines_fit_and_keep_the_words_in_order(text: str, ems: float, most: int) -> None:
    lines = wrap(text, FACE, bold=False, ems=ems, most=most)
    assert 1 <= len(lines) <= most
    assert all(FACE.width(line, bold=False) <= ems for line in lines)
    if not lines[-1].endswith(ELLIPSIS):
        assert " ".join(lines) == text


def test_wrap_breaks_between_words_and_shortens_only_the_last_line() -> None:
    assert wrap("one two three four five", FACE, bold=False, ems=9, most=2) == ("one two", "three…")
    assert wrap("", FACE, bold=False, ems=9, most=2) == ()


@given(sentences, st.floats(5, 500), st.floats(1, 40), st.floats(0.3, 1))
def test_fitting_prefers_full_size_then_smaller_then_shorter(
    text: str, room: float, em: float, least: float
) -> None:
    fitted = fit(text, FACE, False, room, em, least=least)
    assert fitted.wide == pytest.approx(FACE.width(fitted.text, bold=False) * fitted.em)
    assert fitted.wide <= room * 1.000001
    assert em * least * 0.999999 <= fitted.em <= em
    if len(text) * em <= room:
        assert (fitted.text, fitted.em) == (text, em)
    elif len(text) * em * least <= room:
        assert fitted.text == text
