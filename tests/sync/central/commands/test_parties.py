"""Owners of stock: entities, clients and whom they belong to; all of a call or none."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.parties import Owners, holders, owners_document, put_owners, unknown_owner
from tests.sync.central.shop import OWNER, Shop


def owner(code: str, kind: str = "entity", parent: str | None = None) -> dict[str, object]:
    return {"code": code, "kind": kind, "name": f"{code} Ltd", "currency": "GBP", "parent": parent}


def put(shop: Shop, *owners: dict[str, object]) -> Any:
    return shop.act(lambda act: put_owners(act, Owners.model_validate({"owners": owners})))


def codes(shop: Shop) -> list[str]:
    found: Any = shop.ask(owners_document)["owners"]
    return [entry["code"] for entry in found]


def test_a_client_belongs_to_an_entity_sent_before_or_along(shop: Shop) -> None:
    put(shop, owner("BOLT", "client", "ACME"), owner("ACME"))
    put(shop, owner("CLIP", "client", "ACME"))
    assert codes(shop) == ["ACME", "BOLT", "CLIP"]


def test_an_owner_sent_again_is_changed(shop: Shop) -> None:
    put(shop, owner("ACME"))
    put(shop, owner("ACME") | {"currency": "EUR"})
    found: Any = shop.ask(owners_document)["owners"]
    assert [entry["currency"] for entry in found] == ["EUR"]


@pytest.mark.parametrize(
    "owners",
    [
        [owner("BOLT", "client", "NOBODY")],
        [owner("ACME"), owner("BOLT", "client"), owner("CLIP", "client", "BOLT")],
        [owner("A", parent="A")],
        [owner("A", parent="B"), owner("B", parent="C"), owner("C", parent="A")],
        [owner("ROOT", "client"), owner("SUB", parent="ROOT")],
    ],
)
def test_a_parent_that_cannot_be_is_refused_and_nothing_taken(
    shop: Shop, owners: list[dict[str, object]]
) -> None:
    with pytest.raises(Refused, match="parent"):
        put(shop, *owners)
    assert codes(shop) == []


def test_an_entity_that_others_belong_to_stays_one(shop: Shop) -> None:
    put(shop, owner("ACME"), owner("BOLT", "client", "ACME"))
    with pytest.raises(Refused, match="Owner BOLT"):
        put(shop, owner("ACME", "client"))


def test_owners_of_stock_that_nobody_sent_are_shown_and_not_refused(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    assert shop.ask(owners_document)["unknown"] == [OWNER]
    assert shop.ask(lambda conn: unknown_owner(conn, OWNER))
    put(shop, owner(OWNER))
    assert shop.ask(owners_document)["unknown"] == []
    assert not shop.ask(lambda conn: unknown_owner(conn, OWNER))
    assert shop.ask(holders) == [OWNER]
