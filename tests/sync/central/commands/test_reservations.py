"""A planner moves claims between sites and gives units from order to order, never more than there is."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.refusal import Refused
from sync.central.commands.reservations import Gift, Move, give, move
from sync.central.rules.outcomes import Conflict, Declined, Missing
from sync.central.store.claims import of_document
from sync.central.store.told import of_subject
from tests.sync.central.shop import FAR, Shop

KIT = {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1}]}


def rows(shop: Shop, code: str) -> Any:
    return shop.ask(lambda conn: of_document(conn, f"order:{code}"))


def claim(shop: Shop, code: str, item: str = "A") -> int:
    return next(int(row.id) for row in rows(shop, code) if row.item == item)


def moved(shop: Shop, number: int, site: str | None) -> Any:
    asked = Move(site=site, reason="collected there")
    return shop.act(lambda act: move(act, number, asked))


def given(shop: Shop, number: int, order: str, qty: int, line: int = 1) -> Any:
    asked = Gift(order=order, line=line, qty=qty, reason="promised by phone")
    return shop.act(lambda act: give(act, number, asked))


def why(shop: Shop, code: str) -> str:
    found: Any = shop.ask(lambda conn: of_subject(conn, f"order:{code}"))
    return " ".join(sentence for entry in found["decisions"] for sentence in entry["why"])


def two_sites(shop: Shop) -> None:
    shop.items("A", "B", KIT)
    shop.places(FAR)
    shop.receive({"A": 4, "B": 2})
    shop.receive({"A": 2, "B": 2}, place=FAR)


def test_a_claim_moves_to_a_site_with_room_and_opens_again(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"A": 2})
    assert moved(shop, claim(shop, "o1"), "WH2") == {"order": "o1", "line": 1, "site": "WH2", "qty": 2}
    assert "moved from any site to WH2: collected there" in why(shop, "o1")
    no = moved(shop, claim(shop, "o1"), "WH1")
    assert not isinstance(no, Declined)
    assert moved(shop, claim(shop, "o1"), None)["site"] is None


def test_the_target_is_checked_first(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"A": 2}, site="WH2")
    shop.order({"A": 3})
    no = moved(shop, claim(shop, "o2"), "WH2")
    assert isinstance(no, Declined)
    assert no.code == "reservation.not_available"
    assert rows(shop, "o2")[0].site == ""
    with pytest.raises(Conflict):
        moved(shop, claim(shop, "o1"), "WH1")
    with pytest.raises(Refused, match="WH9"):
        moved(shop, claim(shop, "o2"), "WH9")
    with pytest.raises(Missing):
        moved(shop, 999, "WH1")


def test_the_components_of_a_kit_move_together(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"KIT": 1})
    assert not isinstance(moved(shop, claim(shop, "o1"), "WH2"), Declined)
    assert {(row.item, row.site) for row in rows(shop, "o1")} == {("A", "WH2"), ("B", "WH2")}


def test_units_too_close_to_their_date_are_given_to_nobody_else(shop: Shop) -> None:
    shop.items({"sku": "A", "name": "A", "tracking": "lot", "min_remaining_days": 5})
    shop.receive({"A": 2}, lot="L1")
    shop.dated("A", L1="2026-12-01")
    shop.order({"A": 2})
    shop.order({"A": 1})
    shop.clock.pass_by(days=6)
    no = given(shop, claim(shop, "o1"), "o2", 1)
    assert isinstance(no, Declined)
    assert "'fresh': '2026-12-03'" in no.read


def test_units_are_not_given_to_an_order_they_may_not_be_sent_for(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2})
    shop.order({"A": 1}, region="GB")
    shop.items({"sku": "A", "name": "A", "restricted_regions": ["GB"]})
    assert isinstance(given(shop, claim(shop, "o1"), "o2", 1), Declined)


def test_a_kit_is_never_opened_to_all_sites(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"KIT": 1})
    with pytest.raises(Refused) as no:
        moved(shop, claim(shop, "o1", "B"), None)
    assert no.value.code == "reservation.part"


def test_units_are_given_to_an_order_that_waits_and_both_say_so(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"A": 6})
    shop.order({"A": 2})
    assert given(shop, claim(shop, "o1"), "o2", 2)["qty"] == 2
    assert (shop.line("o1"), shop.line("o2")) == ((4, 0, 2, 0), (2, 0, 0, 0))
    for code in ("o1", "o2"):
        assert "gave 2 of A from order o1 line 1 to order o2 line 1: promised by phone" in why(shop, code)


def test_units_given_to_a_soft_order_stay_its_own_beside_its_soft_ones(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 1})
    shop.order({"A": 3}, claim="soft")
    given(shop, claim(shop, "o1"), "o2", 1)
    assert [(row.claim, row.qty) for row in rows(shop, "o2")] == [("hard", 1), ("soft", 2)]
    shop.prove()
    shop.cancel("o2", lines=[{"line": 1, "qty": 1}])
    assert [(row.claim, row.qty) for row in rows(shop, "o2")] == [("hard", 1), ("soft", 1)]


def test_what_does_not_fit_is_not_given(shop: Shop) -> None:
    two_sites(shop)
    shop.order({"A": 4}, site="WH1")
    shop.order({"A": 3}, site="WH2")
    shop.order({"KIT": 1})
    with pytest.raises(Conflict):
        given(shop, claim(shop, "o1"), "o2", 2)
    no = given(shop, claim(shop, "o1"), "o2", 1)
    assert isinstance(no, Declined)
    with pytest.raises(Missing):
        given(shop, claim(shop, "o1"), "o9", 1)


def test_units_past_their_date_are_neither_moved_nor_given(shop: Shop) -> None:
    shop.items({"sku": "L", "name": "L", "tracking": "lot"})
    shop.receive({"L": 3}, lot="x")
    shop.dated("L", x=shop.clock.now().date().isoformat())
    shop.order({"L": 3})
    shop.order({"L": 3})
    number = claim(shop, "o1", "L")
    shop.clock.pass_by(days=1)
    with pytest.raises(Missing):
        moved(shop, number, "WH1")
    with pytest.raises(Missing):
        given(shop, number, "o2", 1)


def test_an_order_that_wants_all_or_nothing_is_given_all_or_nothing(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 3})
    shop.order({"A": 3}, fill="complete")
    shop.order({"A": 2}, fill="complete")
    with pytest.raises(Conflict, match="waits for more"):
        given(shop, claim(shop, "o1"), "o2", 1)
    given(shop, claim(shop, "o1"), "o2", 2)
    assert (shop.line("o1"), shop.line("o2"), shop.atp("A")) == ((0, 0, 3, 0), (2, 0, 0, 0), 1)


def test_units_given_to_an_order_that_ships_as_stock_comes_leave(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 2})
    shop.order({"A": 2})
    shop.order({"A": 2}, ship="available")
    given(shop, claim(shop, "o1"), "o2", 1)
    assert shop.line("o2") == (0, 1, 1, 0)


def test_a_component_of_a_kit_that_has_one_of_it_is_not_given_away(shop: Shop) -> None:
    shop.items(
        "A", "B", {"sku": "KIT", "name": "kit", "kit": [{"sku": "A", "qty": 1}, {"sku": "B", "qty": 1}]}
    )
    shop.receive({"A": 1, "B": 1})
    shop.order({"KIT": 1})
    shop.order({"A": 1})
    with pytest.raises(Refused, match="a kit's component") as no:
        given(shop, claim(shop, "o1"), "o2", 1)
    assert no.value.code == "reservation.part"


def test_a_kit_of_which_one_component_is_in_a_parcel_is_not_moved(shop: Shop) -> None:
    """Claims of one kit line differ in their date, so that the one that is named may be in no parcel."""
    shop.items({"sku": "A", "name": "A", "min_remaining_days": 30}, "B", KIT)
    shop.places(FAR)
    shop.receive({"A": 4}, lot="L1")
    shop.dated("A", L1="2030-01-01")
    shop.receive({"B": 1})
    shop.receive({"A": 4}, lot="L1", place=FAR)
    shop.order({"KIT": 2})
    shop.clock.pass_by(days=2)
    shop.receive({"B": 1})
    parcel = shop.release("o1", lines={1: 1})
    shop.receive({"B": 3}, place=FAR)
    for row in rows(shop, "o1"):
        with pytest.raises(Conflict) as no:
            moved(shop, row.id, "WH2")
        assert no.value.code == "reservation.in_parcel"
    for step in (shop.pick, shop.pack, shop.send):
        step(parcel)
    assert shop.line("o1")[0] + shop.line("o1")[1] == 2
