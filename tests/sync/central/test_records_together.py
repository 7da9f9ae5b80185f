"""Owners, proposals, foreign identities and a reconciliation, one after the other on both databases."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sync.central.commands.items import put_items
from sync.central.commands.ownership import RecordOwner, name_owner, named_owners
from sync.central.commands.parties import Owner, Owners, owners_document, put_owners
from sync.central.commands.proposal_decision import ProposalDecision, decide
from sync.central.commands.reconciling import Reconciliation, reconcile
from sync.central.rules.access import Role
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.listing import differences, items_named, one_item, proposals
from tests.sync.central.shop import OWNER, PLACE, open_shop

ERP = Speaker("ERP", Role.INTEGRATOR)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_clients_goods_and_records_from_first_to_last(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = None if kind == "sqlite" else request.getfixturevalue("postgres_url")
    with open_shop(tmp_path, url) as shop:
        shop.items({"sku": "A", "name": "Old", "external_ids": {"ERP": "1"}}, "B")
        shop.receive({"A": 5, "B": 2})
        assert shop.ask(owners_document)["unknown"] == [OWNER]
        entity = Owner(code=OWNER, kind="entity", name="Acme", currency="GBP")
        client = Owner(code="BOLT", kind="client", name="Bolt", currency="EUR", parent=OWNER)
        shop.act(lambda act: put_owners(act, Owners(owners=(client, entity))))
        assert shop.ask(owners_document)["unknown"] == []

        shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, owner="centre")))
        named: Any = shop.ask(named_owners)["record_owners"]
        assert [entry["set_by"] for entry in named] == [None, "sam"]
        new = {"sku": "A", "name": "New", "external_ids": {"ERP": "2"}}
        for document in (new | {"name": "Newer"}, new):
            answer: Any = shop.act(partial(put_items, documents=[document], speaker=ERP), "ERP")
            assert (answer["accepted"], answer["proposed"][0]["proposal"]) == (0, 1)
        accept = ProposalDecision(decision="accept")
        assert (
            shop.act(lambda act: decide(act, 1, accept, Speaker("Kim", Role.PLANNER)), "Kim")["state"]
            == "accepted"
        )
        assert shop.ask(lambda conn: one_item(conn, "A"))["name"] == "New"
        assert shop.ask(lambda conn: proposals(conn, "open", None, 9))["proposals"] == []
        assert shop.ask(lambda conn: items_named(conn, "ERP", "1"))["items"] == []
        assert shop.ask(lambda conn: items_named(conn, "ERP", "2"))["items"] != []

        text = f"sku,location,qty\nA,{PLACE},4\nX,{PLACE},1\n"
        asked = Reconciliation(owner=OWNER, system="ERP", text=text)
        number: Any = shop.act(lambda act: reconcile(act, asked))["id"]
        page: Any = shop.ask(lambda conn: differences(conn, number, None, None, 9))
        assert [(d["sku"], d["ours"], d["theirs"], d["why"]) for d in page["differences"]] == [
            ("A", 5, 4, "quantity"),
            ("B", 2, None, "unknown_there"),
            ("X", None, 1, "unknown_here"),
        ]
