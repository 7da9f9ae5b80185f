"""Baskets claim units for a while: changed, released, expired by the clock, taken over by an order."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from app.domain.reservation import ANY, Scope
from sync.central.commands.baskets import any_due, document
from sync.central.rules.outcomes import Conflict, Declined, Missing
from sync.central.store.decisions import about
from tests.sync.central.shop import FAR, OWNER, Shop, at
from tests.sync.central.store.test_allotting import obey

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
A, B = Scope(site="WH1"), Scope(site="WH2")


@pytest.fixture
def five(shop: Shop) -> Shop:
    """A shop with five units of A, none of B."""
    shop.items("A", "B", KIT)
    shop.receive({"A": 5})
    return shop


def state(shop: Shop, code: str) -> str:
    return str(shop.ask(lambda conn: document(conn, code))["state"])


# --- fresh enough ------------------------------------------------------------------------------------------


def test_a_basket_claims_only_what_an_order_could_get(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30}, "B", KIT)
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3, "B": 9}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    assert isinstance(shop.hold({"A": 4}), Declined)
    held = shop.hold({"A": 1, "KIT": 4}, partial=True)
    assert [(line["sku"], line["qty"], line.get("fresh")) for line in held["lines"]] == [
        ("A", 1, "2026-12-22"),
        ("A", 2, "2026-12-22"),
        ("B", 1, None),
    ]
    assert shop.order({"A": 1, "KIT": 1}, hold=held["hold"], short="refuse")["lines"][1]["reserved"] == 1


def overnight(shop: Shop) -> Any:
    """Three of A and a kit, held shortly before the day when they are too old for anybody new."""
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30}, "B", KIT)
    shop.receive({"A": 5}, lot="L1")
    shop.receive({"B": 1})
    shop.dated("A", L1="2026-12-22")
    shop.clock.pass_by(hours=13, minutes=50)
    held = shop.hold({"A": 3, "KIT": 1}, minutes=30)
    shop.clock.pass_by(minutes=15)
    assert shop.atp("A") == 0
    return held


def test_a_shopper_who_pays_after_midnight_gets_what_the_basket_holds(shop: Shop) -> None:
    held = overnight(shop)
    answer = shop.order({"A": 3, "KIT": 1}, hold=held["hold"], short="refuse")
    assert [line["reserved"] for line in answer["lines"]] == [3, 1]
    assert shop.why("o1")[0] == (
        "Line 1: all 3 of A (good at least until 2026-12-22) were promised. Of A there were 5 sellable."
    )


def test_a_basket_that_is_changed_after_midnight_keeps_what_it_holds(shop: Shop) -> None:
    held = overnight(shop)
    changed = shop.rehold(held["hold"], {"A": 1, "KIT": 1})
    assert [(line["sku"], line["qty"]) for line in changed["lines"]] == [("A", 1), ("A", 2), ("B", 1)]
    # What it gave up is too close to its date for anybody else.
    assert shop.atp("A") == 0


def test_a_basket_holds_what_lasts_as_long_as_its_channel_wants(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    obey(shop, "[channel.market]\nleast_life_days = 60")
    assert isinstance(shop.hold({"A": 4}, channel="market"), Declined)
    held = shop.hold({"A": 3}, channel="market", minutes=60 * 24)
    shop.clock.pass_by(hours=20)
    answer = shop.order(
        {"A": 3}, channel="market", hold=held["hold"], short="refuse", at="2026-11-23T06:00:00Z"
    )
    assert answer["lines"][0]["reserved"] == 3


# --- placing -----------------------------------------------------------------------------------------------


def test_a_basket_claims_what_nobody_else_gets(five: Shop) -> None:
    held = five.hold({"A": 3}, minutes=10)
    assert held == {
        "hold": "B-1-S",
        "state": "open",
        "owner": OWNER,
        "channel": "web",
        "expires": "2026-11-22T10:10:00.000Z",
        "made_at": "2026-11-22T10:00:00.000Z",
        "lines": [{"line": 1, "sku": "A", "qty": 3}],
    }
    assert five.atp("A") == 2
    assert five.order({"A": 5})["lines"][0]["reserved"] == 2


def test_a_basket_is_whole_unless_part_of_it_will_do(five: Shop) -> None:
    no = five.hold({"A": 6})
    assert isinstance(no, Declined)
    assert (no.code, five.atp("A"), five.claims()) == ("hold.not_available", 5, [])
    held = five.hold({"A": 6, "B": 1}, partial=True)
    assert held["lines"] == [{"line": 1, "sku": "A", "qty": 5}]


def test_a_basket_holds_a_kit_s_components(five: Shop) -> None:
    five.receive({"B": 4, "KIT": 1})
    held = five.hold({"KIT": 2}, hold="H-1")
    assert sorted((entry["sku"], entry["qty"], entry.get("per", 1)) for entry in held["lines"]) == [
        ("A", 2, 2),
        ("B", 1, 1),
        ("KIT", 1, 1),
    ]
    assert (five.atp("A"), five.atp("B"), five.atp("KIT")) == (3, 3, 1)


def test_a_basket_at_a_site_leaves_the_other_site_s_units(five: Shop) -> None:
    five.receive({"A": 2}, place=FAR)
    held = five.hold({"A": 4}, line={"site": "WH1"})
    assert held["lines"] == [{"line": 1, "sku": "A", "qty": 4, "site": "WH1"}]
    assert [five.atp("A", scope) for scope in (A, B, ANY)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"lines": [{"line": 1, "sku": "X", "qty": 1}]}, "item.unknown"),
        ({"lines": [{"line": 1, "sku": "A", "qty": 1}, {"line": 1, "sku": "B", "qty": 1}]}, "hold.lines"),
    ],
)
def test_what_cannot_be_is_refused(five: Shop, asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as no:
        five.hold({"A": 1}, **asked)
    assert no.value.code == code
    five.hold({"A": 1}, hold="H-1")
    with pytest.raises(Refused) as no:
        five.rehold("H-1", {"A": 1}, **asked)
    assert no.value.code == code
    assert five.atp("A") == 4


def test_a_code_is_given_once(five: Shop) -> None:
    five.hold({"A": 1}, hold="H-1")
    with pytest.raises(Conflict):
        five.hold({"A": 1}, hold="H-1")


# --- changing ----------------------------------------------------------------------------------------------


def test_a_basket_s_own_claim_never_stands_in_its_way(five: Shop) -> None:
    five.hold({"A": 3}, hold="H-1")
    assert five.rehold("H-1", {"A": 5})["lines"] == [{"line": 1, "sku": "A", "qty": 5}]
    assert five.atp("A") == 0
    no = five.rehold("H-1", {"A": 6}, minutes=60)
    assert isinstance(no, Declined)
    assert five.claims() == [("hold:H-1", "A", 5)]
    kept = five.ask(lambda conn: document(conn, "H-1"))
    assert (kept["state"], kept["expires"]) == ("open", "2026-11-22T10:15:00.000Z")
    assert len(five.ask(lambda conn: about(conn, "hold:H-1"))) == 1
    assert five.rehold("H-1", {"A": 6}, partial=True)["lines"][0]["qty"] == 5


def test_other_lines_and_another_end_in_one_change(five: Shop) -> None:
    five.receive({"B": 1})
    five.hold({"A": 3}, hold="H-1")
    five.clock.pass_by(minutes=5)
    changed = five.rehold("H-1", {"B": 1}, minutes=30)
    assert (changed["expires"], changed["lines"]) == (
        "2026-11-22T10:35:00.000Z",
        [{"line": 1, "sku": "B", "qty": 1}],
    )
    assert (five.atp("A"), five.atp("B")) == (5, 0)


def test_what_a_change_lets_go_goes_to_who_waits(five: Shop) -> None:
    five.hold({"A": 5}, hold="H-1")
    five.order({"A": 3})
    five.rehold("H-1", {"A": 3})
    assert (five.line("o1"), five.atp("A")) == ((2, 0, 1, 0), 0)


def test_a_basket_that_is_extended_outlives_its_first_end(five: Shop) -> None:
    five.hold({"A": 3}, hold="H-1", minutes=10)
    five.clock.pass_by(minutes=9)
    five.rehold("H-1", minutes=10)
    five.clock.pass_by(minutes=9)
    assert (five.atp("A"), five.expire()) == (2, 0)
    five.clock.pass_by(minutes=1)
    assert (five.atp("A"), five.expire()) == (5, 1)


# --- ending ------------------------------------------------------------------------------------------------


def test_a_release_gives_units_to_who_waits_at_once(five: Shop) -> None:
    five.hold({"A": 4}, hold="H-1")
    five.order({"A": 2})
    five.order({"A": 1}, ship="available", priority=1)
    assert (five.line("o1"), five.line("o2")) == ((1, 0, 1, 0), (0, 0, 1, 0))
    released = five.let_go("H-1")
    assert (released["state"], released["lines"]) == ("released", [])
    assert (five.line("o1"), five.line("o2"), five.atp("A")) == ((2, 0, 0, 0), (0, 1, 0, 0), 2)


def test_what_expired_is_free_before_anybody_ended_it_and_then_goes_to_who_waits(five: Shop) -> None:
    five.hold({"A": 4}, hold="H-1", minutes=10)
    five.hold({"A": 1}, hold="H-2", minutes=20)
    five.order({"A": 3})
    five.clock.pass_by(minutes=10)
    assert five.ask(lambda conn: any_due(conn, "2026-11-22T10:10:00.000Z"))
    assert (five.atp("A"), five.line("o1")) == (4, (0, 0, 3, 0))
    # Whoever waits is served before whoever comes now, although nobody ended the basket before.
    assert five.order({"A": 2}, ship="available", priority=1)["state"] == "open"
    assert (state(five, "H-1"), state(five, "H-2")) == ("expired", "open")
    assert (five.line("o1"), five.line("o2"), five.atp("A")) == ((3, 0, 0, 0), (0, 1, 1, 0), 0)
    assert not five.ask(lambda conn: any_due(conn, "2026-11-22T10:10:00.000Z"))
    assert five.expire() == 0


def test_what_is_not_open_any_more_is_not_changed(five: Shop) -> None:
    five.hold({"A": 1}, hold="H-1", minutes=10)
    five.hold({"A": 1}, hold="H-2")
    five.let_go("H-2")
    five.clock.pass_by(minutes=10)
    for code, said in (("H-1", "expired"), ("H-2", "released")):
        for attempt in (five.let_go, five.rehold):
            with pytest.raises(Conflict) as no:
                attempt(code)
            assert (no.value.code, no.value.read) == ("hold.ended", f"Hold {code} is {said}.")
    for attempt in (five.let_go, five.rehold):
        with pytest.raises(Missing):
            attempt("H-9")
    with pytest.raises(Missing):
        state(five, "H-9")


# --- taken over by an order --------------------------------------------------------------------------------


def test_an_order_takes_a_basket_s_units_over_and_gives_a_rest_back(five: Shop) -> None:
    five.hold({"A": 5}, hold="H-1")
    five.order({"A": 1})
    taken = five.order({"A": 3}, hold="H-1")
    assert taken["lines"][0]["reserved"] == 3
    assert (state(five, "H-1"), five.line("o1"), five.atp("A")) == ("taken", (1, 0, 0, 0), 1)
    with pytest.raises(Conflict) as no:
        five.order({"A": 1}, hold="H-1")
    assert no.value.code == "hold.ended"


def test_a_basket_is_taken_over_and_shipped_in_one_act(five: Shop) -> None:
    five.hold({"A": 5}, hold="H-1")
    assert five.order({"A": 5}, hold="H-1", ship="available")["state"] == "shipped"
    assert five.claims() == []


def test_an_expired_basket_gives_what_is_there(five: Shop) -> None:
    five.hold({"A": 5}, hold="H-1", minutes=10)
    five.clock.pass_by(minutes=10)
    five.order({"A": 3})
    assert five.order({"A": 5}, hold="H-1")["lines"][0]["reserved"] == 2
    assert state(five, "H-1") == "taken"
    five.cancel("o2")
    five.hold({"A": 2}, hold="H-3", minutes=10)
    five.clock.pass_by(minutes=10)
    five.expire()
    assert five.order({"A": 2}, hold="H-3")["lines"][0]["reserved"] == 2


def test_a_basket_that_is_not_there_or_another_s_is_missing(five: Shop) -> None:
    five.hold({"A": 1}, hold="H-1", owner="OTHER", lines=[{"line": 1, "sku": "A", "qty": 1}], partial=True)
    for code in ("H-1", "H-9"):
        with pytest.raises(Missing):
            five.order({"A": 1}, hold=code)
    five.hold({"A": 1}, hold="H-2")
    five.let_go("H-2")
    with pytest.raises(Conflict):
        five.order({"A": 1}, hold="H-2")


def test_a_declined_order_leaves_its_basket_as_it_was(five: Shop) -> None:
    five.hold({"A": 3}, hold="H-1")
    five.order({"A": 2})
    five.declined({"A": 4}, hold="H-1")
    assert (state(five, "H-1"), five.claims()) == ("open", [("hold:H-1", "A", 3), ("order:o1", "A", 2)])
    assert five.order({"A": 3}, hold="H-1", short="refuse")["lines"][0]["reserved"] == 3


# --- when stock is lost ------------------------------------------------------------------------------------


def test_baskets_lose_before_soft_and_soft_before_hard(five: Shop) -> None:
    five.hold({"A": 1}, hold="H-1")
    five.order({"A": 2}, claim="soft", priority=1)
    five.order({"A": 2}, priority=900)
    five.count("A", -1)
    assert (five.claims(), five.cases()) == ([("order:o1", "A", 2), ("order:o2", "A", 2)], ["promise.lost"])
    five.count("A", -1)
    assert (five.line("o1"), five.line("o2")) == ((1, 0, 1, 0), (2, 0, 0, 0))
    five.count("A", -3)
    assert (five.line("o1"), five.line("o2")) == ((0, 0, 2, 0), (0, 0, 2, 0))
    assert five.cases() == ["promise.lost"]


def test_a_basket_that_has_expired_loses_nothing_to_nobody(five: Shop) -> None:
    five.hold({"A": 3}, hold="H-1", minutes=10)
    five.clock.pass_by(minutes=10)
    five.order({"A": 4})
    five.count("A", -1)
    assert (five.line("o1"), five.cases()) == ((4, 0, 0, 0), [])
    five.expire()
    assert five.line("o1") == (4, 0, 0, 0)


@pytest.mark.parametrize(("lost", "units"), [("A", 2), ("B", 1)])
def test_a_basket_loses_whole_kits_and_its_other_lines_nothing(five: Shop, lost: str, units: int) -> None:
    five.receive({"B": 2, "KIT": 1})
    five.hold({"KIT": 3, "A": 1}, hold="H-1")
    assert sorted((item, qty) for _, item, qty in five.claims()) == [("A", 1), ("A", 4), ("B", 2), ("KIT", 1)]
    five.count(lost, -units)
    assert sorted((item, qty) for _, item, qty in five.claims()) == [("A", 1), ("A", 2), ("B", 1), ("KIT", 1)]
    five.count("KIT", -1)
    assert sorted((item, qty) for _, item, qty in five.claims()) == [("A", 1), ("A", 2), ("B", 1)]


# --- two sites ---------------------------------------------------------------------------------------------


def test_an_open_basket_counts_once_and_gives_way_to_an_order_that_has_no_choice(five: Shop) -> None:
    five.receive({"A": 5}, place=FAR)
    five.hold({"A": 5})
    assert [five.atp("A", scope) for scope in (A, B, ANY)] == [5, 5, 5]
    assert five.order({"A": 4}, site="WH1", day=3)["lines"][0]["reserved"] == 4
    assert [five.atp("A", scope) for scope in (A, B, ANY)] == [1, 1, 1]
    assert five.order({"A": 3}, site="WH2", at=at(4))["lines"][0]["reserved"] == 1
    assert [five.atp("A", scope) for scope in (A, B, ANY)] == [0, 0, 0]
