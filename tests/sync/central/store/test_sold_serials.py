"""The serials that a return may bring are those its sale was sent and that are still out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from sync.central.store.sold_serials import expected_serials, out_elsewhere, sharing, sold_on
from sync.central.store.tables import rma
from tests.sync.central.shop import OWNER, Shop


@pytest.fixture
def sold(shop: Shop) -> Shop:
    """Two of S on o-1 with their serials, and one on o-2."""
    shop.policy()
    shop.items({"sku": "S", "name": "S", "tracking": "serial", "value_minor": 250}, "A")
    for order, serials in (("o-1", ["s1", "s2"]), ("o-2", ["s3"])):
        shop.receive({"S": len(serials)}, serials=serials)
        shop.order({"S": len(serials)}, ship="available", customer="c-1", order=order)
    return shop


def expected(shop: Shop, code: str) -> dict[int, tuple[str, ...]]:
    def ask(conn: Any) -> Any:
        document = conn.scalar(select(rma.c.document).where(rma.c.code == code))
        return expected_serials(conn, {code: json.loads(document)}).get(code, {})

    return dict(shop.ask(ask))


def authorized(shop: Shop, order: str = "o-1", **line: Any) -> str:
    asked = {"line": 1, "sku": "S", "qty": 1, "reason": "late"} | line
    return str(shop.authorize([asked], order=order)["rma"])


def test_a_line_that_names_all_of_its_serials_awaits_those(sold: Shop) -> None:
    assert expected(sold, authorized(sold, serials=["s2"])) == {1: ("s2",)}


def test_what_another_return_names_or_brought_is_not_awaited(sold: Shop) -> None:
    first, second = authorized(sold), authorized(sold)
    assert (expected(sold, first), sold.ask(lambda conn: sharing(conn, [first]))) == (
        {1: ("s1", "s2")},
        [second],
    )
    came = sold.disposition("S", rma=first, line=1, serial="s2")
    assert (expected(sold, first), expected(sold, second)) == ({1: ("s1", "s2")}, {1: ("s1",)})
    sold.at_station("return.undone", corrects=came, undoes="return.dispositioned")
    assert expected(sold, second) == {1: ("s1", "s2")}


def test_nobody_knows_what_may_come_of_units_without_serials(sold: Shop) -> None:
    sold.receive({"A": 1})
    sold.order({"A": 1}, ship="available", customer="c-1", order="o-3")
    code = str(sold.authorize({"A": 1}, order="o-3")["rma"])
    assert (expected(sold, code), sold.ask(lambda conn: sharing(conn, [code]))) == ({}, [])


def test_the_order_of_a_serial_is_told(sold: Shop) -> None:
    def told(owner: str, serial: str) -> str | None:
        return sold.ask(lambda conn: sold_on(conn, owner, "S", serial))

    assert [told(OWNER, "s3"), told(OWNER, "s9"), told("OTHER", "s3")] == ["o-2", None, None]


def test_a_unit_is_out_with_the_order_it_left_with_last(sold: Shop) -> None:
    code = authorized(sold)

    def out(serial: str, of: str = code) -> bool:
        return bool(sold.ask(lambda conn: out_elsewhere(conn, of, OWNER, ("S", serial), 1 << 62)))

    # Of its own sale, and of no sale, it is with nobody else.
    assert [out(serial) for serial in ("s1", "s3", "s9")] == [False, True, False]
    assert out("s1", "R-9")
    other = authorized(sold, "o-2")
    assert not out("s3", other)
    assert out("s3")
