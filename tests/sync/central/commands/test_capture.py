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
    # Components of one kit may stand apart when no site was asked for.
    assert lines(shop.order({"KIT": 3})) == [(3, 0, 0)]
    shop.ship("o1")
    assert shop.line("o1") == (0, 2, 7, 0)
    shop.ship("o3")
    assert (shop.atp("A"), shop.atp("B")) == (3, 4)
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
    shop.count("S", -1)
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
    shop.count("S", -1)
    assert (sites_of(shop), shop.line("o1")) == ([("s1", "WH2")], (1, 0, 0, 0))
    assert "promise.lost" in shop.cases()
