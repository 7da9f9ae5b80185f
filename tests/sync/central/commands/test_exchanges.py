"""A replacement is reserved with its return, blocked until the old unit pays for it, booked to the cent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.exchanges_asked import ReplacementPayment
from sync.central.commands.replacement_payments import pay
from sync.central.store.told import of_order
from tests.sync.central.exchanging import ADVANCE, EXCHANGE, Exchanging, open_exchanging


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_exchanging(tmp_path, url) as found:
        yield found


def test_an_exchange_is_reserved_at_once_and_leaves_when_the_old_unit_is_good(shop: Exchanging) -> None:
    shop.sold()
    answer = shop.wants(EXCHANGE)
    rma, found = answer["rma"], answer["lines"][0]["replacement"]
    order = found["order"]
    assert (found["state"], found["lines"][0]["reserved"], found["unit_minor"], found["tax_minor"]) == (
        "held",
        1,
        1000,
        200,
    )
    shown = shop.shown(order)
    assert (shown["block"], shown["customer"], shown["channel"]) == ("exchange", "c-1", "web")
    assert shown["replaces"] == {"rma": rma, "line": 1, "kind": "exchange", "state": "held"}
    assert (f"order:{order}", "A", 1) in shop.claims()
    assert shop.money() == {"Receivable": 1200, "Sales": -1000, "SalesTax": -200}
    shop.back(rma)
    # The sale ships what is there at once, and so does what replaces it.
    assert (shop.state(rma), shop.line(order)) == ("released", (0, 1, 0, 0))
    assert shop.money() == {"Receivable": 1200, "Sales": -2000, "SalesTax": -200, "SalesReturns": 1000}
    (refund,) = shop.refunds()
    assert (refund["state"], refund["payable"], refund["settled"], refund["owing"]) == ("paid", 0, 1200, 0)


def test_another_item_at_its_own_price_pays_back_what_is_left_or_is_owed(shop: Exchanging) -> None:
    shop.sold(2)
    dearer = {"sku": "L", "unit_minor": 1500, "tax_minor": 300, "currency": "GBP"}
    rma = shop.wants(EXCHANGE | dearer)["rma"]
    shop.back(rma)
    (first,) = shop.refunds()
    assert (first["payable"], first["settled"], first["owing"], first["state"]) == (0, 1200, 600, "paid")
    cheaper = {"sku": "L", "unit_minor": 600, "tax_minor": 120, "currency": "GBP"}
    other = shop.wants(EXCHANGE | cheaper)["rma"]
    shop.back(other)
    second = shop.refunds()[1]
    assert (second["payable"], second["settled"], second["owing"], second["state"]) == (480, 720, 0, "posted")
    # What the customer owes beside the sale of 24.00 is 6.00, and what is dearer waits for it; 4.80 go back.
    assert (shop.state(rma), shop.state(other)) == ("held", "released")
    asked = ReplacementPayment.model_validate({"minor": 600, "currency": "GBP"})
    shop.act(lambda act: pay(act, rma, 1, asked))
    # The exchanges are even.
    assert shop.money() == {
        "Payouts": 600,
        "Receivable": 2400,
        "RefundsDue": -480,
        "Sales": -4100,
        "SalesReturns": 2000,
        "SalesTax": -420,
    }


def test_an_advance_leaves_at_once_and_what_comes_back_pays_for_it(shop: Exchanging) -> None:
    shop.sold()
    answer = shop.wants(ADVANCE)
    order = answer["lines"][0]["replacement"]["order"]
    assert shop.line(order) == (0, 1, 0, 0)
    assert shop.money()["Exchanges"] == 1200
    assert shop.state(answer["rma"]) == "advanced"
    assert shop.replacement(answer["rma"])["owed_minor"] == 1200
    event_id = shop.back(answer["rma"])
    assert shop.state(answer["rma"]) == "settled"
    assert "Exchanges" not in shop.money()
    shop.undone(event_id)
    assert shop.state(answer["rma"]) == "advanced"
    assert shop.money()["Exchanges"] == 1200
    assert shop.cases() == []


def test_an_order_of_its_own_leaves_as_its_sale_did_and_waits_when_nothing_is_there(shop: Exchanging) -> None:
    shop.sold(ship="later")
    shop.order({"A": 8})
    answer = shop.wants(EXCHANGE)
    found = answer["lines"][0]["replacement"]
    assert (found["lines"][0]["reserved"], found["lines"][0]["backordered"]) == (0, 1)
    # What comes back is put on the shelf and is what the released order gets.
    shop.back(answer["rma"])
    assert (shop.state(answer["rma"]), shop.line(found["order"])) == ("released", (1, 0, 0, 0))


def test_a_line_of_several_units_waits_for_all_of_them_and_every_cent_is_split(shop: Exchanging) -> None:
    shop.sold(3)
    price = {"sku": "L", "unit_minor": 1000, "tax_minor": 500, "currency": "GBP"}
    answer = shop.wants(EXCHANGE | price, qty=3)
    rma, order = answer["rma"], answer["lines"][0]["replacement"]["order"]
    shop.back(rma)
    shop.back(rma)
    assert (shop.state(rma), shop.shown(order)["block"], shop.line(order)[0]) == ("held", "exchange", 3)
    shop.back(rma)
    assert (shop.state(rma), shop.line(order)) == ("released", (0, 3, 0, 0))
    assert [entry["payable"] for entry in shop.refunds()] == [33, 34, 33]
    assert "Exchanges" not in shop.money()
    # Nothing more is to be paid for; another unit would be refunded like any other.
    assert shop.replacement(rma)["owed_minor"] == 0


def test_why_and_the_timeline_say_what_it_replaces(shop: Exchanging) -> None:
    shop.sold()
    answer = shop.wants(EXCHANGE)
    order = answer["lines"][0]["replacement"]["order"]
    why: Any = shop.ask(lambda conn: of_order(conn, order))
    assert [entry["kind"] for entry in why["decisions"]] == ["captured", "replaces", "blocked"]
    assert why["decisions"][1]["why"][0] == (
        f"The order replaces what comes back on line 1 of return {answer['rma']}: 1 of A."
    )
    assert [entry["state"] for entry in shop.replacement(answer["rma"])["steps"]] == ["held"]


@pytest.mark.parametrize(
    ("instead", "code"),
    [
        ({"sku": "L"}, "exchange.price"),
        ({"sku": "L", "unit_minor": 900, "currency": "EUR"}, "exchange.currency"),
    ],
)
def test_a_replacement_needs_a_price_in_the_currency_of_the_sale(
    shop: Exchanging, instead: dict[str, Any], code: str
) -> None:
    shop.sold()
    with pytest.raises(Refused) as no:
        shop.wants(EXCHANGE | instead)
    assert no.value.code == code


def test_sales_without_a_price_or_at_several_are_not_replaced_unasked(shop: Exchanging) -> None:
    shop.order([{"line": 1, "sku": "A", "qty": 1}], ship="available", customer="c-1")
    with pytest.raises(Refused) as no:
        shop.wants(EXCHANGE)
    assert no.value.code == "exchange.no_price"
    for unit_minor in (700, 800):
        line = {"line": 1, "sku": "L", "qty": 1, "unit_minor": unit_minor, "currency": "GBP"}
        shop.order([line], ship="available", customer="c-2")
    asked: dict[str, Any] = {"line": 1, "sku": "L", "qty": 2, "reason": "late", "instead": EXCHANGE}
    with pytest.raises(Refused) as several:
        shop.authorize([asked], customer="c-2")
    assert several.value.code == "exchange.price"
    named = asked | {"instead": EXCHANGE | {"unit_minor": 750}}
    assert shop.authorize([named], customer="c-2")["lines"][0]["replacement"]["currency"] == "GBP"


def test_only_what_is_authorized_is_replaced_and_a_taken_code_is_passed_over(shop: Exchanging) -> None:
    shop.sold(order="o-1")
    shop.order({"A": 1}, order="R-77.X1")
    price = EXCHANGE | {"unit_minor": 1000, "tax_minor": 600}
    line = {"line": 1, "sku": "A", "qty": 3, "reason": "late", "instead": price}
    answer = shop.authorize([line], order="o-1", rma="R-77")
    found = answer["lines"][0]["replacement"]
    assert (found["order"], found["lines"][0]["qty"], found["tax_minor"]) == ("R-77.X1-2", 1, 200)
    nothing = shop.authorize([line], customer="nobody")
    assert (nothing["rma"], nothing["lines"][0]["replacement"]) == (None, None)
