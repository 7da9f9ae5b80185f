"""A supervisor's word moves one unit within the policy's limits, says why, and can be taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.account import Status
from app.domain.refusal import Refused
from sync.central.commands.units import place_of
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import event
from tests.sync.central import discarding
from tests.sync.central.blind import came, matched
from tests.sync.central.shop import Shop
from tests.sync.central.unit_words import back, decide, repaired, returned, with_ways


@pytest.fixture
def ways(shop: Shop) -> Shop:
    return with_ways(shop)


def code_of(shop: Shop, label: str, disposition: str, **more: Any) -> str:
    with pytest.raises((Refused, Conflict, Missing)) as no:
        decide(shop, label, disposition, **more)
    return str(no.value.code)


def test_who_and_why_and_what_was_overridden_stand_in_the_event(ways: Shop) -> None:
    rma = returned(ways)
    first = repaired(ways, "L07-1-X", rma)
    answer = decide(ways, "L07-1-X", "restock", grade="A")
    row = ways.ask(lambda conn: conn.execute(select(event).where(event.c.kind == "unit.redecided")).one())
    body = json.loads(row.body)
    assert (row.operator, row.policy_ver, answer["event_id"]) == ("super", "2026.11-5", row.event_id)
    assert (body["reason"], body["overrides"]["event"], body["return"]) == ("seen", first, rma)
    assert (body["overrides"]["grade"], body["grade"]) == ("B", "A")
    assert ways.free("A") == 1


def test_a_word_is_taken_back_once_and_only_the_last(ways: Shop) -> None:
    repaired(ways, "L07-1-X", returned(ways))
    decide(ways, "L07-1-X", "quarantine")
    decide(ways, "L07-1-X", "restock", grade="A")
    assert ways.free("A") == 1
    back(ways, "L07-1-X")
    assert ways.ask(lambda conn: place_of(conn, "L07-1-X")) == "HOLD-2"
    back(ways, "L07-1-X")
    assert ways.ask(lambda conn: place_of(conn, "L07-1-X")) == "R-03"
    with pytest.raises(Conflict) as no:
        back(ways, "L07-1-X")
    assert no.value.code == "unit.no_word"


def test_what_was_sold_since_is_not_taken_back(ways: Shop) -> None:
    repaired(ways, "L07-1-X", returned(ways))
    decide(ways, "L07-1-X", "restock", grade="A")
    ways.order({"A": 1}, ship="available", customer="c-2")
    with pytest.raises(Missing):
        back(ways, "L07-1-X")


def test_words_go_with_the_unit_that_its_bench_takes_back(ways: Shop) -> None:
    first = repaired(ways, "L07-1-X", returned(ways))
    for disposition in ("quarantine", "refurbish", "quarantine", "restock"):
        decide(ways, "L07-1-X", disposition)
    discarding.undo(ways, first)
    assert ways.free("A") == 0
    assert ways.cases() == []


@pytest.mark.parametrize(
    ("disposition", "more", "code"),
    [
        ("burn", {}, "policy.unknown_disposition"),
        ("hold_blind", {}, "unit.hold"),
        ("restock", {"grade": "Z"}, "policy.unknown_grade"),
        ("liquidate", {}, "unit.place"),
        ("vendor_return", {}, "unit.place"),
        ("restock", {"line": 1}, "unit.not_kept"),
    ],
)
def test_what_may_not_be(ways: Shop, disposition: str, more: dict[str, Any], code: str) -> None:
    repaired(ways, "L07-1-X", returned(ways))
    assert code_of(ways, "L07-1-X", disposition, **more) == code
    assert code_of(ways, "L99-9-X", disposition, **more) == "unit.unknown"


def test_the_same_again_is_refused(ways: Shop) -> None:
    repaired(ways, "L07-1-X", returned(ways))
    decide(ways, "L07-1-X", "quarantine")
    assert code_of(ways, "L07-1-X", "quarantine") == "unit.same"


def test_sellable_and_blind_units_need_another_step_first(ways: Shop) -> None:
    ways.disposition("A", label="L07-1-X", rma=returned(ways), line=1)
    assert code_of(ways, "L07-1-X", "quarantine") == "unit.status"
    came(ways, "H07-2-X")
    assert code_of(ways, "H07-2-X", "quarantine") == "unit.blind"


def test_a_blind_unit_is_decided_about_once_it_is_matched(ways: Shop) -> None:
    came(ways, "H07-2-X", grade="D")
    code = matched(ways, "H07-2-X", order="o-1")["rma"]
    assert ways.cases() == ["return.put_away"]
    assert decide(ways, "H07-2-X", "quarantine")["rma"] == code
    assert ways.cases() == []


def test_blocked_routes_and_unknown_items_stay_impossible(ways: Shop) -> None:
    tea = {"sku": "T", "name": "Tea", "category": "consumables", "value_minor": 250}
    ways.items(tea)
    ways.disposition("T", grade="B", label="L07-3-X", status=Status.DAMAGED, rma="R-9", line=1)
    assert code_of(ways, "L07-3-X", "restock") == "unit.blocked"
    ways.disposition("NEW", grade="B", label="L07-4-X", status=Status.DAMAGED, rma="R-9", line=1)
    assert code_of(ways, "L07-4-X", "restock") == "unit.item"


def test_units_in_two_places_are_nobodys_to_decide(ways: Shop) -> None:
    rma = returned(ways)
    repaired(ways, "L07-1-X", rma)
    repaired(ways, "L07-1-X", rma, grade="C")
    assert code_of(ways, "L07-1-X", "quarantine") == "unit.apart"


def test_without_a_policy_nobody_decides(shop: Shop) -> None:
    shop.items("A")
    repaired(shop, "L07-1-X", "R-9")
    assert code_of(shop, "L07-1-X", "restock") == "unit.no_policy"
