"""Every settlement balances, and clears exactly what was claimed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from sync.central.rules.books import Book
from sync.central.rules.consignment import Route
from sync.central.rules.consignment_money import cost_of, require_paid, settled

amounts = st.integers(0, 10**9)


def body(route: str, **more: int) -> dict[str, Any]:
    names = ("cost_minor", "rejected_minor", "net_minor", "tax_minor", "fee_minor")
    return {"route": route, **dict.fromkeys(names, 0), **more}


@given(st.sampled_from(Route), st.tuples(amounts, amounts, amounts, amounts, amounts))
def test_every_settlement_balances(route: Route, money: tuple[int, ...]) -> None:
    cost, rejected, net, tax, fee = money
    lines = settled(
        body(route, cost_minor=cost, rejected_minor=rejected, net_minor=net, tax_minor=tax, fee_minor=fee)
    )
    assert sum(line.minor for line in lines) == 0
    claims = sum(line.minor for line in lines if line.book is Book.VENDOR_CLAIMS)
    assert claims == (-cost if route is Route.VENDOR_RETURN else 0)


def test_a_credit_note_below_and_above_the_cost() -> None:
    def difference(net: int) -> int:
        lines = settled(body("vendor_return", cost_minor=100, rejected_minor=40, net_minor=net))
        return sum(line.minor for line in lines if line.book is Book.CLAIM_DIFFERENCES)

    assert (difference(50), difference(60), difference(75)) == (10, 0, -15)


def test_what_a_buyer_pays_is_income_and_its_tax_is_owed() -> None:
    found = {
        line.book: line.minor
        for line in settled(body("liquidate", cost_minor=90, net_minor=50, tax_minor=10))
    }
    assert (found[Book.RECEIVABLE], found[Book.RECOVERED], found[Book.SALES_TAX]) == (60, -50, -10)


def test_units_cost_their_part_of_what_all_of_them_cost() -> None:
    parts = {"A": (3, 100), "B": (1, 7)}
    assert cost_of(parts, {"A": 1}) == 33
    assert cost_of(parts, {"A": 3, "B": 1}) == 107
    assert cost_of(parts, {"A": 9, "C": 4}) == 100
    assert cost_of({"A": (0, 0)}, {"A": 1}) == 0


def test_nobody_pays_for_gifts_and_rubbish() -> None:
    for route in (Route.DONATE, Route.SCRAP):
        require_paid(route, 0, 0)
        with pytest.raises(Refused):
            require_paid(route, 0, 1)
    for route in (Route.VENDOR_RETURN, Route.LIQUIDATE, Route.RECYCLE):
        require_paid(route, 5, 1)
