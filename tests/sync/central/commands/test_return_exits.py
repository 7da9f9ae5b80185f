"""A return on its way, and one that ends: units that did not come may come back another way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain.event import EventKind
from sync.central.commands.catalogue import publish_policy
from sync.central.commands.return_exits import any_overdue, end, expire_overdue, sent
from sync.central.commands.return_exits_asked import ReturnExit, ReturnSent
from sync.central.commands.returns import rma_document
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import event
from tests.sync.central.shop import POLICY, Shop, at

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


def aged(shop: Shop, days: int) -> int:
    """Lets days pass and has done what is due then; the returns that expired."""
    shop.clock.pass_by(days=days)
    due = shop.ask(lambda conn: any_overdue(conn, shop.clock.now()))
    found = shop.act(expire_overdue)
    assert due == (found > 0)
    return found


def ends(shop: Shop) -> list[Any]:
    asked = select(event).where(event.c.kind == "return.ended").order_by(event.c.id)
    return list(shop.ask(lambda conn: conn.execute(asked).all()))


def test_a_return_that_nobody_sends_expires_after_its_last_day_by_its_policy(sold: Shop) -> None:
    source = POLICY.format(version="send", b_as_new="false")
    sold.act(lambda act: publish_policy(act, f"send_back_days = 10\n{source}"))
    code = sold.authorize({"A": 2}, customer="c-1")["rma"]
    sold.policy("later")
    last = shown(sold, code)["send_by"]
    assert last == (sold.clock.now() + timedelta(days=10)).date().isoformat()
    assert aged(sold, 10) == 0
    assert aged(sold, 1) == 1
    assert (shown(sold, code)["state"], states(shown(sold, code))) == ("cancelled", ["expired"])
    (happened,) = ends(sold)
    assert (happened.policy_ver, last in happened.body) == ("send", True)
    assert aged(sold, 1) == 0
    assert sold.authorize({"A": 3}, customer="c-1")["lines"][0]["authorized"] == 3
    # It came all the same: taken in, with one case.
    sold.disposition("A", rma=code, line=1)
    assert sold.cases() == ["return.after_end"]


def test_a_parcel_of_the_last_day_has_its_time_on_the_road(sold: Shop) -> None:
    source = POLICY.format(version="road", b_as_new="false")
    sold.act(lambda act: publish_policy(act, f"send_back_days = 10\ntravel_days = 4\n{source}"))
    by_policy = sold.authorize({"A": 1}, customer="c-1")["rma"]
    own = sold.authorize({"A": 1}, customer="c-1", send_by=shown(sold, by_policy)["send_by"])["rma"]
    assert aged(sold, 14) == 0
    # It was sent on the tenth day, and a bench heard of it on the fourteenth.
    sold.disposition("A", rma=own, line=1)
    assert aged(sold, 1) == 1
    assert [shown(sold, code)["state"] for code in (by_policy, own)] == ["cancelled", "closed"]
    assert sold.cases() == []


def test_its_own_last_day_comes_before_the_policys_and_none_is_no_end(sold: Shop) -> None:
    own = sold.authorize({"A": 1}, customer="c-1", send_by=at(20)[:10])["rma"]
    endless = sold.authorize({"A": 1}, customer="c-1")["rma"]
    assert (shown(sold, own)["send_by"], shown(sold, endless)["send_by"]) == ("2026-01-20", None)
    assert aged(sold, 4000) == 1
    assert [states(shown(sold, code)) for code in (own, endless)] == [["expired"], ["authorized"]]


def test_what_is_on_its_way_or_here_does_not_expire(sold: Shop) -> None:
    ways = [sold.authorize({"A": 1}, customer="c-1", send_by=at(20)[:10])["rma"] for _ in range(3)]
    on_its_way(sold, ways[0], "1Z-7")
    sold.at_station(EventKind.RETURN_ARRIVED, rma=ways[1])
    sold.disposition("A", rma=ways[2], line=1)
    assert aged(sold, 400) == 0
    assert [shown(sold, code)["state"] for code in ways] == ["open", "open", "closed"]
