"""Packs convert exactly, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.fields import Fields
from app.domain.packs import Pack, pack_of, read_packs, to_base
from app.domain.refusal import Refused

CASE = Pack("CASE", 12)


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_packs_are_whole_units(qty: int, size: int) -> None:
    assert to_base(qty, Pack("P", size)) == qty * size


def test_more_than_can_be_kept_exact_is_refused() -> None:
    with pytest.raises(Refused, match="at most") as no:
        to_base(10**9, Pack("P", 10**9))
    assert no.value.code == "pack.too_many"


def test_a_pack_is_found_by_its_code() -> None:
    assert pack_of([Pack("BOX", 6), CASE], "CASE") == CASE
    with pytest.raises(Refused, match="Known: BOX"):
        pack_of([Pack("BOX", 6)], "CASE")
    with pytest.raises(Refused, match="the item has no packs"):
        pack_of([], "CASE")


def test_packs_are_read_with_their_gtins_as_14_digits() -> None:
    entries = Fields({"packs": [{"code": "CASE", "qty": 12, "gtin": "4006381333931"}]}, "item")
    assert read_packs("K", entries.objects("packs")) == (Pack("CASE", 12, "04006381333931"),)


@pytest.mark.parametrize(
    "pack",
    [
        {"qty": 12},
        {"code": "CASE", "qty": 0},
        {"code": "C", "qty": 10**9 + 1},
        {"code": "C", "qty": 1.5},
        {"code": "C", "qty": 2, "gtin": "4006381333932"},
    ],
)
def test_a_pack_that_cannot_be_read_is_refused(pack: dict[str, object]) -> None:
    with pytest.raises(Refused):
        read_packs("K", [Fields(pack, "pack")])
