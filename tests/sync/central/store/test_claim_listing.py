"""A reserved number opens into its rows, and a subject into its decisions."""

from __future__ import annotations

from typing import Any

from sync.central.store.claim_listing import reservations
from sync.central.store.told import of_subject
from tests.sync.central.shop import OWNER, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def listed(shop: Shop, limit: int = 100, cursor: str | None = None, **given: str) -> Any:
    return shop.ask(lambda conn: reservations(conn, {**given}, cursor, limit))


def test_claims_show_whose_they_are(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.receive({"A": 9, "B": 9})
    shop.order({"A": 1})
    shop.hold({"A": 2})
    shop.order({"KIT": 1})
    rows = listed(shop, sku="A", owner=OWNER)["reservations"]
    assert [(row["document"], row["qty"], row["claim"]) for row in rows] == [
        ("order:o1", 1, "hard"),
        (rows[1]["document"], 2, "basket"),
        ("order:o2", 2, "hard"),
    ]
    assert "expires" in rows[1]
    assert (rows[2]["per"], rows[2]["kit"]) == (2, "KIT")
    assert rows[0]["priority"] == 100
    assert listed(shop, document="order:o9")["reservations"] == []


def test_pages_go_on_where_the_last_one_ended(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 9})
    for _ in range(3):
        shop.order({"A": 1})
    first = listed(shop, limit=2)
    assert len(first["reservations"]) == 2
    rest = listed(shop, limit=2, cursor=first["next"])
    assert (len(rest["reservations"]), rest["next"]) == (1, None)


def test_decisions_are_told_in_sentences_beside_what_was_kept(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 3})
    shop.receive({"A": 1})
    found: Any = shop.ask(lambda conn: of_subject(conn, "order:o1"))
    assert [entry["kind"] for entry in found["decisions"]] == ["captured", "filled"]
    assert "2 of 3 of A were promised" in found["decisions"][0]["why"][0]
    assert found["decisions"][1]["document"]["lines"][0]["granted"] == 1
