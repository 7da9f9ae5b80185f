"""Bare keys: GTINs of every length, UPC-E in its four lengths, SSCCs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item import gtin_check_digit
from app.scanning import keys
from app.scanning.faults import Broken, Fault

digits = st.text("0123456789", min_size=7, max_size=13).filter(lambda text: text.strip("0") != "")


@given(body=digits.filter(lambda text: len(text) in {7, 11, 12, 13}))
def test_any_length_becomes_the_same_14_digits(body: str) -> None:
    whole = body + gtin_check_digit(body)
    found = keys.gtin(whole)
    assert found == whole.zfill(14)
    assert found is not None
    assert keys.gtin(found) == found


@given(body=digits.filter(lambda text: len(text) in {7, 11, 12, 13}), step=st.integers(1, 9))
def test_a_wrong_check_digit_is_never_a_gtin(body: str, step: int) -> None:
    wrong = (int(gtin_check_digit(body)) + step) % 10
    assert keys.gtin(f"{body}{wrong}") is None


@pytest.mark.parametrize("length", [8, 12, 13, 14, 18])
def test_zeros_alone_are_nobodys_number(length: int) -> None:
    assert not keys.check_ok("0" * length)
    assert "zeros" in keys.wrong_check("0" * length).expected


def test_the_refusal_names_the_right_check_digit() -> None:
    assert keys.wrong_check("4006381333932").expected.startswith("The check digit should be 1, not 2")


@pytest.mark.parametrize("text", ["", "12a", "\u0664\u0665", "1 2", "-1"])
def test_what_is_not_all_digits(text: str) -> None:
    assert not keys.is_digits(text)


# UPC-E zero suppression, one example for each last digit's rule: number system + 6 + check, and its UPC-A.
UPC_E = [
    ("01234505", "012000003455"),
    ("01234514", "012100003454"),
    ("04252614", "042100005264"),
    ("01234531", "012300000451"),
    ("01234543", "012340000053"),
    ("01234558", "012345000058"),
    ("01234596", "012345000096"),
]


@pytest.mark.parametrize(("short", "long"), UPC_E)
def test_upc_e_is_the_upc_a_it_stands_for(short: str, long: str) -> None:
    assert gtin_check_digit(long[:-1]) == long[-1]
    assert keys.upc_e(short) == long.zfill(14)
    assert keys.upc_e(short[1:-1]) == long.zfill(14)
    assert keys.from_ean_symbol(short)[0] == long.zfill(14)


def test_upc_e_with_a_wrong_check_digit_or_system_is_none() -> None:
    assert keys.upc_e("04252613") is None
    assert keys.upc_e("94252614") is None


@pytest.mark.parametrize(
    ("sent", "gtin"),
    [
        ("4006381333931", "04006381333931"),
        ("0036000291452", "00036000291452"),
        ("036000291452", "00036000291452"),
        ("04006381333931", "04006381333931"),
        ("425261", "00042100005264"),
        ("4252614", "00042100005264"),
        ("96385074", "00000096385074"),
    ],
)
def test_an_ean_symbol_in_every_length_scanners_send(sent: str, gtin: str) -> None:
    assert keys.from_ean_symbol(sent) == (gtin, None)


@pytest.mark.parametrize(
    ("sent", "fault"),
    [
        ("4006381333932", Fault.CHECK_DIGIT),
        ("036000291453", Fault.CHECK_DIGIT),
        ("96385075", Fault.CHECK_DIGIT),
        ("00000000", Fault.CHECK_DIGIT),
        ("40063813339", Fault.LENGTH),
        ("400638133393112", Fault.LENGTH),
        ("12345", Fault.LENGTH),
        ("000000", Fault.UPC_E),
        ("9425261", Fault.UPC_E),
    ],
)
def test_a_broken_ean_symbol(sent: str, fault: Fault) -> None:
    with pytest.raises(Broken) as broken:
        keys.from_ean_symbol(sent)
    assert broken.value.fault is fault


def test_seven_digits_that_fit_two_ways_are_refused_not_guessed() -> None:
    # As 0 + 112233 without check digit, and as 011223 + check digit 3.
    both = next(
        f"0112{n:02}{check}" for n in range(100) for check in range(10) if keys.upc_e(f"00112{n:02}{check}")
    )
    assert keys.upc_e(both) is not None
    with pytest.raises(Broken, match="two ways"):
        keys.from_ean_symbol(both)


def test_eight_digits_can_be_two_things() -> None:
    assert keys.eight_digits("01234565", first_upc=True) == ("00012345000065", "00000001234565")
    assert keys.eight_digits("01234565", first_upc=False) == ("00000001234565", "00012345000065")
    assert keys.eight_digits("96385074", first_upc=True) == ("00000096385074", None)
    assert keys.eight_digits("04252614", first_upc=False) == ("00042100005264", None)
    assert keys.eight_digits("96385075", first_upc=False) is None


@pytest.mark.parametrize(
    ("sent", "main", "add_on"),
    [
        ("978316148410005", "9783161484100", "05"),
        ("978316148410051299", "9783161484100", "51299"),
        ("03600029145205", "036000291452", "05"),
        ("03600029145251299", "036000291452", "51299"),
        ("0425261405", "04252614", "05"),
        ("0425261451299", "04252614", "51299"),
    ],
)
def test_add_ons_are_split_off(sent: str, main: str, add_on: str) -> None:
    assert keys.without_add_on(sent) == (main, add_on)


def test_no_add_on_where_one_was_promised() -> None:
    with pytest.raises(Broken, match="not 9"):
        keys.without_add_on("123456789")


def test_an_ean_8_symbol() -> None:
    assert keys.from_ean8_symbol("96385074") == "00000096385074"
    with pytest.raises(Broken, match="8 digits, not 13"):
        keys.from_ean8_symbol("4006381333931")
    with pytest.raises(Broken, match="should be 4, not 5"):
        keys.from_ean8_symbol("96385075")
