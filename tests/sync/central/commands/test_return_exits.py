"""A return on its way, and one that ends: units that did not come may come back another way."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.event import EventKind
from sync.central.commands.return_exits import end, sent
from sync.central.commands.return_exits_asked import ReturnExit, ReturnSent
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from tests.sync.central.shop import Shop, at

Json = dict[str, Any]


@pytest.fixture
def sold(shop: Shop) -> Shop:
    shop.items("A", {"sku": "S", "name": "S", "tracking": "serial"})
    shop.policy()
    shop.receive({"A": 9})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order({"A": 2}, ship="available", customer="c-1", order="o-1")
    shop.order({"A": 1}, ship="available", customer="c-1", order="o-2", day=4)
    line = {"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"]}
    shop.order([line], ship="available", customer="c-1", order="o-3")
    return shop


def cancelled(shop: Shop, code: str, **more: Any) -> Json:
    asked = ReturnExit.model_validate({"reason": "kept", "at": at(12)} | more)
    return shop.act(lambda act: end(act, code, asked))


def on_its_way(shop: Shop, code: str, tracking: str) -> Json:
    asked = ReturnSent.model_validate({"tracking": tracking, "at": at(11)})
    return shop.act(lambda act: sent(act, code, asked))


def shown(shop: Shop, code: str) -> Json:
    found: Any = shop.ask(lambda conn: rma_document(conn, code))
    return dict(found)


def states(document: Json) -> list[str]:
    return [line["state"] for line in document["lines"]]


def test_a_cancelled_return_gives_its_units_back_to_their_sales(sold: Shop) -> None:
    code = sold.authorize({"A": 3}, customer="c-1")["rma"]
    assert sold.authorize({"A": 1}, customer="c-1")["rma"] is None
    document = cancelled(sold, code)
    assert (document["state"], states(document)) == ("cancelled", ["cancelled"])
    again = sold.authorize({"A": 4}, customer="c-1")
    assert (again["lines"][0]["authorized"], again["lines"][0]["blind"]) == (3, 1)


def test_only_what_did_not_come_is_given_back(sold: Shop) -> None:
    code = sold.authorize({"A": 3}, customer="c-1")["rma"]
    sold.disposition("A", rma=code, line=1)
    document = cancelled(sold, code, exit="expired")
    assert states(document) == ["dispositioned"]
    again = sold.authorize({"A": 3}, customer="c-1")
    # The sale that was taken last gets its unit back first.
    assert [(entry["order"], entry["qty"]) for entry in again["lines"][0]["matches"]] == [("o-1", 2)]


def test_a_serial_that_did_not_come_may_come_another_way(sold: Shop) -> None:
    named = {"line": 1, "sku": "S", "qty": 2, "reason": "late", "serials": ["s1", "s2"]}
    code = sold.authorize([named], customer="c-1")["rma"]
    sold.disposition("S", rma=code, line=1, serial="s1")
    cancelled(sold, code)
    one = named | {"qty": 1, "serials": ["s1"]}
    assert sold.authorize([one], customer="c-1")["rma"] is None
    assert sold.authorize([one | {"serials": ["s2"]}], customer="c-1")["rma"] is not None


def test_a_box_that_comes_after_the_end_is_a_fact_with_one_case(sold: Shop) -> None:
    code = sold.authorize({"A": 2}, order="o-1")["rma"]
    cancelled(sold, code, exit="expired")
    sold.disposition("A", rma=code, line=1)
    sold.disposition("A", rma=code, line=1)
    assert sold.cases() == ["return.after_end"]
    document = shown(sold, code)
    assert (document["state"], states(document)) == ("cancelled", ["dispositioned"])
    assert sold.free("A") == 6 + 2


@pytest.mark.parametrize("how", [cancelled, lambda shop, code: on_its_way(shop, code, "JD1")])
def test_what_has_ended_does_not_end_again(sold: Shop, how: Any) -> None:
    code = sold.authorize({"A": 2}, order="o-1")["rma"]
    cancelled(sold, code)
    with pytest.raises(Conflict, match="cancelled"):
        how(sold, code)
    with pytest.raises(Missing):
        how(sold, "R-9-9")


def test_a_parcel_on_its_way_is_shown_with_its_time(sold: Shop) -> None:
    code = sold.authorize({"A": 2}, order="o-1", tracking=["JD1"])["rma"]
    assert shown(sold, code)["parcels"] == [{"tracking": "JD1", "state": "expected", "since": None}]
    document = on_its_way(sold, code, "JD2")
    assert states(document) == ["in_transit"]
    assert [(p["tracking"], p["state"]) for p in document["parcels"]] == [
        ("JD1", "expected"),
        ("JD2", "in_transit"),
    ]
    sold.at_station(EventKind.RETURN_ARRIVED, rma=code)
    line = shown(sold, code)["lines"][0]
    assert [step["state"] for step in line["history"]] == ["authorized", "in_transit", "received"]
    assert line["since"] == line["history"][-1]["at"]
