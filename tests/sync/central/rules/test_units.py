"""One word for each unit, and names without their sizes."""

from __future__ import annotations

import pytest

from sync.central.rules.units import base_name, base_unit, part_of


@pytest.mark.parametrize(
    ("written", "unit"),
    [("piece", "piece"), ("PCS", "piece"), ("Stk.", "piece"), (" g ", "gram"), ("ML", "millilitre")],
)
def test_people_write_one_unit_in_many_ways(written: str, unit: str) -> None:
    assert base_unit(written) == unit


@pytest.mark.parametrize(("written", "part"), [("kg", "gram"), ("Litre", "millilitre"), ("cm", "millimetre")])
def test_a_larger_unit_is_counted_in_its_parts(written: str, part: str) -> None:
    assert (base_unit(written), part_of(written)) == (None, part)


@pytest.mark.parametrize("written", ["", "bunch", "ggg"])
def test_an_unknown_unit_is_none(written: str) -> None:
    assert (base_unit(written), part_of(written)) == (None, None)


@pytest.mark.parametrize(
    "name", ["Flour 500 g", "FLOUR 1kg", "Flour  2,5 kg", "500g flour", "Flour 6 x 250 g"]
)
def test_sizes_do_not_make_another_thing(name: str) -> None:
    assert base_name(name) == "flour"


@pytest.mark.parametrize(("name", "base"), [("Kettle B12", "kettle b12"), ("500 g", ""), ("7up", "7up")])
def test_numbers_in_names_stay_names(name: str, base: str) -> None:
    assert base_name(name) == base
