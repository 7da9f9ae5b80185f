"""Named texts and regions: read whole or refused by field."""

from __future__ import annotations

import pytest

from app.domain.attributes import is_region, read_pairs, read_regions
from app.domain.fields import Fields
from app.domain.refusal import Refused


def test_pairs_come_in_the_order_of_their_names() -> None:
    f = Fields({"attributes": {"size": "L", "colour": "red"}}, "item")
    assert read_pairs(f, "attributes") == (("colour", "red"), ("size", "L"))
    assert read_pairs(f, "external_ids") == ()


@pytest.mark.parametrize("value", [[], "x", {"a": None}, {"a": ""}, {"": "a"}, {"a": {}}])
def test_what_is_no_object_of_texts_is_refused(value: object) -> None:
    with pytest.raises(Refused, match="object of texts"):
        read_pairs(Fields({"attributes": value}, "item"), "attributes")


@pytest.mark.parametrize("text", ["GB", "US-AK", "DE-BY", "FR-75", "GB-ENG"])
def test_countries_and_their_parts_are_regions(text: str) -> None:
    assert is_region(text)
    assert read_regions(Fields({"r": [text, text]}, "item"), "r") == (text,)


@pytest.mark.parametrize("text", ["", "gb", "GBR", "US-", "US-ALASKA", "US AK"])
def test_other_texts_are_not(text: str) -> None:
    assert not is_region(text)
    with pytest.raises(Refused, match="such as GB"):
        read_regions(Fields({"r": [text]}, "item"), "r")
