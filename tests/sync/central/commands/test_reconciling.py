"""An external ledger's stock is compared whole or not at all, and changes nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.refusal import Refused
from sync.central.commands.reconciling import Reconciliation, reconcile
from sync.central.rules.outcomes import Missing
from sync.central.store.listing import differences
from sync.central.store.tables import move
from tests.sync.central.shop import OWNER, PLACE, Shop

LINES = [{"sku": "A", "location": PLACE, "qty": 5}, {"sku": "B", "location": PLACE, "qty": 1}]


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.items("A", "B")
    shop.receive({"A": 5, "B": 3})
    return shop


def compare(shop: Shop, **asked: Any) -> Any:
    body = Reconciliation.model_validate({"owner": OWNER, "system": "ERP"} | asked)
    return shop.act(lambda act: reconcile(act, body))


def shown(shop: Shop, number: int, **page: Any) -> Any:
    asked: dict[str, Any] = {"why": None, "cursor": None, "limit": 100} | page
    return shop.ask(lambda conn: differences(conn, number, **asked))


@pytest.mark.parametrize(
    "stock",
    [
        {"lines": LINES},
        {"text": f"sku,location,qty\nA,{PLACE},5\nB,{PLACE},1\n"},
        {"text": f"location;qty;sku\n{PLACE};2;A\n{PLACE};3;A\n{PLACE};1;B\n"},
        {"text": "\n".join(map(json.dumps, LINES)) + "\n"},
    ],
)
def test_every_form_is_compared_alike(stocked: Shop, stock: dict[str, Any]) -> None:
    moves = stocked.ask(lambda conn: conn.scalar(select(func.count()).select_from(move)))
    answer = compare(stocked, **stock)
    assert (answer["compared"], answer["differing"], answer["owner_known"]) == (2, 1, False)
    page = shown(stocked, answer["id"])
    assert page["differences"] == [
        {
            "sku": "B",
            "site": None,
            "location": PLACE,
            "status": None,
            "ours": 3,
            "theirs": 1,
            "difference": 2,
            "why": "quantity",
        }
    ]
    assert stocked.ask(lambda conn: conn.scalar(select(func.count()).select_from(move))) == moves


def test_differences_come_page_by_page_and_by_their_reason(stocked: Shop) -> None:
    lines = [{"sku": sku, "status": "sellable", "qty": 1} for sku in ("A", "X", "Y")]
    number = compare(stocked, lines=lines)["id"]
    first = shown(stocked, number, limit=2)
    assert ([d["sku"] for d in first["differences"]], first["next"]) == (["A", "B"], "2")
    assert [d["sku"] for d in shown(stocked, number, cursor="2")["differences"]] == ["X", "Y"]
    there = shown(stocked, number, why="unknown_there")["differences"]
    assert [(d["sku"], d["ours"], d["theirs"], d["difference"]) for d in there] == [("B", 3, None, 3)]
    with pytest.raises(Missing):
        shown(stocked, number + 1)


def test_another_owners_stock_is_not_compared(stocked: Shop) -> None:
    answer = compare(stocked, owner="BOLT", lines=[{"sku": "A", "site": "WH1", "qty": 0}])
    assert (answer["compared"], answer["differing"]) == (1, 0)


@pytest.mark.parametrize(
    ("stock", "why"),
    [
        ({}, "neither"),
        ({"lines": LINES, "text": "sku,qty\nA,1"}, "Read both"),
        ({"text": "sku,qty\nA,1\nB,1.5\n"}, "Row 3 holds qty"),
        ({"text": "sku,qty\nA,1\nB,1,1\n"}, "Row 3 holds It has 3 cells"),
        ({"text": "sku,qty\nA,9999999999\n"}, "Row 2 holds qty"),
        ({"text": "sku,qty,status\nA,1,rotten\n"}, "Row 2 holds status"),
        ({"text": "sku,qty\n,1\n"}, "Row 2 holds sku"),
        ({"text": '{"sku": "A", "qty": 1}\n{"sku": "B"'}, "Row 2 holds no JSON"),
        ({"text": '{"sku": "A", "qty": true}'}, "Row 1 holds qty"),
        ({"text": '{"sku": "A\\u0000", "qty": 1}'}, "Row 1 holds sku"),
        ({"text": "stock of today"}, "header"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(stocked: Shop, stock: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        compare(stocked, **stock)
    with pytest.raises(Missing):
        shown(stocked, 1)
