"""Which records of a call are the caller's to write."""

from __future__ import annotations

from functools import partial

import pytest

from sync.central.commands.items import put_items
from sync.central.commands.ownership import RecordOwner, name_owner
from sync.central.rules.access import Role
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.record_owners import divide
from tests.sync.central.shop import Shop

ERP = Speaker("ERP", Role.INTEGRATOR)


@pytest.fixture
def owned(shop: Shop) -> Shop:
    """ACME's items are the ERP's, all others the centre's."""
    items = [{"sku": "A", "name": "A", "entity": "ACME"}, {"sku": "B", "name": "B"}]
    shop.act(lambda act: put_items(act, items))
    for entity, owner in (("ACME", "external:ERP"), ("*", "centre")):
        asked = RecordOwner(kind=RecordKind.ITEM, entity=entity, owner=owner)
        shop.act(partial(name_owner, asked=asked))
    return shop


def theirs(shop: Shop, documents: list[object], speaker: Speaker | None = ERP) -> list[int]:
    mine, others = shop.ask(lambda conn: divide(conn, RecordKind.ITEM, documents, speaker))
    assert sorted(mine + others) == list(range(len(documents)))
    return others


def test_a_caller_writes_its_own_and_proposes_the_rest(owned: Shop) -> None:
    documents: list[object] = [{"sku": "A", "entity": "ACME"}, {"sku": "B"}, {"sku": "NEW"}]
    assert theirs(owned, documents) == [1, 2]
    assert theirs(owned, documents, Speaker("Kim", Role.PLANNER)) == [0]
    assert theirs(owned, documents, None) == []


def test_nobody_takes_a_record_over_by_naming_another_entity(owned: Shop) -> None:
    assert theirs(owned, [{"sku": "B", "entity": "ACME"}]) == [0]
    assert theirs(owned, [{"sku": "A"}], Speaker("Kim", Role.PLANNER)) == [0]


def test_what_cannot_be_read_is_left_to_its_reader(owned: Shop) -> None:
    assert theirs(owned, [5, {}, {"sku": 5}, {"sku": "A\x00"}, {"sku": "\ud800"}]) == []


def test_while_nobody_was_named_everybody_writes(shop: Shop) -> None:
    assert theirs(shop, [{"sku": "A"}]) == []
