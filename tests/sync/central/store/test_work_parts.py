"""Which units on the shelves the parts of a unit were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.domain.account import Account, Status
from app.domain.place import Virtual
from sync.central.store.work_parts import part_moves
from tests.sync.central.shop import OWNER, Shop
from tests.sync.central.working import Workshop

HELD = Workshop.held("L-1")


def used(shop: Shop, parts: Sequence[dict[str, Any]], site: str | None = "WH1") -> list[tuple[int, Account]]:
    moves = shop.ask(lambda conn: part_moves(conn, HELD, site, parts, "F-1"))
    assert {move.target.location for move in moves} <= {Virtual.CONVERSION}
    assert {move.document for move in moves} <= {"F-1"}
    return [(move.qty, move.source) for move in moves]


def plain(sku: str, place: str, serial: str | None = None) -> Account:
    return Account(OWNER, sku, place, Status.SELLABLE, serial=serial)


def test_parts_of_the_site_are_taken_before_those_of_others(shop: Shop) -> None:
    shop.items("BOX")
    shop.receive({"BOX": 2}, place="WH2-A")
    shop.places("WH2-A")
    shop.receive({"BOX": 2})
    box = {"sku": "BOX", "qty": 1}
    assert used(shop, [box]) == [(1, plain("BOX", "WH1-A"))]
    assert used(shop, [box, box | {"qty": 2}]) == [(2, plain("BOX", "WH1-A")), (1, plain("BOX", "WH2-A"))]
    assert used(shop, [box | {"location": "WH2-A"}]) == [(1, plain("BOX", "WH2-A"))]
    assert used(shop, []) == []


def test_a_part_with_a_serial_is_that_one(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    assert used(shop, [{"sku": "S", "qty": 1, "serial": "s2"}]) == [(1, plain("S", "WH1-A", "s2"))]


def test_a_part_that_no_record_has_was_used_all_the_same(shop: Shop) -> None:
    shop.items("BOX", "LID")
    shop.receive({"BOX": 1})
    assert used(shop, [{"sku": "BOX", "qty": 3}]) == [(3, plain("BOX", "WH1-A"))]
    # Never here before: where the unit stands.
    assert used(shop, [{"sku": "LID", "qty": 1}]) == [(1, plain("LID", "F-01"))]
