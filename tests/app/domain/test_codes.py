"""Human codes: ISO 7064 MOD 37,36 finds every single wrong sign and nearly every swap of neighbours."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import CodeFamily, HumanCode, check, check_character, family, parse
from app.domain.refusal import Refused

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

codes = st.builds(
    HumanCode, st.sampled_from(CodeFamily), st.text("0123456789", max_size=5), st.integers(0, 10**12 - 1)
)


def valid(text: str) -> bool:
    """The standard's own test, apart from our shapes: the running sum over all signs comes to 1."""
    product = 36
    for sign in text[:-1]:
        total = (product + SIGNS.index(sign)) % 36 or 36
        product = total * 2 % 37
    return (product + SIGNS.index(text[-1])) % 36 == 1


def test_known_check_characters() -> None:
    # The example of the standard's annex, and the two of our own pages.
    assert check_character("A12425GABC1234002") == "M"
    assert str(HumanCode(CodeFamily.UNIT_LABEL, "07", 5521)) == "L07-5521-D"
    assert str(HumanCode(CodeFamily.RMA, "", 10422)) == "R-10422-1"


@given(codes)
def test_codes_round_trip_in_either_case(code: HumanCode) -> None:
    text = str(code)
    assert check(text)
    assert parse(text) == parse(f" {text.lower()}\n") == code
    assert family(text) is code.family
    assert valid(text.replace("-", ""))


@given(st.text(SIGNS, min_size=1, max_size=20))
def test_every_single_substitution_is_found(body: str) -> None:
    text = body + check_character(body)
    for place, right in enumerate(text):
        for wrong in SIGNS.replace(right, ""):
            assert not valid(text[:place] + wrong + text[place + 1 :])


@given(codes)
def test_every_wrong_sign_of_a_code_is_found(code: HumanCode) -> None:
    text = str(code)
    for place, right in enumerate(text):
        for wrong in (SIGNS + "-").replace(right, ""):
            assert not check(text[:place] + wrong + text[place + 1 :])


@pytest.mark.parametrize(("signs", "missed", "swaps"), [(SIGNS[:10], 9, 1620), (SIGNS, 36, 22_680)])
def test_swaps_of_neighbours_are_found_but_for_a_known_few(signs: str, missed: int, swaps: int) -> None:
    # The sign before decides the running product, so that 36 of them stand for every longer beginning.
    cases = [(before, pair) for before in SIGNS for pair in itertools.combinations(signs, 2)]
    assert len(cases) == swaps
    same = [
        case
        for case in cases
        if check_character(case[0] + "".join(case[1]))
        == check_character(case[0] + "".join(reversed(case[1])))
    ]
    assert len(same) == missed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5449000000996",
        "X07-5521-D",
        "L07-5521",
        "L-07-5521-D",
        "L123456-1-A",
        "L\N{ARABIC-INDIC DIGIT ZERO}7-5521-D",  # digits of another script are not digits on a label
        "R-1234567890123-A",
    ],
)
def test_another_shape_is_no_code(text: str) -> None:
    assert family(text) is None
    assert not check(text)
    with pytest.raises(Refused, match=r"L07-5521-D") as no:
        parse(text)
    assert no.value.code == "code.shape"
    assert repr(text) in no.value.read


def test_a_misread_sign_is_refused_with_the_right_one() -> None:
    assert family("L07-5521-E") is CodeFamily.UNIT_LABEL
    with pytest.raises(Refused, match=r"L07-5521-E.*Expected D at the end.*scan the label again") as no:
        parse("l07-5521-e")
    assert no.value.code == "code.check"
