"""A return authorizes what was sold and not returned yet; the rest is blind."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from app.domain.refusal import Refused
from app.domain.returns import Rma
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.return_sheets import document
from tests.sync.central.shop import Shop


def sell(shop: Shop, sku: str, qty: int, day: int, customer: str = "c-1") -> str:
    return str(shop.order({sku: qty}, ship="available", customer=customer, day=day)["order"])


def line(answer: dict[str, Any], number: int = 1) -> tuple[int, int, list[tuple[str, int]]]:
    found = answer["lines"][number - 1]
    return found["authorized"], found["blind"], [(m["order"], m["qty"]) for m in found["matches"]]


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    shop.items("A", "B", {"sku": "S", "name": "S", "tracking": "serial"})
    shop.receive({"A": 50, "B": 50})
    shop.receive({"S": 3}, serials=["s1", "s2", "s3"])
    return shop


def test_the_most_recent_sales_are_matched_first(stocked: Shop) -> None:
    older, newer = sell(stocked, "A", 3, day=3), sell(stocked, "A", 2, day=5)
    answer = stocked.authorize({"A": 4}, customer="c-1")
    assert line(answer) == (4, 0, [(newer, 2), (older, 2)])
    assert answer["lines"][0]["order"] == newer
    again = stocked.authorize({"A": 4}, customer="c-1")
    assert line(again) == (1, 3, [(older, 1)])
    assert line(stocked.authorize({"A": 1}, customer="c-1")) == (0, 1, [])


def test_no_stock_moves_and_no_promise_changes(stocked: Shop) -> None:
    sell(stocked, "A", 3, day=3)
    before = stocked.free("A")
    stocked.authorize({"A": 3}, customer="c-1")
    assert stocked.free("A") == before


def test_two_lines_of_one_item_share_the_sale(stocked: Shop) -> None:
    sell(stocked, "A", 3, day=3)
    lines = [{"line": n, "sku": "A", "qty": 2, "reason": "late"} for n in (1, 2)]
    answer = stocked.authorize(lines, customer="c-1")
    assert (line(answer, 1)[:2], line(answer, 2)[:2]) == ((2, 0), (1, 1))


def test_somebody_elses_or_a_later_sale_is_not_taken_back(stocked: Shop) -> None:
    sell(stocked, "A", 3, day=3, customer="c-2")
    sell(stocked, "A", 3, day=8)
    answer = stocked.authorize({"A": 1, "B": 1}, customer="c-1", day=6)
    assert (answer["rma"], line(answer, 1)[:2], line(answer, 2)[:2]) == (None, (0, 1), (0, 1))


def test_only_what_was_shipped_comes_back(stocked: Shop) -> None:
    stocked.order({"A": 3}, customer="c-1")
    nothing = stocked.authorize({"A": 1}, customer="c-1")
    assert nothing["rma"] is None
    assert "customer c-1 has no sold unit that may still come back" in nothing["why"]
    stocked.ship("o1", lines=[{"line": 1, "qty": 2}])
    later = "2026-12-01T00:00:00Z"
    assert line(stocked.authorize({"A": 3}, customer="c-1", at=later))[:2] == (2, 1)


def test_a_return_of_one_order_matches_that_order(stocked: Shop) -> None:
    older, newer = sell(stocked, "A", 3, day=3), sell(stocked, "A", 2, day=5)
    answer = stocked.authorize({"A": 4}, order=older)
    assert line(answer) == (3, 1, [(older, 3)])
    assert line(stocked.authorize({"A": 4}, customer="c-1")) == (2, 2, [(newer, 2)])
    with pytest.raises(Missing):
        stocked.authorize({"A": 1}, order="o99")


def test_the_rma_is_published_as_it_travels(stocked: Shop) -> None:
    stocked.policy("3")
    sold = sell(stocked, "A", 3, day=3)
    answer = stocked.authorize({"A": 2, "B": 1}, customer="c-1", tracking=["JD1"], site="WH1")
    code = answer["rma"]
    published = stocked.ask(lambda conn: document(conn, code)) or {}
    record = Rma.from_json(published)
    assert (record.code, record.order, record.tracking, record.site, record.policy_ver) == (
        code,
        sold,
        ("JD1",),
        "WH1",
        "3",
    )
    assert [(entry.line, entry.sku, entry.qty, entry.reason) for entry in record.lines] == [
        (1, "A", 2, "late")
    ]
    assert (published["done"], published["state"]) == ([], "open")
    shown = stocked.ask(lambda conn: rma_document(conn, code))
    assert (shown["rma"], shown["lines"]) != (None, None)


def test_sales_of_several_orders_leave_the_rma_without_one(stocked: Shop) -> None:
    sell(stocked, "A", 1, day=3)
    sell(stocked, "A", 1, day=4)
    code = stocked.authorize({"A": 2}, customer="c-1")["rma"]
    assert (stocked.ask(lambda conn: document(conn, code)) or {})["order"] is None


def test_a_serial_goes_back_to_the_order_it_left_on(stocked: Shop) -> None:
    first = stocked.order(
        [{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}], ship="available", customer="c-1"
    )
    sell(stocked, "S", 1, day=5)
    lines = [{"line": 1, "sku": "S", "qty": 2, "reason": "late", "serials": ["s1", "s9"]}]
    answer = stocked.authorize(lines, customer="c-1")
    assert line(answer) == (1, 1, [(first["order"], 1)])
    record = Rma.from_json(stocked.ask(lambda conn: document(conn, answer["rma"])))
    assert record.lines[0].serials == ("s1",)
    assert stocked.authorize(lines, customer="c-1")["rma"] is None


def test_a_serial_that_came_back_leaves_again_and_comes_back_again(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    shop.policy()
    shop.receive({"S": 1}, serials=["s1"])
    order = shop.order({"S": 2}, ship="available", customer="c-1")["order"]
    lines = [{"line": 1, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}]
    later = "2026-12-01T00:00:00Z"
    for _ in range(2):
        answer = shop.authorize(lines, customer="c-1", at=later)
        assert line(answer) == (1, 0, [(order, 1)])
        record = Rma.from_json(shop.ask(partial(document, code=answer["rma"])))
        assert record.lines[0].serials == ("s1",)
        # Back on the shelf it fills what the very same order still waits for, once.
        shop.disposition("S", serial="s1", rma=answer["rma"], line=1)
        assert shop.line(order) == (0, 2, 0, 0)
    assert shop.authorize(lines, customer="c-1", at=later)["rma"] is None
    assert shop.cases() == []


def test_a_given_code_is_kept_and_a_taken_one_refused(stocked: Shop) -> None:
    sell(stocked, "A", 3, day=3)
    assert stocked.authorize({"A": 1}, customer="c-1", rma="SHOP-1")["rma"] == "SHOP-1"
    with pytest.raises(Conflict):
        stocked.authorize({"A": 1}, customer="c-1", rma="SHOP-1")
    assert line(stocked.authorize({"A": 3}, customer="c-1"))[0] == 2


@pytest.mark.parametrize(
    ("lines", "more", "code"),
    [
        ([{"line": 1, "sku": "A", "qty": 1, "reason": "late"}], {}, "return.no_customer"),
        ([{"line": 1, "sku": "A", "qty": 1, "reason": "late"}] * 2, {"customer": "c-1"}, "lines.numbers"),
        (
            [{"line": 1, "sku": "A", "qty": 1, "reason": "late", "serials": ["a", "b"]}],
            {"customer": "c-1"},
            "return.serials",
        ),
    ],
)
def test_what_cannot_be_matched_at_all_is_refused(
    stocked: Shop, lines: list[Any], more: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as no:
        stocked.authorize(lines, **more)
    assert no.value.code == code


def test_an_rma_nobody_made_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.ask(lambda conn: rma_document(conn, "R-9"))
