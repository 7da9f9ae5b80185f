"""What a unit could belong to: open RMA lines that wait, and sales that are still out."""

from __future__ import annotations

from sync.central.rules.candidates import Option
from sync.central.store import return_options
from tests.sync.central.shop import OWNER, Shop


def found(shop: Shop, sku: str, owner: str = OWNER) -> list[tuple[str, int, int]]:
    options = shop.ask(lambda conn: return_options.options(conn, owner, sku))
    return [(option.code, option.line, option.left) for option in options]


def test_open_lines_and_what_is_still_out_of_each_sale(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 1})
    shop.order({"A": 2, "B": 1}, ship="available", customer="c-1", order="o-1")
    shop.order({"A": 1}, ship="available", customer="c-2", order="o-2", day=4)
    shop.order({"A": 1}, ship="later", order="o-3")
    assert found(shop, "A") == [("o-2", 1, 1), ("o-1", 1, 2)]
    rma = shop.authorize({"A": 2}, order="o-1")["rma"]
    assert found(shop, "A") == [(rma, 1, 2), ("o-2", 1, 1)]
    shop.disposition("A", rma=rma, line=1)
    assert found(shop, "A") == [(rma, 1, 1), ("o-2", 1, 1)]
    shop.disposition("A", rma=rma, line=1)
    assert found(shop, "A") == [("o-2", 1, 1)]
    assert found(shop, "A", "OTHER") == []


def test_serials_are_those_that_nobody_brought_back(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    sold = {"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"]}
    shop.order([sold], ship="available", customer="c-1", order="o-1")
    back = {"line": 1, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}
    rma = shop.authorize([back], order="o-1")["rma"]
    options = shop.ask(lambda conn: return_options.options(conn, OWNER, "S"))
    assert [(option.rma, *option.serials) for option in options] == [(True, "s1"), (False, "s2")]
    line = shop.ask(lambda conn: return_options.of_rma(conn, rma, 1))
    assert line is not None
    assert line[1] == Option(rma, 1, 1, rma=True, customer=None, serials=frozenset({"s1"}))
    assert shop.ask(lambda conn: return_options.of_rma(conn, rma, 2)) is None


def test_a_sale_is_found_whether_or_not_anything_of_it_is_left(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-1")
    shop.authorize({"A": 1}, order="o-1")
    sale = shop.ask(lambda conn: return_options.of_sale(conn, "o-1", 1))
    assert sale is not None
    assert (sale[0].shipped, sale[0].returned, sale[1].left) == (1, 1, 0)
    assert shop.ask(lambda conn: return_options.of_sale(conn, "o-1", 2)) is None
