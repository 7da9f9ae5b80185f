"""Changing an open order: its own reservation never stands in its way, and everything adds up after."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.changes import change_order
from sync.central.commands.dispatch_asked import Change
from sync.central.rules.outcomes import Conflict, Declined, Missing
from tests.sync.central.shop import Shop
from tests.sync.central.store.test_allotting import FOUR, obey

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Five of A at WH1, three at WH2; two of B."""
    shop.items("A", "B", KIT)
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5, "B": 2})
    shop.receive({"A": 3}, place="WH2-A")
    return shop


def test_a_line_grows_by_what_is_free(stocked: Shop) -> None:
    stocked.order({"A": 6})
    stocked.change("o1", {1: 8})
    assert stocked.line("o1") == (8, 0, 0, 0)
    stocked.change("o1", {1: 10})
    assert stocked.line("o1") == (8, 0, 2, 0)
    assert "Line 1: from 8 to 10 of A, of which 8 are reserved and 2 wait." in stocked.why("o1")


def test_refused_growth_changes_nothing(stocked: Shop) -> None:
    stocked.order({"A": 6, "B": 1})
    answer = stocked.change("o1", {1: 9, 2: 2}, short="refuse")
    assert isinstance(answer, Declined)
    assert "3 of A (2 available)" in answer.read
    assert (stocked.line("o1", 1), stocked.line("o1", 2)) == ((6, 0, 0, 0), (1, 0, 0, 0))
    assert stocked.change("o1", {1: 8}, short="refuse")["lines"][0]["reserved"] == 8


def test_a_line_shrinks_from_what_waits_first(stocked: Shop) -> None:
    stocked.order({"A": 10})
    stocked.order({"A": 2})
    stocked.change("o1", {1: 8})
    assert (stocked.line("o1"), stocked.line("o2")) == ((8, 0, 0, 0), (0, 0, 2, 0))
    stocked.change("o1", {1: 5})
    assert (stocked.line("o1"), stocked.line("o2")) == ((5, 0, 0, 0), (2, 0, 0, 0))
    assert stocked.atp("A") == 1


def test_one_line_gives_to_another_in_one_change(stocked: Shop) -> None:
    stocked.order([{"line": 1, "sku": "A", "qty": 8}, {"line": 2, "sku": "KIT", "qty": 1}])
    assert stocked.line("o1", 2) == (0, 0, 1, 0)
    stocked.change("o1", {1: 4, 2: 2})
    assert (stocked.line("o1", 1), stocked.line("o1", 2)) == ((4, 0, 0, 0), (2, 0, 0, 0))


def test_a_line_keeps_what_was_shipped_or_picked(stocked: Shop) -> None:
    stocked.order({"A": 5})
    stocked.ship("o1", lines=[{"line": 1, "qty": 2}])
    parcel = stocked.release("o1", lines={1: 2})
    with pytest.raises(Refused) as no:
        stocked.change("o1", {1: 1})
    assert no.value.code == "order.line_change"
    stocked.pick(parcel)
    with pytest.raises(Conflict) as no:
        stocked.change("o1", {1: 3})
    assert no.value.code == "order.picked"
    stocked.change("o1", {1: 4})
    stocked.send(parcel)
    assert stocked.shown("o1")["state"] == "shipped"


def test_an_order_shrunk_to_what_has_left_is_done(stocked: Shop) -> None:
    stocked.order({"A": 5})
    stocked.ship("o1", lines=[{"line": 1, "qty": 2}])
    assert stocked.change("o1", {1: 2})["state"] == "shipped"
    with pytest.raises(Conflict) as no:
        stocked.change("o1", {1: 3})
    assert no.value.code == "order.not_open"


def test_a_blocked_order_grows_but_gets_nothing(stocked: Shop) -> None:
    stocked.order({"A": 2})
    stocked.block("o1", "fraud")
    stocked.change("o1", {1: 4})
    assert stocked.line("o1") == (2, 0, 2, 0)


def test_a_reservation_moves_to_a_site_that_has_the_units(stocked: Shop) -> None:
    stocked.order({"A": 2}, site="WH1")
    assert stocked.change("o1", site="WH2", short="refuse")["site"] == "WH2"
    stocked.prove()
    stocked.order({"A": 5}, site="WH1")
    assert stocked.line("o2") == (5, 0, 0, 0)
    assert "It is to be sent from WH2, no longer from WH1." in stocked.why("o1")


def test_a_site_that_has_too_few_is_refused_or_waits(stocked: Shop) -> None:
    stocked.order({"A": 5}, site="WH1")
    answer = stocked.change("o1", site="WH2", short="refuse")
    assert isinstance(answer, Declined)
    assert "5 of A (3 available)" in answer.read
    assert (stocked.shown("o1")["site"], stocked.line("o1")) == ("WH1", (5, 0, 0, 0))
    stocked.change("o1", site="WH2")
    assert stocked.line("o1") == (3, 0, 2, 0)


def test_an_order_set_free_keeps_its_units(stocked: Shop) -> None:
    stocked.order({"A": 5}, site="WH1", priority=9)
    stocked.order({"A": 4}, priority=1)
    assert stocked.line("o2") == (3, 0, 1, 0)
    stocked.change("o1", site=None)
    assert (stocked.line("o1"), stocked.line("o2")) == ((5, 0, 0, 0), (3, 0, 1, 0))


def test_serials_move_with_their_order(shop: Shop) -> None:
    shop.items({"sku": "S", "name": "S", "tracking": "serial"})
    shop.receive({"S": 2}, serials=["s1", "s2"])
    shop.order([{"line": 1, "sku": "S", "qty": 1, "serials": ["s2"]}])
    shop.change("o1", site="WH1")
    assert shop.line("o1") == (1, 0, 0, 0)
    with pytest.raises(Refused) as no:
        shop.change("o1", {1: 2})
    assert no.value.code == "order.serials"


def test_an_order_in_a_parcel_does_not_move_away_from_it(stocked: Shop) -> None:
    stocked.order({"A": 4})
    stocked.release("o1", "WH2", lines={1: 2})
    with pytest.raises(Conflict) as no:
        stocked.change("o1", site="WH1")
    assert no.value.code == "order.in_parcels"
    stocked.change("o1", site="WH2")
    assert stocked.line("o1") == (3, 0, 1, 0)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([{"line": 1, "qty": 1}, {"line": 1, "qty": 2}], "order.lines"),
        ([{"line": 7, "qty": 1}], "order.line_change"),
    ],
)
def test_lines_that_are_none_are_refused(stocked: Shop, lines: list[dict[str, int]], code: str) -> None:
    stocked.order({"A": 4})
    with pytest.raises(Refused) as no:
        stocked.act(lambda act: change_order(act, "o1", Change.model_validate({"lines": lines})))
    assert no.value.code == code


def test_an_order_is_not_changed_to_fewer_units_than_are_sold(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "min_order_qty": 4})
    shop.receive({"A": 9})
    shop.order({"A": 6})
    with pytest.raises(Refused) as no:
        shop.change("o1", {1: 3})
    assert no.value.code == "order.min_qty"
    shop.change("o1", {1: 4})
    assert shop.line("o1") == (4, 0, 0, 0)
    # Who gives up what waits gives up all of it.
    shop.cancel("o1")
    assert shop.atp("A") == 9


def test_unknown_orders_and_sites_are_named(stocked: Shop) -> None:
    with pytest.raises(Missing):
        stocked.change("o1", {1: 1})
    stocked.order({"A": 4})
    with pytest.raises(Refused) as no:
        stocked.change("o1", site="WH9")
    assert no.value.code == "site.unknown"


def test_all_or_nothing_holds_at_another_site_and_when_a_line_grows(stocked: Shop) -> None:
    stocked.order({"A": 4, "B": 1}, fill="complete")
    stocked.change("o1", site="WH2")
    assert (stocked.line("o1", 1), stocked.line("o1", 2)) == ((0, 0, 4, 0), (0, 0, 1, 0))
    assert stocked.atp("A") == 8
    stocked.change("o1", site="WH1")
    assert (stocked.line("o1", 1), stocked.line("o1", 2)) == ((4, 0, 0, 0), (1, 0, 0, 0))
    stocked.change("o1", {1: 6})
    assert (stocked.line("o1", 1), stocked.line("o1", 2)) == ((0, 0, 6, 0), (0, 0, 1, 0))


def test_a_change_that_is_declined_says_what_it_asked_for_beside_what_the_order_keeps(stocked: Shop) -> None:
    stocked.order({"A": 2})
    stocked.order({"A": 1})
    answer = stocked.change("o1", {1: 9}, short="refuse")
    said = answer.more["why"]
    assert said[0].startswith(
        "Line 1: the change asks for 7 of A, and 5 could be had. Of A there were 8 sellable"
    )
    assert "nothing was changed: the order keeps what it has." in said[1]
    assert said[2:] == ["2 of A are its own already (line 1).", "1 of A are claimed by order o2 (line 1)."]
    assert stocked.line("o1") == (2, 0, 0, 0)


def test_the_change_of_a_blocked_order_is_declined_for_its_block(stocked: Shop) -> None:
    stocked.order({"A": 2})
    stocked.block("o1", "fraud", keep=True)
    answer = stocked.change("o1", {1: 5}, short="refuse")
    assert answer.more["why"][0] == "The order is blocked (fraud) and gets nothing new until it is not."
    assert not any("could be promised" in said for said in answer.more["why"])


def test_another_site_meets_what_was_promised_before_a_day_passed(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 30}, "B", KIT)
    shop.sites(**{"WH2-A": "WH2"})
    shop.receive({"A": 5}, lot="L1")
    shop.receive({"A": 2, "B": 9}, lot="L1", place="WH2-A")
    shop.receive({"A": 4}, lot="L2", place="WH2-A")
    shop.dated("A", L1="2026-12-22", L2="2027-03-01")
    shop.order({"A": 5, "KIT": 1}, claim="hard")
    shop.clock.pass_by(days=1)
    shop.change("o1", site="WH2", short="refuse")
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((5, 0, 0, 0), (1, 0, 0, 0))
    shop.change("o1", site="WH1")
    assert (shop.line("o1", 1), shop.line("o1", 2)) == ((5, 0, 0, 0), (0, 0, 1, 0))


def test_what_an_order_has_is_kept_for_no_channel_when_it_changes_its_site(stocked: Shop) -> None:
    """Eight of A, five of them promised: the three that are left are kept for another channel."""
    stocked.order({"A": 5}, site="WH1")
    obey(stocked, FOUR.format(since=""))
    stocked.receive({"A": 2}, place="WH2-A")
    assert stocked.available("A", channel="web")["atp"] == 1
    stocked.change("o1", site="WH2", short="refuse")
    assert stocked.line("o1") == (5, 0, 0, 0)
    assert stocked.available("A", channel="web")["atp"] == 1
