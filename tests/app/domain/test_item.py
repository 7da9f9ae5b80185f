"""Items travel whole, old documents are still read, and what does not fit is refused by its field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import gtin14
from app.domain.item import Component, Dimensions, Item, Tracking
from app.domain.packs import Pack
from app.domain.refusal import Refused
from tests.app.domain.examples import gtins

texts = st.text(min_size=1)
pairs = st.dictionaries(texts, texts, max_size=3).map(lambda found: tuple(sorted(found.items())))
packs = st.lists(
    st.builds(Pack, texts, st.integers(1, 99), st.none() | gtins().map(gtin14)),
    max_size=3,
    unique_by=lambda pack: pack.code,
).map(tuple)
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
    packs=packs,
    attributes=pairs,
    weight_g=st.none() | st.integers(0, 10**9),
    dimensions_mm=st.none() | st.builds(Dimensions, *[st.integers(1, 10**6)] * 3),
    shelf_life_days=st.none() | st.integers(0, 1000),
    min_remaining_days=st.none() | st.integers(0, 1000),
    min_order_qty=st.none() | st.integers(1, 1000),
    restricted_regions=st.lists(st.sampled_from(["GB", "US-AK", "DE"]), unique=True).map(tuple),
    external_ids=pairs,
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


def test_an_item_that_says_nothing_new_is_written_as_before() -> None:
    assert set(Item("K-17", "Kettle").to_json()) == {
        *("sku", "name", "gtins", "unit", "tracking", "category", "value_minor", "currency"),
        *("hazardous", "returnable", "kit"),
    }


def test_barcodes_are_those_of_the_item_and_of_its_packs_each_once() -> None:
    packs = (Pack("CASE", 12, "10614141000415"), Pack("BOX", 6), Pack("SAME", 1, "04006381333931"))
    item = Item("K-17", "Kettle", gtins=("04006381333931",), packs=packs)
    assert item.barcodes == ("04006381333931", "10614141000415")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("packs", [{"code": "CASE", "qty": 12}, {"code": "CASE", "qty": 6}]),
        ("packs", [{"code": "CASE"}]),
        ("packs", "CASE=12"),
        ("attributes", ["red"]),
        ("attributes", {"colour": 5}),
        ("attributes", {"colour": ""}),
        ("external_ids", {"": "4711"}),
        ("weight_g", -1),
        ("weight_g", 1.5),
        ("weight_g", 10**9 + 1),
        ("dimensions_mm", {"length": 1, "width": 2}),
        ("dimensions_mm", {"length": 0, "width": 2, "height": 3}),
        ("dimensions_mm", [1, 2, 3]),
        ("shelf_life_days", "30"),
        ("min_order_qty", 0),
        ("substitutes", ["K-17"]),
        ("substitutes", ["A", "A"]),
        ("substitutes", [""]),
        ("restricted_regions", ["Great Britain"]),
    ],
)
def test_what_does_not_fit_is_refused(field: str, value: object) -> None:
    with pytest.raises(Refused, match=field.removesuffix("s")):
        Item.from_json({"sku": "K-17", "name": "Kettle", field: value})


def test_null_says_nothing() -> None:
    names = ("packs", "attributes", "weight_g", "dimensions_mm", "substitutes", "restricted_regions")
    item = Item.from_json(
        {"sku": "K-17", "name": "Kettle", "substitutes": ["K-18"]} | dict.fromkeys(names[:4])
    )
    assert item == Item("K-17", "Kettle", substitutes=("K-18",))
    assert Item.from_json({"sku": "K", "name": "K"} | dict.fromkeys(names)) == Item("K", "K")
