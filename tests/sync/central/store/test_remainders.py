"""A credit that is not given after all leaves no customer short of the price of what came back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sync.central.commands import refunds
from sync.central.commands.refunds import CreditAsked, Payout, RefundNote
from sync.central.store.refund_listing import listed
from tests.sync.central.discarding import undo
from tests.sync.central.shop import Shop, open_shop


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as found:
        found.items("A")
        found.receive({"A": 9}, cost_minor=900)
        found.policy()
        yield found


def sold(shop: Shop, qty: int, tax: int = 0) -> str:
    line = {"line": 1, "sku": "A", "qty": qty, "unit_minor": 1000, "tax_minor": tax, "currency": "GBP"}
    shop.order([line], ship="available", customer="c-1")
    return str(shop.authorize({"A": qty}, customer="c-1")["rma"])


def credit(shop: Shop, code: str, net: int) -> str:
    asked = CreditAsked.model_validate({"line": 1, "net_minor": net, "reason": "a mark"})
    made = shop.act(lambda act: refunds.credit(act, code, asked))
    return str(made["refunds"][0]["refund"])  # type: ignore[index]


def owed(shop: Shop) -> list[tuple[str, int, int]]:
    found: Any = shop.ask(lambda conn: listed(conn, None, None, None, 100))
    return [(row["state"], row["qty"], row["payable"]) for row in found["refunds"]]


def rejected(shop: Shop, code: str) -> None:
    shop.act(lambda act: refunds.reject(act, code, RefundNote()))


def test_goods_that_came_while_a_credit_was_asked_for_get_its_part_once_it_is_rejected(shop: Shop) -> None:
    code = sold(shop, 1, tax=200)
    asked = credit(shop, code, 300)
    shop.disposition("A", rma=code, line=1)
    assert owed(shop) == [("due", 0, 360), ("due", 1, 840)]
    rejected(shop, asked)
    assert owed(shop) == [("rejected", 0, 360), ("due", 1, 840), ("due", 0, 360)]


def test_units_that_come_later_have_their_own_part(shop: Shop) -> None:
    code = sold(shop, 3)
    asked = credit(shop, code, 300)
    shop.disposition("A", rma=code, line=1)
    rejected(shop, asked)
    assert owed(shop)[1:] == [("due", 1, 900), ("due", 0, 100)]
    shop.disposition("A", 2, rma=code, line=1, label="L07-2-X")
    assert owed(shop)[3:] == [("due", 2, 2000)]


def test_goods_that_had_come_before_a_credit_are_short_of_nothing(shop: Shop) -> None:
    code = sold(shop, 2)
    shop.disposition("A", rma=code, line=1)
    rejected(shop, credit(shop, code, 300))
    assert owed(shop) == [("due", 1, 1000), ("rejected", 0, 300)]


def test_a_rest_that_is_rejected_stays_so_and_goes_with_its_goods(shop: Shop) -> None:
    code = sold(shop, 2)
    first, second = credit(shop, code, 200), credit(shop, code, 100)
    event_id = shop.disposition("A", rma=code, line=1)
    rejected(shop, first)
    assert owed(shop)[3:] == [("due", 0, 100)]
    rejected(shop, second)
    assert owed(shop)[3:] == [("due", 0, 100), ("due", 0, 50)]
    rejected(shop, f"{code}.4")
    undo(shop, event_id)
    assert [state for state, _, _ in owed(shop)] == [
        "rejected",
        "rejected",
        "withdrawn",
        "rejected",
        "withdrawn",
    ]


def test_a_credit_that_is_reversed_gives_its_part_back_too(shop: Shop) -> None:
    code = sold(shop, 1)
    asked = credit(shop, code, 300)
    shop.disposition("A", rma=code, line=1)
    shop.act(lambda act: refunds.approve(act, asked, RefundNote()))
    shop.act(lambda act: refunds.pay(act, asked, Payout(result="paid")))
    shop.act(lambda act: refunds.reverse(act, asked, RefundNote()))
    assert owed(shop) == [("reversed", 0, 300), ("due", 1, 700), ("due", 0, 300)]


def test_a_rejected_credit_of_units_is_in_nobodys_way(shop: Shop) -> None:
    code = sold(shop, 2)
    asked = CreditAsked.model_validate({"line": 1, "qty": 1, "reason": "kept"})
    shop.act(lambda act: refunds.credit(act, code, asked))
    shop.disposition("A", rma=code, line=1)
    rejected(shop, f"{code}.1")
    assert owed(shop) == [("rejected", 1, 1000), ("due", 1, 1000)]
