"""Packs convert exactly, or not at all."""

from __future__ import annotations

import pytest

from app.domain.fields import Fields
from app.domain.packs import Pack, pack_of, read_packs
from app.domain.refusal import Refused

CASE = Pack("CASE", 12)


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
