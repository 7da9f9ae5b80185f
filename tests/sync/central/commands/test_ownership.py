"""Naming the owner of records."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.ownership import RecordOwner, name_owner, named_owners
from sync.central.rules.ownership import RecordKind
from tests.sync.central.shop import Shop


def name(shop: Shop, **asked: Any) -> Any:
    return shop.act(lambda act: name_owner(act, RecordOwner.model_validate(asked)))


def named(shop: Shop) -> list[tuple[str, str, str]]:
    found: Any = shop.ask(named_owners)["record_owners"]
    return [(entry["kind"], entry["entity"], entry["owner"]) for entry in found]


def test_the_centre_owns_what_nobody_was_named_for(shop: Shop) -> None:
    assert named(shop) == [("item", "*", "centre"), ("location", "*", "centre")]


def test_the_last_word_holds(shop: Shop) -> None:
    shop.items("A")
    assert name(shop, kind="item", owner="external:ERP")["entity"] == "*"
    name(shop, kind="location", entity="ACME", owner="site:WH1")
    name(shop, kind="item", owner="centre")
    assert named(shop) == [
        ("location", "*", "centre"),
        ("item", "*", "centre"),
        ("location", "ACME", "site:WH1"),
    ]


@pytest.mark.parametrize("owner", ["somebody", "site:NOWHERE"])
def test_an_owner_that_is_none_is_refused(shop: Shop, owner: str) -> None:
    with pytest.raises(Refused, match="Expected"):
        name(shop, kind=RecordKind.ITEM, owner=owner)
