"""Quantities in packs become base units exactly, or are refused."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.packing import in_base_units
from sync.central.commands.requests import OrderLine
from tests.sync.central.shop import Shop

TEA = {"sku": "TEA", "name": "Tea", "packs": [{"code": "CARTON", "qty": 12}]}


def line(**more: object) -> OrderLine:
    return OrderLine.model_validate({"line": 1, "sku": "TEA", "qty": 2} | more)


def test_packs_are_counted_in_base_units(shop: Shop) -> None:
    shop.items(TEA)
    asked = [line(pack="CARTON"), line(line=2)]
    found = shop.ask(lambda conn: in_base_units(conn, asked))
    assert [(entry.qty, entry.pack) for entry in found] == [(24, None), (2, None)]


@pytest.mark.parametrize(
    ("more", "code"),
    [({"pack": "BOX"}, "pack.unknown"), ({"pack": "CARTON", "qty": 10**9}, "line.units")],
)
def test_what_is_no_pack_or_too_much_is_refused(shop: Shop, more: dict[str, object], code: str) -> None:
    shop.items(TEA)
    with pytest.raises(Refused) as no:
        shop.ask(lambda conn: in_base_units(conn, [line(**more)]))
    assert no.value.code == code


def test_an_order_in_cartons_claims_pieces(shop: Shop) -> None:
    shop.items(TEA)
    shop.receive({"TEA": 30})
    answer = shop.order([{"line": 1, "sku": "TEA", "qty": 2, "pack": "CARTON"}])
    assert (answer["lines"][0]["qty"], answer["lines"][0]["reserved"]) == (24, 24)
    assert shop.atp("TEA") == 6
