"""What an item's own record asks of each of its units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.eligible import ANYTHING, NOTHING, Asks, Eligible
from sync.central.rules.promise import Claimed, Offer, Want, grant_all

TODAY = date(2026, 11, 22)
KIT = (Component("A", 2), Component("B", 1))


def got(wants: list[Want], offer: Offer) -> list[tuple[int, int]]:
    return [(grant.own, grant.assembled) for grant in grant_all(wants, offer)]


def test_days_that_must_be_left_are_a_date_on_the_day() -> None:
    assert Asks(30, ("GB",)).on(TODAY) == Eligible("2026-12-22", ("GB",))
    assert Asks(restricted=("GB",)).on(TODAY) == Eligible(None, ("GB",))
    assert NOTHING.on(TODAY) is ANYTHING


def test_a_scope_is_narrowed_unless_it_asks_for_more_itself() -> None:
    rule = Eligible("2026-12-22")
    assert rule.within(ANY) == Scope(fresh="2026-12-22")
    assert rule.within(Scope(site="WH1", fresh="2026-12-01")) == Scope(site="WH1", fresh="2026-12-22")
    later, to_come = Scope(fresh="2027-01-01"), Scope(supply="PO-1:1")
    assert (rule.within(later), rule.within(to_come), ANYTHING.within(ANY)) == (later, to_come, ANY)


def test_a_restriction_on_a_country_holds_for_its_parts() -> None:
    rule = Eligible(None, ("GB", "US-CA"))
    assert [rule.restriction(region) for region in ("GB-NIR", "US-CA", "US", None)] == [
        "GB",
        "US-CA",
        None,
        None,
    ]


# --- what is promised of them ------------------------------------------------------------------------------


def dated(*rules: tuple[str, Eligible]) -> Offer:
    """Units of A and B of which some are good for long."""
    cells = [Cell(4, "S1", good_until="2026-12-01"), Cell(3, "S1", good_until="2027-06-01")]
    return Offer({sku: Cover(cells) for sku in ("A", "B", "KIT")}, rules=dict(rules))


NEW_YEAR = Eligible("2027-01-01")


def test_units_too_close_to_their_date_are_promised_to_nobody() -> None:
    offer = dated(("A", NEW_YEAR))
    assert (offer.room("A"), offer.room("A", Scope(fresh="2026-11-30")), offer.room("B")) == (3, 3, 7)
    (grant,) = grant_all([Want(1, "A", 9)], offer)
    assert grant.claims() == (Claimed("A", Scope(fresh="2027-01-01"), 3),)
    assert not offer.any_room("A")


def test_units_too_close_to_their_date_are_not_put_into_kits() -> None:
    offer = dated(("A", NEW_YEAR), ("KIT", Eligible("2026-12-01")))
    assert offer.promise("KIT", KIT) == 7 + 1
    (grant,) = grant_all([Want(1, "KIT", 9, KIT)], offer)
    assert [(claim.item, claim.scope.fresh, claim.qty) for claim in grant.claims()] == [
        ("KIT", "2026-12-01", 7),
        ("A", "2027-01-01", 2),
        ("B", "2026-12-01", 1),
    ]


def test_what_may_not_go_to_a_region_is_not_granted_nor_put_into_a_kit() -> None:
    offer = dated(("B", Eligible(None, ("GB",))))
    lines = [Want(1, "B", 1, region="GB"), Want(2, "KIT", 1, KIT, region="GB-NIR")]
    assert got(lines, offer) == [(0, 0), (0, 0)]
    assert offer.restriction("KIT", KIT, "GB-NIR") == ("B", "GB")
    assert got([replace(line, region="FR") for line in lines], offer) == [(1, 0), (1, 0)]


def test_what_is_kept_for_channels_is_units_that_could_be_promised() -> None:
    offer = replace(dated(("A", NEW_YEAR)), kept={"A": {"web": 2}})
    assert (offer.room("A", channel="shop"), offer.room("A", channel="web")) == (1, 3)
