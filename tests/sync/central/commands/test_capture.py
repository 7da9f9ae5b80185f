"""Capture is reservation: in one act, line by line, and only of what is there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.domain.refusal import Refused
from app.domain.reservation import Scope
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import account, balance, reservation
from tests.sync.central.shop import FAR, PLACE, Shop


def lines(answer: dict[str, Any]) -> list[tuple[int, int, int]]:
    return [(line["reserved"], line["shipped"], line["backordered"]) for line in answer["lines"]]


def test_what_can_be_promised_is_reserved(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3})
    answer = shop.order({"A": 2, "B": 1})
    assert answer["state"] == "open"
    assert lines(answer) == [(2, 0, 0), (0, 0, 1)]
    assert shop.atp("A") == 1


def test_an_order_that_ships_what_is_there_is_shipped_in_the_same_act(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3})
    answer = shop.order({"A": 2, "B": 1}, ship="available")
    assert lines(answer) == [(0, 2, 0), (0, 0, 1)]
    assert shop.line("o1") == (0, 2, 0, 0)
    assert shop.order({"A": 1}, ship="available")["state"] == "shipped"


def test_two_lines_of_one_item_are_checked_together(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    both = [{"line": 1, "sku": "A", "qty": 4}, {"line": 2, "sku": "A", "qty": 4}]
    assert lines(shop.order(both)) == [(4, 0, 0), (1, 0, 3)]


def test_an_order_of_too_few_units_is_refused_and_nothing_of_it_kept(shop: Shop) -> None:
    pack = {"code": "HALF", "qty": 3}
    shop.items({"sku": "A", "name": "A", "min_order_qty": 6, "packs": [pack]}, "B")
    shop.receive({"A": 9, "B": 1})
    with pytest.raises(Refused) as no:
        shop.order({"B": 1, "A": 5})
    assert no.value.code == "order.min_qty"
    assert shop.atp("B") == 1
    # Packs are counted in base units, and lines of an item together.
    both = [{"line": 1, "sku": "A", "qty": 1, "pack": "HALF"}, {"line": 2, "sku": "A", "qty": 3}]
    assert lines(shop.order(both)) == [(3, 0, 0), (3, 0, 0)]


def test_a_line_that_is_not_stock_reserves_nothing(shop: Shop) -> None:
    answer = shop.order([{"line": 1, "sku": None, "qty": 1, "description": "Postage"}])
    assert (answer["state"], lines(answer)) == ("shipped", [(0, 0, 0)])
    assert answer["lines"][0]["stock"] is False


def test_an_order_code_is_captured_once(shop: Shop) -> None:
    shop.items("A")
    shop.order({"A": 1}, order="same")
    with pytest.raises(Conflict) as no:
        shop.order({"A": 1}, order="same")
    assert no.value.code == "order.exists"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([{"line": 1, "sku": "X", "qty": 1}], "item.unknown"),
        ([{"line": 1, "sku": "A", "qty": 1}, {"line": 1, "sku": "A", "qty": 1}], "order.lines"),
        ([{"line": 1, "sku": "A", "qty": 1, "unit_minor": 100}], "order.currency"),
        ([{"line": 1, "sku": "A", "qty": 1, "tax_minor": 1}], "order.currency"),
        ([{"line": 1, "sku": "A", "qty": 2, "serials": ["s1"]}], "order.serials"),
        ([{"line": 1, "sku": "A", "qty": 2, "serials": ["s1", "s1"]}], "order.serials"),
        ([{"line": 1, "sku": None, "qty": 1, "serials": ["s1"]}], "order.serials"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_kept(shop: Shop, asked: list[Any], code: str) -> None:
    shop.items("A")
    shop.receive({"A": 9})
    with pytest.raises(Refused) as no:
        shop.order(asked)
    assert no.value.code == code
    assert shop.atp("A") == 9


def test_one_serial_is_promised_once(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "serial"})
    shop.receive({"A": 2}, serials=["s1", "s2"])
    wanted = [{"line": 1, "sku": "A", "qty": 1, "serials": ["s1"]}]
    assert lines(shop.order(wanted)) == [(1, 0, 0)]
    assert lines(shop.order(wanted)) == [(0, 0, 1)]
    assert lines(shop.order({"A": 2}, ship="available")) == [(0, 1, 1)]
    shop.ship("o1")
    assert shop.line("o1") == (0, 1, 0, 0)


# --- which units, and on which terms -----------------------------------------------------------------------


def test_an_order_at_a_site_gets_that_site_s_units(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.receive({"A": 2}, place=FAR)
    assert lines(shop.order({"A": 4}, site="WH2")) == [(2, 0, 2)]
    assert [shop.atp("A", Scope(site=site)) for site in ("WH1", "WH2", None)] == [3, 0, 3]
    shop.receive({"A": 1})
    assert shop.line("o1") == (2, 0, 2, 0)
    shop.receive({"A": 1}, place=FAR)
    assert shop.line("o1") == (3, 0, 1, 0)
    with pytest.raises(Refused) as no:
        shop.order({"A": 1}, site="WH9")
    assert no.value.code == "site.unknown"


def test_a_line_asks_for_its_lot_its_grade_and_a_life(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.policy()
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 2}, lot="L2")
    # The shelf life that is asked for counts from when the order was placed, whenever it is captured.
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")
    placed: dict[str, Any] = {"at": "2026-11-22T09:00:00Z"}
    shop.disposition("A", grade="B")
    line: dict[str, Any] = {"line": 1, "sku": "A", "qty": 9}
    assert lines(shop.order([line | {"grade": "B"}])) == [(1, 0, 8)]
    assert lines(shop.order([line | {"lot": "L1", "qty": 1}])) == [(1, 0, 0)]
    assert lines(shop.order([line | {"min_life_days": 10, "lot": "L1"}], **placed)) == [(0, 0, 9)]
    assert lines(shop.order([line | {"min_life_days": 9, "qty": 3}], **placed)) == [(3, 0, 0)]
    assert shop.atp("A") == 0


def aged(shop: Shop, *, days: int = 30) -> None:
    """Four of A soon past their date and three that are good for long; A must have some of its life left."""
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": days}, "B")
    shop.receive({"A": 4}, lot="L1")
    shop.receive({"A": 3}, lot="L2")
    shop.dated("A", L1="2026-12-01", L2="2027-03-01")


def test_an_order_gets_what_is_fresh_enough_for_the_item_and_shows_its_date(shop: Shop) -> None:
    aged(shop)
    assert shop.atp("A") == 3
    assert lines(shop.order({"A": 9})) == [(3, 0, 6)]
    assert shop.shown("o1")["lines"][0]["fresh"] == "2026-12-22"
    # What was promised while there was enough of its life left stays promised.
    shop.clock.pass_by(days=80)
    shop.expire()
    assert shop.line("o1")[0] == 3


def test_components_too_close_to_their_date_are_put_into_no_kit(shop: Shop) -> None:
    aged(shop)
    shop.items({"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]})
    shop.receive({"B": 9})
    assert shop.atp("KIT") == 1
    assert lines(shop.order({"KIT": 3})) == [(1, 0, 2)]
    shop.ship("o1")
    shop.clock.pass_by(days=1)
    shop.receive({"A": 3}, lot="L2")
    assert shop.line("o1") == (2, 1, 0, 0)


def test_a_line_that_waits_gets_only_what_is_fresh_enough_when_it_comes(shop: Shop) -> None:
    aged(shop, days=8)
    shop.order({"A": 9})
    assert shop.line("o1")[0] == 7
    shop.clock.pass_by(days=3)
    # A claim of before may be met from it, so a unit that is good for longer becomes free.
    shop.receive({"A": 1}, lot="L1")
    assert shop.line("o1")[0] == 8
    shop.ship("o1")
    shop.receive({"A": 1}, lot="L1")
    assert (shop.line("o1")[0], shop.atp("A")) == (0, 0)
    shop.receive({"A": 1}, lot="L2")
    assert shop.line("o1") == (1, 8, 0, 0)


def test_what_an_item_asks_of_its_units_may_change(shop: Shop) -> None:
    aged(shop)
    shop.order({"A": 5})
    assert shop.line("o1")[0] == 3
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    assert shop.line("o1")[0] == 3
    assert shop.atp("A") == 4, "the line keeps the date it was taken with"
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 200})
    shop.order({"A": 1})
    assert (shop.atp("A"), shop.line("o2")[0], shop.line("o1")[0]) == (0, 0, 3)
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 2})
    assert shop.atp("A") == 4


def test_why_so_few_were_promised_names_what_is_too_close_to_its_date(shop: Shop) -> None:
    aged(shop)
    shop.order({"A": 9})
    (said, *_) = shop.why("o1")
    assert said == (
        "Line 1: 3 of 9 of A (good at least until 2026-12-22) were promised. Of A there were 3 sellable. "
        "4 more were left out: too close to its date."
    )


@pytest.mark.parametrize(
    ("sku", "which"), [("C", "C"), ("KIT", "C, a component of KIT,")], ids=["item", "component"]
)
def test_what_may_not_go_to_a_region_is_refused(shop: Shop, sku: str, which: str) -> None:
    shop.items(
        {"sku": "C", "name": "C", "restricted_regions": ["GB"]},
        {"sku": "KIT", "name": "kit", "kit": [{"sku": "C", "qty": 1}]},
    )
    shop.receive({"C": 5, "KIT": 1})
    with pytest.raises(Refused) as no:
        shop.order({sku: 1}, region="GB-NIR")
    assert (no.value.code, which in str(no.value)) == ("order.restricted", True)
    assert lines(shop.order({sku: 1}, region="FR")) == [(1, 0, 0)]


def test_a_kit_that_may_not_go_to_the_region_any_more_waits(shop: Shop) -> None:
    kit = {"sku": "KIT", "name": "kit", "kit": [{"sku": "C", "qty": 1}]}
    shop.items("C", kit)
    shop.order({"KIT": 2}, region="GB")
    shop.order({"KIT": 1}, region="FR")
    shop.items({"sku": "C", "name": "C", "restricted_regions": ["GB"]})
    shop.receive({"C": 3})
    assert (shop.line("o1")[0], shop.line("o2")[0], shop.atp("KIT")) == (0, 1, 2)


def test_an_open_claim_makes_room_for_a_lot_that_is_asked_for(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot"})
    shop.receive({"A": 2}, lot="L1")
    shop.receive({"A": 2}, lot="L2")
    shop.order({"A": 2})
    assert lines(shop.order([{"line": 1, "sku": "A", "qty": 2, "lot": "L1"}])) == [(2, 0, 0)]
    assert lines(shop.order([{"line": 1, "sku": "A", "qty": 2, "lot": "L2"}])) == [(0, 0, 2)]
    shop.cancel("o1")
    assert shop.line("o3") == (2, 0, 0, 0)


def test_all_or_nothing_reserves_all_or_nothing(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3, "B": 1})
    assert lines(shop.order({"A": 2, "B": 2}, fill="complete")) == [(0, 0, 2), (0, 0, 2)]
    assert (shop.atp("A"), shop.atp("B")) == (3, 1)
    assert lines(shop.order({"A": 2, "B": 1}, fill="complete")) == [(2, 0, 0), (1, 0, 0)]
    assert lines(shop.order({"A": 2}, fill="complete", ship="available")) == [(0, 0, 2)]


def test_an_order_that_is_not_to_wait_is_declined_whole(shop: Shop) -> None:
    shop.items("A", "B")
    shop.receive({"A": 3})
    assert shop.declined({"A": 2, "B": 1}).code == "order.not_available"
    with pytest.raises(Missing):
        shop.shown("o1")
    assert lines(shop.order({"A": 3}, short="refuse")) == [(3, 0, 0)]


def test_a_kit_under_a_site_is_put_together_there(shop: Shop) -> None:
    kit = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}
    shop.items("A", "B", kit)
    shop.receive({"A": 9, "KIT": 1})
    shop.receive({"A": 4, "B": 9}, place=FAR)
    assert lines(shop.order({"KIT": 9}, site="WH2")) == [(2, 0, 7)]
    assert lines(shop.order({"KIT": 9}, site="WH1")) == [(1, 0, 8)]
    # Nor may the components of one kit stand apart when no site was asked for.
    assert lines(shop.order({"KIT": 3})) == [(0, 0, 3)]
    assert (
        "It takes one site that has all of them, and none has enough for one more KIT." in shop.why("o3")[0]
    )
    shop.ship("o1")
    assert shop.line("o1") == (0, 2, 7, 0)
    assert (shop.atp("A"), shop.atp("B")) == (9, 7)
    shop.receive({"B": 1})
    assert shop.line("o2") == (2, 0, 7, 0)
    shop.ship("o2")
    assert shop.line("o2") == (0, 2, 7, 0)


SERIAL = {"sku": "S", "name": "S", "tracking": "serial"}


def sites_of(shop: Shop) -> list[tuple[str, str]]:
    """Serial and site of every claim."""
    asked = select(reservation.c.serial, reservation.c.site).order_by(reservation.c.serial)
    return [(row.serial, row.site) for row in shop.ask(lambda conn: conn.execute(asked).all())]


def test_a_claim_stays_with_its_unit_when_its_serial_turns_up_elsewhere(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 1}, serials=["s1"])
    shop.count("S", -1, serial="s1")
    shop.receive({"S": 1}, serials=["s1"], place=FAR)
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])
    # It would be picked first: it stands where the serial stood before.
    shop.receive({"S": 1}, serials=["s1"])
    assert sites_of(shop) == [("s1", "WH2")]
    assert (shop.line("o1"), shop.cases(), shop.atp("S")) == ((1, 0, 0, 0), ["serial.twice"], 0)
    wave = shop.wave()
    assert [parcel["site"] for parcel in wave["parcels"]] == ["WH2"]
    code = wave["parcels"][0]["parcel"]
    shop.take_apart(code)
    assert sites_of(shop) == [("s1", "WH2")]
    shop.ship("o1")
    assert shop.line("o1") == (0, 1, 0, 0)
    left = shop.ask(
        lambda conn: conn.execute(
            select(account.c.location)
            .join_from(account, balance, balance.c.account == account.c.id)
            .where(account.c.serial == "s1", balance.c.qty > 0, balance.c.status == "sellable")
        ).scalars()
    )
    assert (list(left), shop.cases()) == ([PLACE], ["serial.twice"])


def test_a_duplicate_at_the_other_end_takes_over_only_once_the_unit_is_gone(shop: Shop) -> None:
    shop.items(SERIAL)
    shop.receive({"S": 1}, serials=["s1"])
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s1"]}])
    shop.receive({"S": 1}, serials=["s1"], place=FAR)
    assert sites_of(shop) == [("s1", "WH1")]
    shop.count("S", -1, serial="s1")
    assert (sites_of(shop), shop.line("o1")) == ([("s1", "WH2")], (1, 0, 0, 0))
    assert "promise.lost" in shop.cases()
