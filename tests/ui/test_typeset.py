from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from ui.theme.scale import Scale
from ui.theme.theme import Theme
from ui.theme.tokens import Style, load
from ui.typeset import Face, Piece, Typesetter, pieces, plain, shorten

HINT = "Label L-7204 printed. Put it in tote **F-04**, then scan the desk fan."
BENCH = Face(Style.BENCH)
PARTS = ["scan", "the", "**UNDO**", "fan,", "now.", "a: b", "R-03"]
WORDS = st.lists(st.sampled_from(PARTS), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("scan", (Piece("scan"),)),
        ("scan **UNDO** now", (Piece("scan "), Piece("UNDO", bold=True), Piece(" now"))),
        ("**OK** takes it", (Piece("OK", bold=True), Piece(" takes it"))),
        ("5 ** 3", (Piece("5 ** 3"),)),
        ("", (Piece(""),)),
    ],
)
def test_bold_marks_become_pieces(marked: str, expected: tuple[Piece, ...]) -> None:
    assert pieces(marked) == expected or (marked == "" and plain(marked) == "")


@pytest.mark.parametrize(
    ("room", "expected"),
    [
        (100, HINT),
        (50, "Label L-7204 printed. Put it in tote **F-04**."),
        (30, "Label L-7204 printed."),
        (12, "Label\u2026"),
    ],
)
def test_a_hint_ends_where_a_sentence_or_clause_does(room: int, expected: str) -> None:
    assert shorten(HINT, lambda text: len(plain(text)) <= room) == expected


@given(WORDS, st.integers(1, 60))
def test_what_is_shortened_is_a_beginning_and_never_longer(words: list[str], room: int) -> None:
    text = " ".join(words)
    short = shorten(text, lambda candidate: len(plain(candidate)) <= room)
    kept = plain(short)
    if short != text:
        assert len(kept) <= room
        assert plain(text).startswith(kept.rstrip("\u2026.").rstrip())
    assert short.count("**") % 2 == 0


def test_a_text_that_fits_is_left_alone(theme: Theme) -> None:
    setter = Typesetter(theme)
    setting = setter.fit("Scan the parcel", BENCH, 500)
    assert (setting.shrink, setting.cut) == (1.0, False)


def test_a_text_shrinks_before_it_is_cut(theme: Theme) -> None:
    setter = Typesetter(theme)
    wide = setter.width("Scan the parcel", BENCH)
    shrunk = setter.fit("Scan the parcel", BENCH, wide * 0.85)
    assert 0.75 <= shrunk.shrink < 1.0
    assert not shrunk.cut
    cut = setter.fit("Scan the parcel", BENCH, wide * 0.4)
    assert cut.cut
    assert cut.lines[0][0].text.endswith("\u2026")


@given(st.integers(60, 900), st.integers(1, 6), WORDS)
def test_wrapping_keeps_every_word_in_order(width: int, lines: int, words: list[str]) -> None:
    setter = Typesetter(Theme(load(), dark=False, scale=Scale(100)))
    text = " ".join(words)
    setting = setter.fit(text, BENCH, width, lines)
    if setting.cut:
        return
    joined = " ".join("".join(piece.text for piece in line) for line in setting.lines)
    assert joined.split() == plain(text).split()
    assert len(setting.lines) <= lines
    for line in setting.lines:
        assert setter.width("".join(piece.text for piece in line), BENCH, setting.shrink) <= width + 40


def test_bold_and_its_comma_stay_together(theme: Theme) -> None:
    setter = Typesetter(theme)
    text = "Put it in **R-03**, then scan"
    for width in range(60, 260, 5):
        for line in setter.fit(text, BENCH, width, 6).lines:
            assert not "".join(piece.text for piece in line).startswith(",")


def test_line_breaks_of_the_text_are_kept(theme: Theme) -> None:
    setting = Typesetter(theme).fit("one\ntwo", BENCH, 500, 2)
    assert [line[0].text for line in setting.lines] == ["one", "two"]


def test_drawing_stays_inside_the_box(theme: Theme) -> None:
    setter = Typesetter(theme)
    image = QImage(300, 60, QImage.Format.Format_ARGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    setting = setter.fit("Scan **the** parcel", BENCH, 200)
    setter.draw(painter, setting, BENCH, QRectF(50, 10, 200, 40), QColor("black"))
    painter.end()
    inked = [(x, y) for x in range(300) for y in range(60) if image.pixelColor(x, y).lightness() < 128]
    assert inked
    assert all(50 <= x < 250 and 10 <= y < 50 for x, y in inked)
