"""Replacements whose return ends, whose order is cancelled, whose time is over, and what finance says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from sync.central.commands.catalogue import publish_policy
from sync.central.commands.changes import change_order
from sync.central.commands.dispatch_asked import Change
from sync.central.commands.upkeep import is_due
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import exception
from tests.sync.central.exchanging import ADVANCE, EXCHANGE, Exchanging, open_exchanging
from tests.sync.central.shop import POLICY


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with open_exchanging(tmp_path, url) as found:
        yield found


def at_risk(shop: Exchanging) -> list[tuple[str, str, int | None]]:
    """The open cases: type, who answers, and the money at risk."""
    asked = select(exception).where(exception.c.state == "open").order_by(exception.c.id)
    rows = shop.ask(lambda conn: conn.execute(asked).all())
    return [(row.type, row.owner_role, row.money_minor) for row in rows]


def order_of(answer: Any) -> str:
    return str(answer["lines"][0]["replacement"]["order"])


def test_a_unit_that_earns_nothing_keeps_it_blocked_and_opens_one_case(shop: Exchanging) -> None:
    shop.sold()
    answer = shop.wants(EXCHANGE)
    rma, order = answer["rma"], order_of(answer)
    shop.back(rma, grade="B")
    assert (shop.state(rma), shop.shown(order)["block"], shop.line(order)[0]) == ("held", "exchange", 1)
    assert at_risk(shop) == [("replacement.refused", "service", 1200)]
    # The desk gives in: what is credited pays for it.
    event = shop.refunds()[0]
    assert event["state"] == "rejected"


def test_a_return_that_ends_cancels_what_waits_and_frees_its_units(shop: Exchanging) -> None:
    shop.sold()
    before = shop.free("A")
    answer = shop.wants(EXCHANGE)
    assert shop.free("A") == before - 1
    shop.ends(answer["rma"])
    order = shop.shown(order_of(answer))
    assert (shop.state(answer["rma"]), order["state"], "block" in order) == ("cancelled", "cancelled", False)
    assert (shop.claims(), shop.free("A")) == ([], before)
    assert at_risk(shop) == []


def test_a_return_that_ends_with_some_of_its_units_leaves_as_many_replacements(shop: Exchanging) -> None:
    shop.sold(2)
    answer = shop.wants(EXCHANGE, qty=2)
    shop.back(answer["rma"])
    shop.ends(answer["rma"])
    assert shop.state(answer["rma"]) == "released"
    assert shop.line(order_of(answer)) == (0, 1, 0, 1)
    assert "Exchanges" not in shop.money()


def test_an_undo_blocks_it_again_or_opens_a_case_when_it_has_left(shop: Exchanging) -> None:
    shop.sold(ship="later")
    answer = shop.wants(EXCHANGE)
    rma, order = answer["rma"], order_of(answer)
    first = shop.back(rma)
    assert (shop.state(rma), shop.line(order)) == ("released", (1, 0, 0, 0))
    shop.undone(first)
    assert (shop.state(rma), shop.shown(order)["block"], shop.line(order)) == (
        "held",
        "exchange",
        (1, 0, 0, 0),
    )
    assert (at_risk(shop), [one["state"] for one in shop.refunds()]) == ([], ["reversed"])
    second = shop.back(rma)
    shop.ship(order)
    shop.undone(second)
    assert at_risk(shop) == [("replacement.without_goods", "finance", 1200)]
    assert shop.money()["Exchanges"] == 1200
    shop.back(rma)
    assert (shop.state(rma), at_risk(shop)) == ("released", [])


def test_money_that_left_stands_with_its_case_and_still_blocks(shop: Exchanging) -> None:
    shop.sold(ship="later")
    cheap = {"sku": "L", "unit_minor": 500, "tax_minor": 100, "currency": "GBP"}
    answer = shop.wants(EXCHANGE | cheap)
    rma, order = answer["rma"], order_of(answer)
    event_id = shop.back(rma)
    (refund,) = shop.refunds()
    shop.pay(refund["refund"], "paid")
    shop.undone(event_id)
    assert (shop.state(rma), shop.shown(order)["block"]) == ("held", "exchange")
    assert [kind for kind, _, _ in at_risk(shop)] == ["refund.without_goods"]
    shop.back(rma)
    assert (shop.state(rma), at_risk(shop), len(shop.refunds())) == ("released", [], 1)


def test_a_customer_who_cancels_it_after_all_gets_the_money(shop: Exchanging) -> None:
    shop.sold(3, ship="later")
    answer = shop.wants(EXCHANGE, qty=3)
    rma, order = answer["rma"], order_of(answer)
    shop.back(rma, qty=3)
    assert [one["payable"] for one in shop.refunds()] == [0]
    shop.cancel(order, lines=[{"line": 1, "qty": 2}])
    assert shop.state(rma) == "released"
    live = [one for one in shop.refunds() if one["state"] != "reversed"]
    assert sorted(one["payable"] for one in live) == [0, 2400]
    assert shop.money()["RefundsDue"] == -2400
    shop.cancel(order)
    assert shop.state(rma) == "cancelled"
    assert shop.money()["RefundsDue"] == -3600
    assert "Exchanges" not in shop.money()


def test_what_is_held_too_long_gives_its_units_to_others_and_is_served_in_turn(shop: Exchanging) -> None:
    shop.sold(ship="later")
    answer = shop.wants(EXCHANGE)
    rma, order = answer["rma"], order_of(answer)
    shop.order({"A": 8}, order="late")
    assert shop.line("late") == (7, 0, 1, 0)
    shop.clock.pass_by(days=29)
    assert not shop.ask(lambda conn: is_due(conn, shop.now()))
    shop.clock.pass_by(days=2)
    assert shop.ask(lambda conn: is_due(conn, shop.now()))
    shop.expire()
    shop.expire()
    assert (shop.state(rma), shop.line(order), shop.line("late")) == ("lapsed", (0, 0, 1, 0), (8, 0, 0, 0))
    assert at_risk(shop) == [("replacement.lapsed", "service", 1200)]
    shop.back(rma)
    assert (shop.state(rma), shop.line(order), at_risk(shop)) == ("released", (1, 0, 0, 0), [])


@pytest.mark.parametrize(("word", "book"), [("charge", "Receivable"), ("waive", "Waived")])
def test_an_advance_whose_old_unit_never_comes_is_for_finance(shop: Exchanging, word: str, book: str) -> None:
    shop.sold()
    answer = shop.wants(ADVANCE)
    rma = answer["rma"]
    with pytest.raises(Conflict, match="may be back until"):
        shop.decides(rma, word)
    shop.clock.pass_by(days=15)
    shop.expire()
    assert (shop.state(rma), at_risk(shop)) == ("overdue", [("replacement.overdue", "finance", 1200)])
    assert shop.money()["Exchanges"] == 1200
    before = shop.money().get(book, 0)
    found = shop.decides(rma, word)
    assert (found["state"], found["decision"], at_risk(shop)) == (f"{word}d", f"{word}d", [])
    assert (shop.money().get("Exchanges"), shop.money()[book] - before) == (None, 1200)
    with pytest.raises(Conflict, match="nothing left with it"):
        shop.decides(rma, word)


def test_what_was_charged_is_refunded_when_it_comes_and_what_was_waived_is_not_paid_twice(
    shop: Exchanging,
) -> None:
    shop.sold(2)
    charged, waived = shop.wants(ADVANCE)["rma"], shop.wants(ADVANCE)["rma"]
    shop.clock.pass_by(days=15)
    shop.expire()
    shop.decides(charged, "charge")
    shop.decides(waived, "waive")
    shop.back(charged)
    assert shop.refunds()[0]["payable"] == 1200
    shop.back(waived)
    second = shop.refunds()[1]
    assert (second["payable"], second["settled"], second["settles"]) == (0, 1200, "waived")
    assert "Waived" not in shop.money()
    assert (shop.state(charged), shop.state(waived)) == ("charged", "waived")


def test_a_return_that_ends_makes_what_was_sent_ahead_late_at_once(shop: Exchanging) -> None:
    shop.sold()
    rma = shop.wants(ADVANCE)["rma"]
    shop.ends(rma)
    assert (shop.state(rma), at_risk(shop)) == ("overdue", [("replacement.overdue", "finance", 1200)])
    shop.decides(rma, "charge")
    assert at_risk(shop) == []


def test_what_comes_late_settles_it_and_closes_its_case(shop: Exchanging) -> None:
    shop.sold()
    rma = shop.wants(ADVANCE)["rma"]
    shop.clock.pass_by(days=15)
    shop.expire()
    shop.back(rma)
    assert (shop.state(rma), at_risk(shop)) == ("settled", [])


def test_an_advance_whose_old_unit_earns_nothing_can_be_charged_at_once(shop: Exchanging) -> None:
    shop.sold()
    rma = shop.wants(ADVANCE)["rma"]
    shop.back(rma, grade="B")
    assert at_risk(shop) == [("replacement.refused", "service", 1200)]
    assert shop.decides(rma, "charge")["state"] == "charged"
    assert at_risk(shop) == []


def test_a_replacement_is_as_large_as_what_comes_back(shop: Exchanging) -> None:
    shop.sold(ship="later")
    order = order_of(shop.wants(EXCHANGE))
    asked = Change.model_validate({"lines": [{"line": 1, "qty": 2}]})
    with pytest.raises(Conflict) as no:
        shop.act(lambda act: change_order(act, order, asked))
    assert no.value.code == "order.replacement"
    with pytest.raises(Missing):
        shop.decides("R-9", "charge")


def test_returns_alone_block_and_release_it(shop: Exchanging) -> None:
    shop.sold(ship="later")
    answer = shop.wants(EXCHANGE)
    rma, order = answer["rma"], order_of(answer)
    with pytest.raises(Conflict) as no:
        shop.unblock(order)
    assert no.value.code == "order.exchange"
    event_id = shop.back(rma)
    shop.block(order, "fraud")
    shop.undone(event_id)
    # The other block stands; taken off, the order waits for its unit again.
    assert shop.shown(order)["block"] == "fraud"
    shop.unblock(order)
    assert (shop.shown(order)["block"], shop.state(rma)) == ("exchange", "held")


def test_what_came_back_in_time_keeps_its_unit_when_the_rest_lapses(shop: Exchanging) -> None:
    shop.sold(2, ship="later")
    answer = shop.wants(EXCHANGE, qty=2)
    rma, order = answer["rma"], order_of(answer)
    event_id = shop.back(rma)
    shop.clock.pass_by(days=31)
    shop.expire()
    assert (shop.state(rma), shop.line(order)) == ("lapsed", (1, 0, 1, 0))
    assert at_risk(shop) == [("replacement.lapsed", "service", 1200)]
    shop.undone(event_id)
    assert shop.line(order) == (0, 0, 2, 0)
    shop.back(rma, qty=2)
    assert (shop.state(rma), shop.line(order)) == ("released", (2, 0, 0, 0))


def test_goods_that_are_here_are_not_late_though_nobody_approved_them_yet(shop: Exchanging) -> None:
    shop.act(lambda act: publish_policy(act, POLICY.format(version="2", b_as_new="false")))
    shop.sold()
    rma = shop.wants(ADVANCE)["rma"]
    shop.back(rma)
    (due,) = shop.refunds()
    assert (due["state"], shop.state(rma)) == ("due", "settled")
    shop.clock.pass_by(days=15)
    shop.expire()
    assert at_risk(shop) == []
    with pytest.raises(Conflict, match="nothing left with it"):
        shop.decides(rma, "charge")
    shop.reject(due["refund"])
    assert (shop.state(rma), at_risk(shop)) == ("advanced", [("replacement.refused", "service", 1200)])
    shop.expire()
    assert [kind for kind, _, _ in at_risk(shop)] == ["replacement.refused", "replacement.overdue"]
    shop.decides(rma, "waive")
    assert at_risk(shop) == []


def test_an_exchange_waits_for_whoever_approves(shop: Exchanging) -> None:
    shop.act(lambda act: publish_policy(act, POLICY.format(version="2", b_as_new="false")))
    shop.sold(ship="later")
    rma = shop.wants(EXCHANGE)["rma"]
    shop.back(rma)
    assert shop.state(rma) == "held"
    shop.approve(shop.refunds()[0]["refund"])
    assert shop.state(rma) == "released"
