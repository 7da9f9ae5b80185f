from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.documents import label_zpl
from app.documents.bars import symbol
from app.documents.composition import Align, compose
from app.documents.label import BENCH_STOCK, PARCEL_STOCK, LabelStock, UnitLabel
from app.documents.label_zpl import WORLD_FONT, printer_font
from app.domain.refusal import Refused
from tests.app.documents.samples import KETTLE, STOCKS, any_codes, human_codes, labels
from tests.app.documents.zpl_reader import ZplLabel, read

stocks = st.sampled_from(STOCKS)


def printed(label: UnitLabel, stock: LabelStock = BENCH_STOCK) -> ZplLabel:
    return read(label_zpl.render(label, stock))


@given(any_codes, stocks)
@example("~^>_\\|", BENCH_STOCK)
@example("12345678901", BENCH_STOCK)
@example("A12345678", BENCH_STOCK)
@example("1234567A", BENCH_STOCK)
def test_bars_say_the_code_and_stay_inside_the_print_width(code: str, stock: LabelStock) -> None:
    label = printed(replace(KETTLE, code=code), stock)
    (bars,) = label.bars
    assert bars.text == code
    assert (label.width, label.length) == (stock.width_dots, stock.height_dots)
    assert bars.width == symbol(code).modules * bars.module
    assert bars.x >= 10 * bars.module
    assert bars.x + bars.width + 10 * bars.module <= label.width
    assert bars.top + bars.height <= label.length


@given(labels(human_codes), stocks)
def test_a_printer_gets_every_text_where_it_was_laid(label: UnitLabel, stock: LabelStock) -> None:
    laid_out = compose(label, stock, printer_font())
    got = printed(label, stock)
    assert [text.text for text in got.texts] == [line.text for line in laid_out.texts]
    for text, line in zip(got.texts, laid_out.texts, strict=True):
        assert (text.baseline, text.size, text.white) == (line.baseline, line.em, line.white)
        if line.align is Align.LEFT:
            assert (text.x, text.right) == (line.x, None)
        elif text.right is not None:
            assert text.x + text.right == line.x
        else:
            assert text.x <= line.x
    assert [(b.x, b.top, b.width, b.height) for b in got.boxes] == [
        (b.x, b.top, b.width, b.height) for b in laid_out.blocks
    ]


def test_signs_of_the_language_are_escaped_in_texts() -> None:
    data = label_zpl.render(replace(KETTLE, item_name="^XZ ~JA a_b C:\\d >6"), PARCEL_STOCK)
    assert b"^FH^FD_5EXZ _7EJA a_5Fb C:_5Cd >6^FS" in data
    assert "^XZ ~JA a_b C:\\d >6" in [text.text for text in read(data).texts]


def test_a_backslash_at_the_right_is_placed_without_a_block() -> None:
    label = printed(replace(KETTLE, place="R\\03"))
    (place,) = (text for text in label.texts if text.text == "R\\03")
    assert place.right is None
    assert 300 < place.x < 440


@pytest.mark.parametrize(
    ("name", "font"),
    [
        ("Kettle 1.7 L", "0"),
        ("Größe, café, niño", "0"),
        ("Zażółć gęślą jaźń", "0"),
        ("Βραστήρας", WORLD_FONT),
        ("Чайник", WORLD_FONT),
        ("电热水壶", WORLD_FONT),
    ],
)
def test_letters_beyond_font_0_are_set_in_the_world_font(name: str, font: str) -> None:
    (text,) = (
        text for text in printed(replace(KETTLE, item_name=name), PARCEL_STOCK).texts if text.text == name
    )
    assert text.font == font


def test_an_older_printer_can_be_told_its_world_font() -> None:
    data = label_zpl.render(replace(KETTLE, item_name="Чайник"), BENCH_STOCK, world_font="E:TT0003M_.FNT")
    assert ",E:TT0003M_.FNT^FD" in data.decode()


def test_a_letter_that_is_not_listed_counts_wider_than_any_usual_one() -> None:
    font = printer_font()
    assert font.width("Ж", bold=False) > font.width("N", bold=False)
    assert font.width("Kettle Ж", bold=False) > font.width("Kettle", bold=False) * 1.2


def test_marks_are_white_on_black() -> None:
    label = printed(replace(KETTLE, copy=True, training=True))
    assert "TRAINING · COPY" in [text.text for text in label.texts if text.white]
    assert len(label.boxes) == 1
    assert not any(text.white for text in printed(KETTLE).texts)


def test_long_numbers_travel_in_pairs() -> None:
    data = label_zpl.render(replace(KETTLE, code="00384019876543210001"), STOCKS[2])
    assert b"^FD>;00384019876543210001^FS" in data


def test_a_code_too_wide_gives_no_document() -> None:
    with pytest.raises(Refused, match="57 mm"):
        label_zpl.render(replace(KETTLE, code="L07-5521-KX-EXTENDED"), BENCH_STOCK)


@pytest.mark.parametrize(
    "data",
    [
        b"^XA^CI28^PW1^LL1^LH0,0^XZ^XA^XZ",
        b"^XA^CI28^PW1^LL1^LH0,0^FO1,1^A0N,9,9^FDa^XZ",
        b"^XA^CI28^PW1^LL1^LH0,0^FO1,1^A0N,9,9^FDa~b^FS^XZ",
        b"^XA^CI28^PW1^LL1^LH0,0^FO1,1^A0N,9,9^FH^FDa_b^FS^XZ",
        b"^XA^CI28^PW1^LL1^LH0,0^FO1,1^A0N,9,9^BQN,2^FDa^FS^XZ",
        b"^XA^CI28^PW1^LL1^LH0,0^FO1,1^BY2,3,9^BCN,9,N,N,N,N^FD>;12A4^FS^XZ",
        b"^XA^FO1,1^A0N,9,9^FDa^FS^XZ",
    ],
)
def test_the_reader_of_these_tests_refuses_what_is_wrong(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read(data)
