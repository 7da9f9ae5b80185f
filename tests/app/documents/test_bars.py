import re
import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from app.documents.bars import QUIET, START_B, module_widths, symbol
from app.domain.refusal import Refused
from tests.app.documents.pictures import codes
from tests.app.documents.samples import human_codes

printable = st.text(string.printable[:95], min_size=1, max_size=40)


def drawn(widths: tuple[int, ...], module: int = 2) -> Image.Image:
    """Bars as anybody would paint them from alternating widths, with quiet zones."""
    picture = Image.new("L", ((sum(widths) + 2 * QUIET) * module, 60), 255)
    pen = ImageDraw.Draw(picture)
    x = QUIET * module
    for number, width in enumerate(widths):
        if number % 2 == 0:
            pen.rectangle((x, 0, x + width * module - 1, 59), fill=0)
        x += width * module
    return picture


@given(printable)
@example("L07-5521-K")
@example("0123456789")
@example("A123456789Z")
@example("12345")
@example("9900")
@example("999999A")
@example("99999999")
@example("~^>_\\")
def test_a_reader_reads_the_code_from_the_widths(code: str) -> None:
    assert codes(drawn(module_widths(code))) == [code]


@given(printable)
def test_widths_and_symbol_agree_on_the_size(code: str) -> None:
    widths = module_widths(code)
    assert sum(widths) == symbol(code).modules
    assert len(widths) % 2 == 1
    assert set(widths) <= {1, 2, 3, 4}


@given(human_codes)
def test_our_own_short_codes_stay_in_one_subset(code: str) -> None:
    longest = max(map(len, re.findall("[0-9]+", code)))
    if longest <= 7:
        assert symbol(code).values == (START_B, *(ord(sign) - 32 for sign in code))


@given(printable)
def test_packing_digits_never_makes_a_code_longer(code: str) -> None:
    assert len(symbol(code).values) <= len(code) + 1


def test_long_numbers_are_packed_in_pairs() -> None:
    assert symbol("00384019876543210001").values == (105, 0, 38, 40, 19, 87, 65, 43, 21, 0, 1)


def test_a_leading_pair_of_nines_is_data() -> None:
    assert symbol("9900").values == (105, 99, 0)


def test_the_check_character_is_the_weighted_sum() -> None:
    # 104 + 1 x 33 (A) + 2 x 34 (B) = 205, and 205 mod 103 = 102.
    assert symbol("AB").check == 102


@pytest.mark.parametrize("code", ["", "Ł", "a\tb", "\u0661"])
def test_what_is_not_printable_ascii_is_refused(code: str) -> None:
    with pytest.raises(Refused) as refused:
        symbol(code)
    assert refused.value.code == "bars.code"
    with pytest.raises(Refused):
        module_widths(code)
