"""What a caller does not own is kept as a proposal and changes nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from sync.central.commands.catalogue import put_locations
from sync.central.commands.items import put_items
from sync.central.commands.ownership import RecordOwner, name_owner
from sync.central.commands.proposals import digest
from sync.central.rules.access import Role
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.listing import one_item, proposals
from sync.central.store.tables import feed, gtin
from tests.sync.central.shop import Shop

ERP = Speaker("ERP", Role.INTEGRATOR)
GTIN = "4006381333931"


@pytest.fixture
def owned(shop: Shop) -> Shop:
    shop.items({"sku": "A", "name": "Old"})
    for kind in RecordKind:
        asked = RecordOwner(kind=kind, owner="centre")
        shop.act(partial(name_owner, asked=asked))
    return shop


def send(shop: Shop, *documents: object, who: str = "ERP") -> Any:
    return shop.act(lambda act: put_items(act, documents, Speaker(who, Role.INTEGRATOR)), who)


def waiting(shop: Shop) -> list[dict[str, Any]]:
    found: Any = shop.ask(lambda conn: proposals(conn, "open", None, 100))["proposals"]
    return list(found)


def test_a_strangers_item_waits_and_nothing_is_written(owned: Shop) -> None:
    before = owned.ask(lambda conn: len(conn.execute(select(feed)).all()))
    answer = send(owned, {"sku": "A", "name": "New", "gtins": [GTIN]}, {"sku": "B", "name": "B"})
    assert answer == {
        "accepted": 0,
        "rejected": [],
        "proposed": [{"index": 0, "key": "A", "proposal": 1}, {"index": 1, "key": "B", "proposal": 2}],
    }
    assert owned.ask(lambda conn: one_item(conn, "A"))["name"] == "Old"
    assert owned.ask(lambda conn: conn.execute(select(gtin)).all()) == []
    assert owned.ask(lambda conn: len(conn.execute(select(feed)).all())) == before
    assert [(p["key"], p["document"]["name"], p["proposed_by"]) for p in waiting(owned)] == [
        ("A", "New", "ERP"),
        ("B", "B", "ERP"),
    ]


def test_a_newer_proposal_of_the_same_caller_replaces_the_older(owned: Shop) -> None:
    send(owned, {"sku": "A", "name": "New"})
    again = send(owned, {"sku": "A", "name": "Newer"}, {"sku": "A", "name": "Newest"})
    assert again["accepted"] == 0
    assert [p["proposal"] for p in again["proposed"]] == [1, 1]
    send(owned, {"sku": "A", "name": "Other"}, who="PIM")
    assert [p["document"]["name"] for p in waiting(owned)] == ["Newest", "Other"]


def test_what_is_as_stored_needs_no_proposal(owned: Shop) -> None:
    stored = owned.ask(lambda conn: one_item(conn, "A"))
    assert send(owned, stored) == {"accepted": 1, "rejected": []}
    assert waiting(owned) == []


def test_a_proposal_is_held_to_the_rules_of_items(owned: Shop) -> None:
    answer = send(owned, {"sku": "A"}, {"sku": "K", "name": "K", "kit": [{"sku": "X", "qty": 1}]})
    assert [entry["code"] for entry in answer["rejected"]] == ["fields.wrong", "item.kit"]
    assert waiting(owned) == []


def test_nothing_that_is_written_rests_on_a_proposal(shop: Shop) -> None:
    shop.act(
        lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, entity="ACME", owner="external:PIM"))
    )
    kit = {"sku": "KIT", "name": "Kit", "kit": [{"sku": "PART", "qty": 1}]}
    answer = send(shop, {"sku": "PART", "name": "Part", "entity": "ACME"}, kit)
    assert [entry["code"] for entry in answer["rejected"]] == ["item.kit"]
    assert [entry["key"] for entry in answer["proposed"]] == ["PART"]


def test_locations_wait_too(owned: Shop) -> None:
    place = {"code": "Z1", "kind": "zone", "name": "Zone", "site": "WH1"}
    answer: Any = owned.act(lambda act: put_locations(act, [place, {}], ERP), "ERP")
    assert (answer["accepted"], len(answer["rejected"]), answer["proposed"][0]["key"]) == (0, 1, "Z1")
    assert [p["kind"] for p in waiting(owned)] == ["location"]


def test_the_digest_tells_no_record_from_an_empty_one() -> None:
    assert digest(None) == ""
    assert digest("") != ""
