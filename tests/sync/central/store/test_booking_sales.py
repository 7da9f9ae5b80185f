"""Which sale the units of a shipment, of a return and of a return taken back belong to."""

from __future__ import annotations

from app.domain.clock import from_text
from app.domain.event import Event, EventKind
from sync.central.rules.books import Book, Line
from sync.central.store.booking_sales import Sales, read_sales
from sync.central.store.chain import CENTRE
from sync.central.store.journal import Fact
from tests.sync.central.shop import Shop


def fact(kind: str, origin: str = CENTRE, **body: object) -> Fact:
    event = Event("e-1", kind, (), "sam", "s", body=body)
    return Fact(event, origin, from_text("2026-11-22T10:00:00.000Z"))


def read(shop: Shop, told: Fact) -> Sales:
    return shop.ask(lambda conn: read_sales(conn, [told], []))


def test_a_shipment_has_the_lines_it_names_and_a_station_s_word_none(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 5})
    priced = {"unit_minor": 700, "currency": "GBP", "tax_minor": 9}
    shop.order([{"line": 1, "sku": "A", "qty": 3} | priced, {"line": 2, "sku": "B", "qty": 2}])
    shop.ship("o1", lines=[{"line": 1, "qty": 1}])
    lines = [
        {"line": 1, "sku": "A", "qty": 2},
        {"line": 2, "sku": "B", "qty": 2},
        {"line": 9, "sku": "A", "qty": 1},
    ]
    told = fact(EventKind.ORDER_SHIPPED, order="o1", lines=lines)
    first, second = read(shop, told).sold(told)
    assert (first.sale.sku, first.sale.qty, first.qty) == ("A", 1, 2)
    assert first.price is not None
    assert (first.price.unit_minor, first.price.tax_minor, first.price.taxed) == (700, 9, 3)
    assert (second.sale.sku, second.sale.qty, second.price) == ("B", 0, None)
    theirs = fact(EventKind.ORDER_SHIPPED, "5f" * 16, order="o1", lines=lines)
    assert read(shop, theirs).sold(theirs) == []


def test_a_return_has_the_sales_its_line_was_matched_with(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    for day in (3, 4):
        shop.order({"A": 1}, ship="available", customer="c-1", day=day)
    rma = shop.authorize({"A": 2}, customer="c-1")["rma"]
    told = fact(EventKind.RETURN_DISPOSITIONED, rma=rma, line=1, sku="A", qty=2)
    sales = read(shop, told).back(told.event, {})
    assert [(sale.key, sale.out, most) for sale, most in sales] == [((1, 1), 1, 1), ((2, 1), 1, 1)]
    blind = fact(EventKind.RETURN_DISPOSITIONED, rma=None, line=None, sku="A", qty=1)
    assert read(shop, blind).back(blind.event, {}) == []


def test_what_is_taken_back_has_the_sales_of_its_entry(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 1}, ship="available", customer="c-1")
    told = fact(EventKind.RETURN_UNDONE)
    undone = {("ACME", "GBP"): (Line(Book.COST_OF_SALES, -250, "A", -1, (1, 1)),)}
    sales = shop.ask(lambda conn: read_sales(conn, [told], [undone]))
    assert [sale.key for sale, _ in sales.back(told.event, undone)] == [(1, 1)]


def test_units_that_came_before_belong_to_the_first_of_the_sales(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 3}, ship="available", customer="c-1", day=3)
    shop.order({"A": 1}, ship="available", customer="c-1", day=4)
    rma = shop.authorize({"A": 2}, customer="c-1")["rma"]
    shop.disposition("A", rma=rma, line=1)
    told = fact(EventKind.RETURN_DISPOSITIONED, rma=rma, line=1, sku="A", qty=1)
    found = read(shop, told).back(told.event, {})
    assert sorted(most for _, most in found) == [0, 1]
