"""The owner's word on a proposal: whole, once, by somebody else, against the record it was made for."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from app.domain.refusal import Refused
from sync.central.commands.items import put_items
from sync.central.commands.ownership import RecordOwner, name_owner
from sync.central.commands.proposal_decision import ProposalDecision, decide
from sync.central.rules.access import Role
from sync.central.rules.outcomes import Conflict, Forbidden, Missing
from sync.central.rules.ownership import RecordKind, Speaker
from sync.central.store.listing import one_item, proposals
from sync.central.store.tables import record_owner
from tests.sync.central.shop import Shop

GTIN = "4006381333931"


@pytest.fixture
def asked(shop: Shop) -> Shop:
    """The ERP proposes another name and a GTIN for A; its number is 1."""
    shop.items({"sku": "A", "name": "Old"})
    shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, owner="centre")))
    document = {"sku": "A", "name": "New", "gtins": [GTIN]}
    shop.act(lambda act: put_items(act, [document], Speaker("ERP", Role.INTEGRATOR)), "ERP")
    return shop


def say(shop: Shop, decision: str, who: str = "Kim", number: int = 1, role: Role = Role.PLANNER) -> Any:
    word = ProposalDecision.model_validate({"decision": decision, "reason": "looked at"})
    return shop.act(lambda act: decide(act, number, word, Speaker(who, role)), who)


def name(shop: Shop) -> object:
    return shop.ask(lambda conn: one_item(conn, "A"))["name"]


def state(shop: Shop) -> tuple[str, str | None]:
    page: Any = shop.ask(lambda conn: proposals(conn, None, None, 10))
    return page["proposals"][0]["state"], page["proposals"][0]["decided_by"]


def test_what_is_accepted_is_written_as_proposed(asked: Shop) -> None:
    assert say(asked, "accept") == {"id": 1, "kind": "item", "key": "A", "state": "accepted"}
    assert (name(asked), state(asked)) == ("New", ("accepted", "Kim"))


def test_what_is_rejected_changes_nothing(asked: Shop) -> None:
    assert say(asked, "reject")["state"] == "rejected"
    assert (name(asked), state(asked)) == ("Old", ("rejected", "Kim"))


def test_it_is_decided_once(asked: Shop) -> None:
    say(asked, "reject")
    with pytest.raises(Conflict, match="rejected, by Kim"):
        say(asked, "accept")
    with pytest.raises(Missing):
        say(asked, "accept", number=2)


def test_nobody_decides_about_their_own(asked: Shop) -> None:
    with pytest.raises(Forbidden, match="made by ERP"):
        say(asked, "accept", who="ERP")
    assert name(asked) == "Old"


def test_a_record_that_changed_meanwhile_is_not_overwritten(asked: Shop) -> None:
    asked.act(lambda act: put_items(act, [{"sku": "A", "name": "Third"}]))
    with pytest.raises(Conflict, match="changed after"):
        say(asked, "accept")
    assert (name(asked), state(asked)) == ("Third", ("open", None))
    assert say(asked, "reject")["state"] == "rejected"


def test_what_does_not_fit_any_more_stays_open_and_unwritten(asked: Shop) -> None:
    asked.act(lambda act: put_items(act, [{"sku": "B", "name": "B", "gtins": [GTIN]}]))
    with pytest.raises(Refused, match="belongs to B") as no:
        say(asked, "accept")
    assert no.value.code == "item.gtin_taken"
    assert (name(asked), state(asked)) == ("Old", ("open", None))


def test_who_speaks_for_the_owner_decides_and_nobody_else(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "Old"})
    shop.act(lambda act: name_owner(act, RecordOwner(kind=RecordKind.ITEM, owner="external:ERP")))
    admin = Speaker("root", Role.ADMIN)
    shop.act(lambda act: put_items(act, [{"sku": "A", "name": "New"}], admin), "root")
    for who, role in (("Kim", Role.PLANNER), ("Lee", Role.ADMIN), ("shop", Role.INTEGRATOR)):
        with pytest.raises(Forbidden, match="which external:ERP owns") as no:
            say(shop, "accept", who, role=role)
        assert no.value.code == "proposal.not_owner"
    assert (name(shop), state(shop)) == ("Old", ("open", None))
    assert say(shop, "accept", "ERP", role=Role.INTEGRATOR)["state"] == "accepted"
    assert name(shop) == "New"


def test_a_record_that_goes_to_another_owner_is_decided_by_who_speaks_for_both(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "Old", "entity": "ONE"})
    for entity, owner in (("ONE", "external:ERP"), ("TWO", "centre")):
        made = RecordOwner(kind=RecordKind.ITEM, entity=entity, owner=owner)
        shop.act(lambda act, made=made: name_owner(act, made))  # type: ignore[misc]
    taken = {"sku": "A", "name": "New", "entity": "TWO"}
    shop.act(lambda act: put_items(act, [taken], Speaker("root", Role.PLANNER)), "root")
    for who, role in (("Kim", Role.PLANNER), ("ERP", Role.INTEGRATOR)):
        with pytest.raises(Forbidden):
            say(shop, "accept", who, role=role)
    assert say(shop, "reject", "ERP", role=Role.PLANNER)["state"] == "rejected"


def test_where_nobody_was_named_any_more_the_centre_decides(asked: Shop) -> None:
    asked.act(lambda act: act.conn.execute(delete(record_owner)))
    with pytest.raises(Forbidden, match="which centre owns"):
        say(asked, "accept", "shop", role=Role.INTEGRATOR)
    assert say(asked, "accept")["state"] == "accepted"
