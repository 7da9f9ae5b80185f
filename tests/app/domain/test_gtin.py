"""Every GTIN is held against its check digit and becomes 14 digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import gtin14, gtin_check_digit
from app.domain.item import Item
from app.domain.refusal import Refused
from tests.app.domain.examples import gtins

digits = st.text("0123456789", min_size=1)


@pytest.mark.parametrize(
    ("gtin", "as14"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("10614141000415", "10614141000415"),
    ],
)
def test_known_gtins_become_14_digits(gtin: str, as14: str) -> None:
    assert gtin14(gtin) == as14
    assert gtin14(as14) == as14
    assert Item.from_json({"sku": "K", "name": "K", "gtins": [gtin]}).gtins == (as14,)


@given(gtins(), st.data())
def test_every_wrong_digit_of_a_gtin_is_found(gtin: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(gtin) - 1))
    wrong = data.draw(st.sampled_from("0123456789".replace(gtin[place], "")))
    with pytest.raises(Refused, match="check digit") as no:
        gtin14(gtin[:place] + wrong + gtin[place + 1 :])
    assert no.value.code == "gtin.wrong"


@pytest.mark.parametrize(
    "text", ["", "0", "40063813339310", "123456789012345678", "4006381 33931", "٤٠٠٦٣٨١٣٣٣٩٣١"]
)
def test_what_is_no_gtin_is_refused(text: str) -> None:
    with pytest.raises(Refused) as no:
        gtin14(text)
    assert no.value.code == "gtin.wrong"


@given(digits)
def test_leading_zeros_do_not_change_the_check_digit(body: str) -> None:
    assert gtin_check_digit("0" + body) == gtin_check_digit(body)
