"""A unit that was kept beside the lines is accepted onto one: both serials kept, one case closed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from sync.central.commands.return_exits import end
from sync.central.commands.return_exits_asked import ReturnExit
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import event
from tests.sync.central.shop import Shop, at
from tests.sync.central.unit_words import back, beside, decide, with_ways


@pytest.fixture
def ways(shop: Shop) -> Shop:
    found = with_ways(shop)
    found.receive({"S": 2}, serials=["s1", "s2"])
    line = {"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"], "unit_minor": 500, "currency": "GBP"}
    found.order([line], ship="available", customer="c-1", order="o-2")
    return found


def returned(shop: Shop, serials: tuple[str, ...] = ("s1", "s2")) -> str:
    line = {"line": 1, "sku": "S", "qty": len(serials), "reason": "late", "serials": list(serials)}
    return str(shop.authorize([line], customer="c-1")["rma"])


def states(shop: Shop, code: str) -> list[str]:
    found: Any = shop.ask(lambda conn: rma_document(conn, code))
    return [line["state"] for line in found["lines"]]


def code_of(shop: Shop, label: str, **more: Any) -> str:
    with pytest.raises((Refused, Conflict, Missing)) as no:
        decide(shop, label, "restock", **more)
    return str(no.value.code)


def test_the_one_serial_that_did_not_come_is_stood_for(ways: Shop) -> None:
    code = returned(ways, ("s1",))
    beside(ways, code, "L07-1-X", "S", "s9")
    assert ways.cases() == ["return.other_serial"]
    decide(ways, "L07-1-X", "restock", line=1)
    assert ways.cases() == []
    assert states(ways, code) == ["dispositioned"]
    row = ways.ask(lambda conn: conn.execute(select(event).where(event.c.kind == "return.accepted")).one())
    body = json.loads(row.body)
    assert (body["serial"], body["instead_of"], body["sold"]) == ("s9", "s1", ["s1"])
    back(ways, "L07-1-X")
    assert ways.cases() == ["return.other_serial"]
    assert states(ways, code) == ["authorized"]


def test_of_several_serials_somebody_says_which(ways: Shop) -> None:
    code = returned(ways)
    beside(ways, code, "L07-1-X", "S", "s9")
    assert code_of(ways, "L07-1-X", line=1) == "unit.instead_of"
    assert code_of(ways, "L07-1-X", line=1, instead_of="s7") == "unit.instead_of"
    decide(ways, "L07-1-X", "restock", line=1, instead_of="s2")
    assert states(ways, code) == ["on_bench"]
    # The other one did not come, and goes back to its sale when the return ends.
    asked = ReturnExit.model_validate({"reason": "kept", "at": at(12)})
    ways.act(lambda act: end(act, code, asked))
    again = {"line": 1, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}
    assert ways.authorize([again], customer="c-1")["lines"][0]["authorized"] == 1


def test_its_own_serial_needs_no_telling(ways: Shop) -> None:
    code = returned(ways)
    beside(ways, code, "L07-1-X", "S", "s2")
    decide(ways, "L07-1-X", "restock", line=1)
    assert states(ways, code) == ["on_bench"]


def test_a_unit_decided_about_before_is_accepted_still(ways: Shop) -> None:
    code = returned(ways, ("s1",))
    beside(ways, code, "L07-1-X", "S", "s9")
    decide(ways, "L07-1-X", "refurbish")
    decide(ways, "L07-1-X", "restock", line=1)
    assert states(ways, code) == ["dispositioned"]
    assert ways.cases() == []


def test_what_does_not_fit_is_refused(ways: Shop) -> None:
    code = returned(ways, ("s1",))
    beside(ways, code, "L07-1-X", "A")
    assert code_of(ways, "L07-1-X", line=1) == "unit.other_item"
    assert code_of(ways, "L07-1-X", line=7) == "line.unknown"
    beside(ways, code, "L07-2-X", "S", "s9")
    beside(ways, code, "L07-3-X", "S", "s8")
    decide(ways, "L07-2-X", "refurbish", line=1)
    assert code_of(ways, "L07-2-X", line=1) == "unit.not_kept"
    assert code_of(ways, "L07-3-X", line=1) == "unit.no_room"


def test_a_line_that_is_full_takes_no_more(ways: Shop) -> None:
    line = {"line": 1, "sku": "A", "qty": 1, "reason": "late"}
    other = {"line": 2, "sku": "S", "qty": 1, "reason": "late", "serials": ["s1"]}
    code = str(ways.authorize([line, other], customer="c-1")["rma"])
    ways.disposition("A", rma=code, line=1, label="L07-1-X")
    beside(ways, code, "L07-2-X", "A")
    assert code_of(ways, "L07-2-X", line=1) == "unit.no_room"
