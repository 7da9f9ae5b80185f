"""One asks, another decides; what is approved is gone, and never silently more than was there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.account import Status
from app.domain.refusal import Refused
from sync.central.commands.requests import Decision, WriteOff
from sync.central.commands.write_offs import decide, document, request
from sync.central.rules.outcomes import Conflict, Forbidden, Missing
from sync.central.store.shelves import inside
from tests.sync.central.discarding import discard, regraded, waiting_at
from tests.sync.central.outward import open_outward
from tests.sync.central.shop import OWNER, PLACE, Shop, at


def ask(shop: Shop, qty: int, sku: str = "A", **more: Any) -> dict[str, Any]:
    asked = WriteOff.model_validate(
        {"owner": OWNER, "sku": sku, "qty": qty, "reason": "broken", "at": at(5)} | more
    )
    return shop.act(lambda act: request(act, asked), operator="sam")


def say(shop: Shop, code: str, decision: str, operator: str = "super") -> dict[str, Any]:
    asked = Decision.model_validate({"decision": decision, "at": at(6), "reason": "seen"})
    return shop.act(lambda act: decide(act, code, asked), operator=operator)


def left(shop: Shop) -> list[tuple[str, str | None, int]]:
    found = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    return [(str(shelf.account.status), shelf.account.reason, shelf.qty) for shelf in found]


def test_nothing_moves_before_another_person_approves(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    asked = ask(shop, 2, note="fell down")
    assert (asked["write_off"], asked["state"], asked["requested_by"]) == ("W-1-I", "requested", "sam")
    assert shop.atp("A") == 5
    for myself in ("sam", "Sam", "SAM "):
        with pytest.raises(Forbidden) as no:
            say(shop, "W-1-I", "approve", operator=myself)
        assert no.value.code == "write_off.own_request"
    decided = say(shop, "W-1-I", "approve")
    assert (decided["state"], decided["decided_by"], decided["note"]) == ("approved", "super", "fell down")
    assert decided["event_id"]
    assert shop.atp("A") == 3


def test_a_rejected_write_off_leaves_the_stock(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    code = ask(shop, 2)["write_off"]
    assert say(shop, code, "reject")["state"] == "rejected"
    assert shop.atp("A") == 5
    with pytest.raises(Conflict) as no:
        say(shop, code, "approve")
    assert no.value.code == "write_off.decided"


def test_what_waits_for_the_decision_goes_first(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 1})
    shop.disposition("A", status=Status.REFURBISH, label="L07-1-X")
    shop.disposition("A", status=Status.DAMAGED, label="L07-2-X")
    shop.disposition("A", status=Status.QUARANTINED, reason="awaiting_write_off", label="L07-3-X")
    for gone in (1, 2, 3):
        say(shop, ask(shop, 1)["write_off"], "approve")
        assert len(left(shop)) == 4 - gone
        if gone == 1:
            assert ("quarantined", "awaiting_write_off", 1) not in left(shop)
        if gone == 2:
            assert ("damaged", None, 1) not in left(shop)
    assert left(shop) == [("refurbish", None, 1)]


def test_a_named_place_is_the_only_one(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.receive({"A": 2}, place="WH1-B")
    say(shop, ask(shop, 2, location="WH1-B")["write_off"], "approve")
    found = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    assert [(shelf.account.location, shelf.qty) for shelf in found] == [(PLACE, 2)]


def test_more_than_is_there_stands_as_less_than_nothing_with_one_exception(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    say(shop, ask(shop, 5)["write_off"], "approve")
    assert left(shop) == [("sellable", None, -3)]
    say(shop, ask(shop, 1)["write_off"], "approve")
    assert left(shop) == [("sellable", None, -4)]
    assert shop.cases() == ["stock.negative"]


def test_units_promised_to_orders_may_be_written_off_and_the_orders_wait(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2})
    say(shop, ask(shop, 1)["write_off"], "approve")
    assert shop.line("o1") == (1, 0, 1, 0)


def test_what_a_picker_did_not_find_goes_before_stock(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 1})
    shop.pick(shop.release("o1"), {1: 0})
    say(shop, ask(shop, 1)["write_off"], "approve")
    assert left(shop) == [("sellable", None, 2)]
    assert shop.line("o1") == (1, 0, 0, 0)


def test_what_was_never_here_needs_a_place(shop: Shop) -> None:
    shop.items("A")
    with pytest.raises(Refused) as no:
        ask(shop, 1)
    assert no.value.code == "write_off.location"
    say(shop, ask(shop, 1, location=PLACE)["write_off"], "approve")
    assert left(shop) == [("sellable", None, -1)]


def test_unknown_things_are_refused(shop: Shop) -> None:
    shop.items("A")
    for wrong in ({"sku": "X"}, {"location": "nowhere"}):
        with pytest.raises(Refused):
            ask(shop, 1, **wrong)
    with pytest.raises(Missing):
        say(shop, "W-9-9", "approve")
    with pytest.raises(Missing):
        shop.ask(lambda conn: document(conn, "W-9-9"))


def test_a_code_that_was_given_is_kept(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    assert ask(shop, 1, write_off="SCRAP-2026-1")["write_off"] == "SCRAP-2026-1"
    with pytest.raises(Conflict):
        ask(shop, 1, write_off="SCRAP-2026-1")


def test_regulated_goods_stay_where_they_are_and_wait_for_their_disposal(tmp_path: Path) -> None:
    with open_outward(tmp_path) as outward:
        outward.returned("L", "L07-1-X", lot="l1", state="quarantined.awaiting_write_off", place="HOLD-3")
        outward.returned("L", "L07-2-X", lot="l1", state="quarantined.awaiting_write_off", place="HOLD-3")
        decided = outward.writes_off("L", 1)
        assert decided["regulated"] == "food, health goods and cosmetics"
        # The second one takes the second unit, not the one that waits already.
        outward.writes_off("L", 1)
        assert outward.stock("L") == {"HOLD-3 quarantined awaiting_disposal": 2}
        outward.returned("A", "L07-3-X")
        assert outward.writes_off("A", 1, "V-02")["regulated"] is None
        assert outward.stock("A") == {"@scrap disposed": 1}


def test_what_a_consignment_holds_is_not_written_off_beside_it(tmp_path: Path) -> None:
    with open_outward(tmp_path) as outward:
        outward.returned("A", "L07-1-X", qty=2)
        outward.shop.receive({"A": 1})
        outward.drafts("liquidate", {"label": "L07-1-X"})
        outward.writes_off("A", 1, None)
        assert outward.stock("A") == {"V-02 damaged": 2, "@scrap disposed": 1}


def test_regulated_goods_that_were_never_there_wait_below_nothing_with_a_case(tmp_path: Path) -> None:
    with open_outward(tmp_path) as outward:
        outward.shop.receive({"H": 1})
        outward.writes_off("H", 2, PLACE)
        assert outward.stock("H") == {f"{PLACE} sellable": -1, f"{PLACE} quarantined awaiting_disposal": 2}
        assert outward.shop.cases() == ["stock.negative"]


def test_the_unit_that_was_asked_for_goes_and_who_asked_does_not_decide(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    discard(shop, "L07-1-X")
    discard(shop, "L07-2-X")
    with pytest.raises(Forbidden):
        say(shop, "W-2-G", "approve", operator="kim")
    done = say(shop, "W-2-G", "approve")
    assert (done["label"], done["state"]) == ("L07-2-X", "approved")
    found = shop.ask(lambda conn: inside(conn, OWNER, "A"))
    assert sorted(filter(None, (shelf.account.label for shelf in found))) == ["L07-1-X"]


def test_one_asked_for_by_hand_takes_what_waits_and_its_own_request_is_withdrawn(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    discard(shop, "L07-1-X")
    code = str(ask(shop, 1)["write_off"])
    say(shop, code, "approve")
    assert shop.ask(lambda conn: document(conn, "W-1-I"))["state"] == "withdrawn"
    assert shop.atp("A") == 5


def test_units_that_are_not_all_there_any_more_are_not_written_off(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X", 2)
    shop.act(lambda act: act.conn.execute(text("UPDATE balance SET qty = 1 WHERE qty = 2")))
    with pytest.raises(Conflict) as no:
        say(shop, "W-1-I", "approve")
    assert no.value.code == "write_off.moved"
    shop.act(lambda act: act.conn.execute(text("UPDATE balance SET qty = 2 WHERE qty = 1")))


def test_a_rejected_unit_has_a_case_until_it_moves_on(shop: Shop) -> None:
    shop.items("A")
    discard(shop, "L07-1-X")
    say(shop, "W-1-I", "reject")
    assert "write_off.rejected" in shop.cases()
    regraded(shop, waiting_at("L07-1-X"))
    assert "write_off.rejected" not in shop.cases()


def test_what_the_centre_has_no_record_of_is_written_off_like_unregulated_goods(shop: Shop) -> None:
    discard(shop, "L07-1-X")
    assert say(shop, "W-1-I", "approve")["regulated"] is None
    assert not shop.ask(lambda conn: inside(conn, OWNER, "A"))
