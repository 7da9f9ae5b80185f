"""Items travel whole, and every GTIN is held against its check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item import Component, Item, Tracking, gtin14, gtin_check_digit
from app.domain.refusal import Refused

digits = st.text("0123456789", min_size=1)


@st.composite
def gtins(draw: st.DrawFn) -> str:
    body = draw(
        st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
    )
    return body + gtin_check_digit(body)


items = st.builds(
    Item,
    sku=st.text(min_size=1),
    name=st.text(min_size=1),
    gtins=st.lists(gtins().map(gtin14)).map(tuple),
    unit=st.sampled_from(["piece", "gram"]),
    tracking=st.sampled_from(Tracking),
    category=st.sampled_from(["default", "toys"]),
    value_minor=st.integers(0, 10**9),
    currency=st.sampled_from(["GBP", "EUR"]),
    hazardous=st.booleans(),
    returnable=st.booleans(),
    kit=st.lists(st.builds(Component, st.text(min_size=1), st.integers(1, 99)), max_size=3).map(tuple),
)


@given(items)
def test_items_round_trip(item: Item) -> None:
    assert Item.from_json(item.to_json()) == item


def test_what_is_left_out_has_its_default() -> None:
    assert Item.from_json({"sku": "K-17", "name": "Kettle"}) == Item("K-17", "Kettle")


@pytest.mark.parametrize(
    ("tracking", "serial"),
    [(Tracking.NONE, False), (Tracking.LOT, False), (Tracking.SERIAL, True), (Tracking.LOT_AND_SERIAL, True)],
)
def test_tracking_says_whether_units_have_serials(tracking: Tracking, serial: bool) -> None:
    assert Item("K-17", "Kettle", tracking=tracking).has_serial is serial


def test_a_kit_is_made_of_components() -> None:
    assert not Item("K-17", "Kettle").is_kit
    assert Item("K-99", "Tea set", kit=(Component("K-17", 1),)).is_kit


@pytest.mark.parametrize("missing", ["sku", "name"])
def test_an_item_needs_sku_and_name(missing: str) -> None:
    record = Item("K-17", "Kettle").to_json()
    del record[missing]
    with pytest.raises(Refused, match=f"item: field '{missing}' holds nothing"):
        Item.from_json(record)


def test_an_unknown_tracking_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refused, match=r"Item K-17: read the tracking 'colour'.*none, lot, serial") as no:
        Item.from_json({"sku": "K-17", "name": "Kettle", "tracking": "colour"})
    assert no.value.code == "item.tracking"


@pytest.mark.parametrize("kit", [[{"sku": "K-17"}], [{"sku": "K-17", "qty": 0}], ["K-17"]])
def test_a_component_needs_its_quantity(kit: list[object]) -> None:
    with pytest.raises(Refused):
        Item.from_json({"sku": "K-99", "name": "Tea set", "kit": kit})


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
