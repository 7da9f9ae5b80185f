"""Locations and policies as the centre publishes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.policy import read_policy
from app.domain.refusal import Refused
from app.domain.reservation import Scope
from sync.central.commands.catalogue import (
    current_policy,
    policy_version,
    publish_policy,
    put_locations,
    refuse_unknown,
    require_items,
    require_location,
)
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import feed
from tests.sync.central.shop import PLACE, POLICY, Shop

SOURCE = POLICY.format(version="7", b_as_new="false")


def published(shop: Shop, kind: str) -> list[Any]:
    asked = select(feed.c.document).where(feed.c.kind == kind).order_by(feed.c.pos)
    return [json.loads(text) for text in shop.ask(lambda conn: list(conn.scalars(asked)))]


def test_locations_are_taken_and_published_once(shop: Shop) -> None:
    place = {"code": "B1", "kind": "bin", "name": "Bin 1", "site": "WH1", "aisle": 4}
    for _ in range(2):
        answer = shop.act(
            lambda act: put_locations(act, [place, {"code": "@customer"}, {**place, "kind": "x"}])
        )
        assert [entry["index"] for entry in answer["rejected"]] == [1, 2]  # type: ignore[attr-defined]  # JSON
    assert [entry["aisle"] for entry in published(shop, "location")] == [4]
    shop.ask(lambda conn: require_location(conn, "B1"))
    with pytest.raises(Refused):
        shop.ask(lambda conn: require_location(conn, "B2"))


def test_a_policy_is_in_force_once_published(shop: Shop) -> None:
    assert shop.ask(policy_version) is None
    with pytest.raises(Missing):
        shop.ask(current_policy)
    answer = shop.act(lambda act: publish_policy(act, SOURCE))
    assert answer == {"version": "7", "grades": ["A", "B"]}
    assert shop.ask(policy_version) == "7"
    assert shop.ask(current_policy)["source"] == SOURCE
    (document,) = published(shop, "policy")
    assert read_policy(document["source"], "feed").version == document["version"] == "7"


def test_the_same_policy_again_changes_nothing_and_another_text_is_refused(shop: Shop) -> None:
    for _ in range(2):
        shop.act(lambda act: publish_policy(act, SOURCE))
    assert len(published(shop, "policy")) == 1
    with pytest.raises(Conflict) as no:
        shop.act(lambda act: publish_policy(act, SOURCE.replace("Opened", "Unpacked")))
    assert no.value.code == "policy.version"


def test_a_policy_with_a_mistake_is_refused_with_its_place(shop: Shop) -> None:
    with pytest.raises(Refused) as no:
        shop.act(lambda act: publish_policy(act, SOURCE.replace('grades = ["A", "B"]', 'grades = ["Z"]')))
    assert "line" in no.value.read
    assert shop.ask(policy_version) is None


def test_unknown_items_are_named(shop: Shop) -> None:
    shop.items("A")
    shop.ask(lambda conn: require_items(conn, ["A", "A"]))
    with pytest.raises(Refused) as no:
        shop.ask(lambda conn: require_items(conn, ["X", "A", "Y"]))
    assert no.value.read == "Read the items 'X', 'Y'."
    refuse_unknown([])


def test_stock_whose_place_goes_to_another_site_is_promised_there(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 4})
    shop.order({"A": 3}, site="WH1")
    shop.sites(**{PLACE: "WH2"})
    assert shop.line("o1") == (0, 0, 3, 0)
    assert shop.cases() == ["promise.lost"]
    assert (shop.atp("A", Scope(site="WH1")), shop.atp("A", Scope(site="WH2"))) == (0, 4)
