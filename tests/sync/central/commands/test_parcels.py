"""Parcels on their way: each step once, none back; what is in them is claimed at their site."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from app.domain.account import Account, Status
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.refusal import Refused
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import exception, reservation
from tests.sync.central.shop import OWNER, PLACE, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Five of A at WH1 and three at WH2."""
    shop.items("A", "B", KIT)
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5})
    shop.receive({"A": 3}, place="WH2-A")
    return shop


def claims(shop: Shop) -> list[tuple[str, str, str, int]]:
    """Document, site, strength and units of every claim."""
    rows = shop.ask(lambda conn: conn.execute(select(reservation).order_by(reservation.c.id)).all())
    return sorted((row.document, row.site, row.claim, row.qty) for row in rows)


def test_a_parcel_goes_its_way_from_its_own_site(stocked: Shop) -> None:
    stocked.order({"A": 2}, claim="soft")
    code = stocked.release("o1", "WH2")
    assert claims(stocked) == [("order:o1", "WH2", "hard", 2)]
    stocked.prove()
    stocked.pick(code)
    stocked.pack(code)
    sent = stocked.send(code, "JD01")
    assert (sent["state"], sent["tracking"]) == ("shipped", "JD01")
    assert stocked.line("o1") == (0, 2, 0, 0)
    assert stocked.shown("o1")["state"] == "shipped"
    left = stocked.ask(
        lambda conn: conn.exec_driver_sql(
            "SELECT account.location, balance.qty FROM balance JOIN account ON account.id = balance.account "
            "WHERE account.item = 'A' AND account.location LIKE 'WH%' ORDER BY 1"
        ).all()
    )
    assert [tuple(row) for row in left] == [("WH1-A", 5), ("WH2-A", 1)]


def test_no_step_is_taken_twice_and_none_back(stocked: Shop) -> None:
    stocked.order({"A": 1})
    code = stocked.release("o1")
    steps: list[tuple[Callable[[str], object], str]] = [
        (stocked.pack, "parcel.not_packed"),
        (stocked.send, "parcel.not_shipped"),
    ]
    for step, refusal in steps:
        with pytest.raises(Conflict) as no:
            step(code)
        assert no.value.code == refusal
    stocked.pick(code)
    with pytest.raises(Conflict) as no:
        stocked.pick(code)
    assert "is picked" in no.value.read
    stocked.pack(code)
    stocked.send(code)
    for step in (stocked.pick, stocked.pack, stocked.send, stocked.take_apart):
        with pytest.raises(Conflict):
            step(code)
    with pytest.raises(Missing):
        stocked.pick("P-9-9")


def test_a_parcel_may_leave_without_being_packed(stocked: Shop) -> None:
    stocked.order({"A": 1})
    code = stocked.release("o1")
    stocked.pick(code)
    assert stocked.send(code)["state"] == "shipped"


def test_what_was_not_found_leaves_the_parcel_and_waits(stocked: Shop) -> None:
    stocked.order({"A": 4})
    code = stocked.release("o1")
    stocked.pick(code, {1: 3})
    assert stocked.parcel(code)["lines"] == [{"line": 1, "sku": "A", "qty": 3, "picked": 3}]
    assert stocked.cases() == ["pick.short"]
    fix = stocked.ask(lambda conn: conn.scalar(select(exception.c.fix)))
    assert "Count WH1-A" in str(fix)
    assert any("1 of 4 of A (line 1) were not found at WH1" in said for said in stocked.why("o1"))
    stocked.prove()
    stocked.send(code)
    assert stocked.line("o1") == (1, 3, 0, 0)


def not_found(shop: Shop) -> dict[str, int]:
    """Units by item that stand as not found anywhere."""
    rows = shop.ask(
        lambda conn: conn.exec_driver_sql(
            "SELECT account.item, balance.qty FROM balance JOIN account ON account.id = balance.account "
            "WHERE account.status = 'quarantined' AND account.reason = 'not_found' AND balance.qty <> 0"
        ).all()
    )
    return {row.item: row.qty for row in rows}


def test_what_was_not_found_is_promised_to_nobody_until_it_is_counted(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3}, lot="L1")
    shop.order({"A": 3})
    shop.pick(shop.release("o1"), {1: 1})
    assert (shop.line("o1"), shop.atp("A"), not_found(shop)) == ((1, 0, 2, 0), 0, {"A": 2})
    shop.order({"A": 1}, priority=900)
    assert shop.line("o2") == (0, 0, 1, 0)
    shop.count("A", 1)
    assert (shop.line("o1"), shop.line("o2"), not_found(shop)) == ((2, 0, 1, 0), (0, 0, 1, 0), {"A": 1})
    shop.count("A", 3)
    assert (shop.line("o1"), shop.line("o2"), not_found(shop)) == ((3, 0, 0, 0), (1, 0, 0, 0), {})
    assert shop.atp("A") == 1


def test_who_waits_gets_other_units_than_those_that_were_not_found(stocked: Shop) -> None:
    stocked.order({"A": 5})
    stocked.pick(stocked.release("o1"), {1: 0})
    assert (stocked.line("o1"), not_found(stocked)) == ((3, 0, 2, 0), {"A": 5})
    told = stocked.ask(
        lambda conn: conn.exec_driver_sql("SELECT kind FROM event WHERE kind LIKE 'stock.%'").scalars().all()
    )
    assert list(told) == ["stock.adjusted"]


def test_a_pick_is_taken_at_its_word_when_the_units_are_past_their_date(shop: Shop) -> None:
    shop.items({"sku": "L", "name": "L", "tracking": "lot"})
    shop.receive({"L": 2}, lot="x")
    shop.dated("L", x=shop.clock.now().date().isoformat())
    shop.order({"L": 2})
    code = shop.release("o1")
    shop.clock.pass_by(days=1)
    assert shop.pick(code, {1: 0})["state"] == "cancelled"
    assert (shop.line("o1"), not_found(shop)) == ((0, 0, 2, 0), {})


def test_a_parcel_of_which_nothing_was_found_is_cancelled(stocked: Shop) -> None:
    stocked.order({"A": 4})
    code = stocked.release("o1")
    assert stocked.pick(code, {1: 0})["state"] == "cancelled"
    assert (stocked.line("o1"), stocked.atp("A")) == ((4, 0, 0, 0), 0)


@pytest.mark.parametrize("found", [{1: 5}, {2: 0}])
def test_no_more_is_found_than_is_inside(stocked: Shop, found: dict[int, int]) -> None:
    stocked.order({"A": 4})
    code = stocked.release("o1")
    with pytest.raises(Refused) as no:
        stocked.pick(code, found)
    assert no.value.code == "parcel.not_inside"


def test_missing_serials_are_named(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order([{"line": 1, "sku": "S", "qty": 2, "serials": ["s1", "s2"]}])
    code = shop.release("o1")
    for named in ([], ["s3"], ["s1", "s2"]):
        with pytest.raises(Refused) as no:
            shop.pick(code, {1: 1}, missing=named)
        assert no.value.code == "parcel.serials"
    shop.pick(code, {1: 1}, missing=["s1"])
    shop.send(code)
    sold = shop.ask(lambda conn: conn.exec_driver_sql("SELECT serial FROM sold_serial").scalars().all())
    assert list(sold) == ["s2"]


@pytest.fixture
def named(shop: Shop) -> Shop:
    """One line of four named serials, two of them in each of two parcels: s1, s2 and s3, s4."""
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    serials = ["s1", "s2", "s3", "s4"]
    shop.receive({"S": 4}, serials=serials)
    shop.order([{"line": 1, "sku": "S", "qty": 4, "serials": serials}])
    for _ in range(2):
        shop.release("o1", lines={1: 2})
    return shop


ONE, TWO = "P-1-9", "P-2-7"


def inside(shop: Shop, code: str) -> list[str]:
    """The serials that a parcel shows."""
    return list(shop.parcel(code)["lines"][0].get("serials", ()))


def test_each_of_two_parcels_sends_the_serials_it_was_released_with(named: Shop) -> None:
    assert (inside(named, ONE), inside(named, TWO)) == (["s1", "s2"], ["s3", "s4"])
    # Who is picked first takes nothing of the other.
    named.pick(TWO)
    named.prove()
    named.pack(TWO, {1: ["s4", "s3"]})
    named.send(TWO)
    sold = named.ask(lambda c: c.exec_driver_sql("SELECT serial FROM sold_serial ORDER BY 1").scalars().all())
    assert list(sold) == ["s3", "s4"]
    assert (inside(named, ONE), inside(named, TWO)) == (["s1", "s2"], ["s3", "s4"])


def test_a_serial_of_another_parcel_is_neither_picked_nor_packed(named: Shop) -> None:
    with pytest.raises(Refused) as no:
        named.pick(ONE, {1: 2}, serials=["s1", "s3"])
    assert no.value.code == "parcel.other_serial"
    assert TWO in no.value.read
    assert "s1, s2" in no.value.expected
    named.pick(ONE, {1: 2}, serials=["s1", "s2"])
    for scanned, code in (
        (["s2", "s3"], "parcel.other_serial"),
        (["s2", "s9"], "parcel.other_serial"),
        (["s2"], "parcel.serials"),
    ):
        with pytest.raises(Refused) as no:
            named.pack(ONE, {1: scanned})
        assert no.value.code == code
    with pytest.raises(Refused) as no:
        named.pack(ONE, {2: ["s1"]})
    assert no.value.code == "parcel.not_inside"
    assert named.pack(ONE, {1: ["s1", "s2"]})["state"] == "packed"


def test_a_line_of_any_units_takes_none_that_was_released_by_name(named: Shop) -> None:
    named.receive({"S": 1}, serials=["s5"])
    named.order({"S": 1})
    code = named.release("o2")
    with pytest.raises(Refused) as no:
        named.pick(code, {1: 1}, serials=["s1"])
    assert no.value.code == "parcel.other_serial"
    assert ONE in no.value.do
    named.pick(code, {1: 1}, serials=["s5"])


def test_what_a_parcel_loses_is_the_very_serial(named: Shop) -> None:
    named.pick(ONE, {1: 1}, missing=["s2"])
    assert (inside(named, ONE), inside(named, TWO)) == (["s1"], ["s3", "s4"])
    named.prove()
    # The one that waits for s2 is given up first, then one that is in nobody's hands.
    named.cancel("o1", lines=[{"line": 1, "qty": 2}])
    assert (inside(named, ONE), len(inside(named, TWO))) == (["s1"], 1)


def test_a_lost_serial_leaves_its_own_parcel(named: Shop) -> None:
    unit = Account(OWNER, "S", PLACE, Status.SELLABLE, serial="s1")
    lost = Account(OWNER, "S", Virtual.COUNT, serial="s1")
    named.at_station("stock.adjusted", [Move(1, unit, lost, MoveKind.ADJUST)])
    assert (inside(named, ONE), inside(named, TWO)) == (["s2"], ["s3", "s4"])


def test_a_cancelled_parcel_gives_its_units_back_to_the_order(stocked: Shop) -> None:
    stocked.order({"A": 3}, claim="soft")
    code = stocked.release("o1", "WH2")
    stocked.pick(code)
    stocked.take_apart(code)
    assert claims(stocked) == [("order:o1", "", "soft", 3)]
    assert stocked.line("o1") == (3, 0, 0, 0)
    assert any("was cancelled while picked" in said for said in stocked.why("o1"))
    with pytest.raises(Conflict):
        stocked.take_apart(code)


def test_units_of_one_line_in_two_parcels_of_an_order_bound_to_a_site(stocked: Shop) -> None:
    stocked.order({"A": 4}, claim="soft", site="WH1")
    first = stocked.release("o1", lines={1: 2})
    assert claims(stocked) == [("order:o1", "WH1", "hard", 2), ("order:o1", "WH1", "soft", 2)]
    second = stocked.release("o1", lines={1: 1})
    stocked.prove()
    stocked.take_apart(first)
    assert claims(stocked) == [("order:o1", "WH1", "hard", 1), ("order:o1", "WH1", "soft", 3)]
    stocked.take_apart(second)
    assert claims(stocked) == [("order:o1", "WH1", "soft", 4)]


def test_kits_of_which_some_are_released_are_claimed_apart(stocked: Shop) -> None:
    stocked.receive({"B": 2})
    stocked.order({"KIT": 2}, claim="soft", site="WH1")
    code = stocked.release("o1", lines={1: 1})
    assert sorted(claim[2:] for claim in claims(stocked)) == [
        ("hard", 1),
        ("hard", 2),
        ("soft", 1),
        ("soft", 2),
    ]
    stocked.prove()
    stocked.count("B", -1)
    assert (stocked.line("o1"), stocked.parcel(code)["lines"][0]["qty"]) == ((1, 0, 1, 0), 1)
    stocked.pick(code)
    stocked.send(code)
    assert stocked.line("o1") == (0, 1, 1, 0)


def test_the_parcel_of_a_kit_ships_its_components(stocked: Shop) -> None:
    stocked.receive({"B": 2, "KIT": 1})
    stocked.order({"KIT": 3})
    code = stocked.release("o1")
    stocked.prove()
    stocked.pick(code, {1: 2})
    stocked.send(code)
    assert stocked.line("o1") == (0, 2, 1, 0)
    assert (stocked.free("A"), stocked.free("B"), stocked.free("KIT")) == (4, 0, 0)
    assert not_found(stocked) == {"KIT": 1}


def test_the_order_ships_what_stands_in_no_parcel(stocked: Shop) -> None:
    stocked.order({"A": 4})
    code = stocked.release("o1", lines={1: 3})
    with pytest.raises(Conflict) as no:
        stocked.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert no.value.code == "order.in_parcels"
    assert code in no.value.expected
    stocked.ship("o1")
    assert stocked.line("o1") == (3, 1, 0, 0)
    with pytest.raises(Conflict) as no:
        stocked.ship("o1")
    assert code in no.value.read


def test_units_leave_a_released_parcel_when_the_order_gives_them_up(stocked: Shop) -> None:
    stocked.order({"A": 4})
    stocked.order({"A": 6})
    code = stocked.release("o1", lines={1: 3})
    stocked.cancel("o1", lines=[{"line": 1, "qty": 2}])
    assert stocked.parcel(code)["lines"][0]["qty"] == 2
    assert stocked.line("o2") == (6, 0, 0, 0)
    stocked.cancel("o1")
    assert stocked.parcel(code)["state"] == "cancelled"
    assert stocked.shown("o1")["state"] == "cancelled"


def test_what_is_picked_is_not_given_up(stocked: Shop) -> None:
    stocked.order({"A": 4})
    code = stocked.release("o1", lines={1: 3})
    stocked.pick(code)
    for lines in ([], [{"line": 1, "qty": 2}]):
        with pytest.raises(Conflict) as no:
            stocked.cancel("o1", lines=lines)
        assert no.value.code == "order.picked"
        assert code in no.value.read
    stocked.cancel("o1", lines=[{"line": 1, "qty": 1}])
    assert stocked.line("o1") == (3, 0, 0, 1)


def test_lost_stock_leaves_the_parcel_that_was_released_last(stocked: Shop) -> None:
    stocked.order({"A": 2}, day=3)
    stocked.order({"A": 2}, day=4)
    first, second = stocked.release("o1"), stocked.release("o2")
    stocked.count("A", -2)
    assert (stocked.parcel(first)["lines"][0]["qty"], stocked.parcel(second)["lines"][0]["qty"]) == (2, 1)
    assert stocked.cases() == ["parcel.lost", "promise.lost"]
    assert any("is gone" in said for said in stocked.why("o2"))
    stocked.prove()


def test_what_is_in_hand_is_missed_last(stocked: Shop) -> None:
    stocked.order({"A": 2}, day=3)
    stocked.order({"A": 3}, day=4)
    first, second = stocked.release("o1"), stocked.release("o2")
    stocked.pick(second)
    stocked.count("A", -3)
    assert stocked.parcel(first)["state"] == "cancelled"
    assert stocked.parcel(second)["lines"][0] == {"line": 1, "sku": "A", "qty": 2, "picked": 2}
    stocked.send(second)
    assert stocked.line("o2") == (1, 2, 0, 0)
