"""Decisions are kept as they were taken, with who took them and when."""

from __future__ import annotations

from app.domain.clock import to_text
from sync.central.store.decisions import Decision, about, note
from tests.sync.central.shop import Shop


def test_decisions_are_kept_in_their_order_with_the_act_that_took_them(shop: Shop) -> None:
    first = Decision("order:1", "captured", {"lines": [{"sku": "Größe"}]}, policy="7")
    shop.act(lambda act: note(act, [first, Decision("order:2", "captured", {})]), operator="sam")
    then = to_text(shop.clock.now())
    shop.clock.pass_by(minutes=1)
    shop.act(lambda act: note(act, [Decision("order:1", "filled", {"lines": []})]), operator="kim")
    found = shop.ask(lambda conn: about(conn, "order:1"))
    assert [(d["kind"], d["by"], d["policy"], d["document"]) for d in found] == [
        ("captured", "sam", "7", {"lines": [{"sku": "Größe"}]}),
        ("filled", "kim", None, {"lines": []}),
    ]
    assert (found[0]["at"], found[1]["at"]) == (then, to_text(shop.clock.now()))
    assert found[0]["decision"] < found[1]["decision"]


def test_nothing_to_note_is_nothing_noted(shop: Shop) -> None:
    shop.act(lambda act: note(act, []))
    assert shop.ask(lambda conn: about(conn, "order:1")) == []


def test_a_capture_keeps_what_there_was_before_it(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "safety": 1})
    shop.receive({"A": 5})
    shop.hold({"A": 1})
    shop.order({"A": 4}, priority=7)
    (decision,) = shop.ask(lambda conn: about(conn, "order:o1"))
    document = decision["document"]
    assert (decision["kind"], document["rank"]) == (
        "captured",
        {"priority": 7, "parts": [["the order's own priority, which stands above the policy", 7]]},
    )
    assert document["lines"] == [
        {
            "line": 1,
            "sku": "A",
            "asked": 4,
            "granted": 3,
            "pools": {"A": {"sellable": 5, "reserved": 0, "basket": 1, "safety": 1, "kept": 0, "room": 3}},
        }
    ]


def test_an_order_with_nothing_of_stock_decides_nothing(shop: Shop) -> None:
    shop.order([{"line": 1, "sku": None, "qty": 1, "description": "Postage"}])
    assert shop.ask(lambda conn: about(conn, "order:o1")) == []
