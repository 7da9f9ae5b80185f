"""What is promised never exceeds what is free, line by line, kits and serials included."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item import Component
from app.domain.reservation import ANY, Scope
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.eligible import ANYTHING, Eligible
from sync.central.rules.promise import (
    RESERVED,
    Claimed,
    Grant,
    Offer,
    Want,
    grant_all,
    why_excluded,
)
from tests.sync.central.judge import Judge, kit_scopes, most_kits

KIT = (Component("A", 2), Component("B", 1))


def covers(**units: int) -> dict[str, Cover]:
    """Each item's units in one place."""
    return {sku: Cover([Cell(qty)]) for sku, qty in units.items()}


def free(offer: Offer) -> dict[str, int]:
    return {sku: cover.room(ANY) for sku, cover in offer.covers.items()}


def granted(wants: list[Want], offer: Offer) -> list[tuple[int, int]]:
    return [(grant.own, grant.assembled) for grant in grant_all(wants, offer)]


def test_two_lines_of_one_item_are_granted_from_one_pool() -> None:
    assert granted([Want(1, "A", 4), Want(2, "A", 4)], Offer(covers(A=5))) == [(4, 0), (1, 0)]


def test_a_kit_uses_its_own_units_before_it_is_assembled() -> None:
    offer = Offer(covers(KIT=1, A=5, B=9))
    assert offer.promise("KIT", KIT) == 3
    assert granted([Want(1, "KIT", 4, KIT)], offer) == [(1, 2)]
    assert free(offer) == {"KIT": 0, "A": 1, "B": 7}


def test_a_kit_and_its_component_in_one_order_share_the_component() -> None:
    offer = Offer(covers(KIT=0, A=4, B=4))
    assert granted([Want(1, "A", 1), Want(2, "KIT", 4, KIT)], offer) == [(1, 0), (0, 1)]


def serials(*named: str, units: int | None = None) -> Offer:
    """Units of S by their serials, of which only so many are free."""
    cover = Cover([Cell(1, serial=serial) for serial in named])
    cover.place(RESERVED, ANY, 0 if units is None else len(named) - units)
    return Offer({"S": cover}, {"S": dict.fromkeys(named)})


def test_no_more_named_serials_are_granted_than_are_open() -> None:
    (grant,) = grant_all([Want(1, "S", 1, serials=("s1", "s2"))], serials("s1", "s2"))
    assert list(grant.serials) == ["s1"]


def test_named_serials_are_granted_when_nobody_claims_them() -> None:
    first, second = grant_all(
        [Want(1, "S", 2, serials=("s1", "s9")), Want(2, "S", 1, serials=("s1",))], serials("s1", "s2")
    )
    assert (list(first.serials), list(second.serials)) == (["s1"], [])
    assert first.claims() == (Claimed("S", Scope(serial="s1"), 1),)


def test_a_claimed_or_safe_unit_is_not_granted_by_its_serial() -> None:
    (grant,) = grant_all([Want(1, "S", 1, serials=("s1",))], serials("s1", units=0))
    assert grant.qty == 0


def test_an_open_claim_gives_way_to_one_that_names_its_unit() -> None:
    offer = serials("s1", "s2", units=1)
    assert grant_all([Want(1, "S", 1, serials=("s1",))], offer)[0].serials == {"s1": None}
    assert grant_all([Want(2, "S", 1, serials=("s2",))], offer)[0].serials == {}


def test_what_is_owed_promises_nothing() -> None:
    offer = Offer(covers(A=-3, B=5))
    assert offer.promise("A") == 0
    assert offer.promise("KIT", KIT) == 0
    assert offer.promise("never heard of") == 0
    assert granted([Want(1, "A", 1), Want(2, "never heard of", 1)], offer) == [(0, 0), (0, 0)]


# --- within a scope ----------------------------------------------------------------------------------------


def two_sites() -> Offer:
    here = Cover(
        [Cell(3, "A", lot="L1", good_until="2026-12-01"), Cell(2, "B"), Cell(1, "B", grade="B", as_new=False)]
    )
    return Offer({"A": here, "B": Cover([Cell(9, "B")]), "KIT": Cover([Cell(1, "A")])})


def test_a_line_gets_what_its_scope_allows_and_the_rest_stays() -> None:
    offer = two_sites()
    assert granted([Want(1, "A", 9, scope=Scope(site="B"))], offer) == [(2, 0)]
    assert granted([Want(2, "A", 9, scope=Scope(lot="L1", fresh="2027-01-01"))], offer) == [(0, 0)]
    assert granted([Want(3, "A", 1, scope=Scope(lot="L1", fresh="2026-12-01"))], offer) == [(1, 0)]
    assert granted([Want(4, "A", 9, scope=Scope(grade="B"))], offer) == [(1, 0)]
    assert granted([Want(5, "A", 9)], offer) == [(2, 0)]


def test_a_kit_is_put_together_at_its_site_of_components_as_new() -> None:
    offer = two_sites()
    (none,) = grant_all([Want(1, "KIT", 4, KIT, scope=Scope(site="B", lot="K1"))], offer)
    assert none.qty == 0, "components make no kit of a lot"
    (grant,) = grant_all([Want(1, "KIT", 4, KIT, scope=Scope(site="B", fresh="2026-09-01"))], offer)
    parts = Scope(site="B", fresh="2026-09-01")
    assert (grant.own, grant.assembled) == (0, 1)
    assert grant.claims() == (Claimed("A", parts, 2, 2), Claimed("B", parts, 1, 1))
    assert granted([Want(2, "KIT", 4, KIT, scope=Scope(site="A"))], offer) == [(1, 0)]


# --- kits at one site ---------------------------------------------------------------------------------------


def at_sites(**units: tuple[int, ...]) -> dict[str, Cover]:
    """Units of each item at S1, S2, and so on."""
    return {
        sku: Cover([Cell(qty, f"S{n}") for n, qty in enumerate(found, 1)]) for sku, found in units.items()
    }


def test_components_of_different_sites_make_no_kit() -> None:
    offer = Offer(at_sites(A=(9, 0), B=(0, 9)))
    assert (offer.promise("KIT", KIT), offer.any_room("KIT", KIT)) == (0, False)
    assert granted([Want(1, "KIT", 4, KIT)], offer) == [(0, 0)]


def test_kits_are_added_up_over_sites_and_hold_theirs() -> None:
    offer = Offer(at_sites(A=(5, 3), B=(1, 2)))
    assert offer.promise("KIT", KIT) == 2
    (grant,) = grant_all([Want(1, "KIT", 4, KIT)], offer)
    assert [(claim.item, claim.scope.site, claim.qty) for claim in grant.claims()] == [
        ("A", "S1", 2),
        ("B", "S1", 1),
        ("A", "S2", 2),
        ("B", "S2", 1),
    ]
    offer.withdraw(grant)
    assert offer.promise("KIT", KIT) == 2


def test_a_site_that_can_put_all_of_them_together_comes_before_two() -> None:
    offer = Offer(at_sites(A=(4, 9), B=(2, 9)))
    (grant,) = grant_all([Want(1, "KIT", 3, KIT)], offer)
    assert {claim.scope.site for claim in grant.claims()} == {"S2"}


def test_an_open_claim_is_counted_at_one_site_only() -> None:
    offer = Offer(at_sites(A=(2, 2), B=(9, 9)))
    offer.covers["A"].place(RESERVED, ANY, 2)
    assert offer.promise("KIT", KIT) == 1
    assert granted([Want(1, "KIT", 2, KIT)], offer) == [(0, 1)]


def test_places_nobody_knows_are_no_site_beside_one_that_is_known() -> None:
    nowhere = [Cell(9)]
    assert Offer({"A": Cover(nowhere), "B": Cover(nowhere)}).promise("KIT", KIT) == 4
    assert Offer({"A": Cover(nowhere), "B": Cover([*nowhere, Cell(1, "S1")])}).promise("KIT", KIT) == 0


some_sites = st.sampled_from([None, "S1", "S2", "S3"])
in_places = st.lists(
    st.builds(Cell, st.integers(0, 5), some_sites, good_until=st.sampled_from([None, "2026-12-01"])),
    max_size=4,
)
held = st.lists(
    st.tuples(st.sampled_from(["A", "B"]), st.builds(Scope, site=some_sites), st.integers(1, 4)), max_size=4
)


@given(
    there=st.fixed_dictionaries({"A": in_places, "B": in_places}),
    claims=held,
    lines=st.lists(st.integers(1, 3), max_size=4),
    least=st.sampled_from([None, "2027-01-01"]),
)
def test_what_is_promised_of_kits_can_be_put_together_at_single_sites(
    there: dict[str, list[Cell]], claims: list[tuple[str, Scope, int]], lines: list[int], least: str | None
) -> None:
    """Never more than every way of sharing them out allows, all of it at up to two sites, and all granted."""
    offer = Offer(
        {sku: Cover(found) for sku, found in there.items()}, rules={"A": Eligible(least), "B": ANYTHING}
    )
    judges = {sku: Judge(found) for sku, found in there.items()}
    for sku, scope, qty in claims:
        offer.covers[sku].place(RESERVED, scope, qty)
        judges[sku].serve_all(scope, qty)
    places = kit_scopes(judges, ANY, {"A": least})
    most = most_kits({"A": 2, "B": 1}, judges, places)
    promised = offer.promise("KIT", KIT)
    assert promised == most if len(places) <= 2 else promised <= most
    assert offer.any_room("KIT", KIT) == (most > 0)
    grants = grant_all([Want(n, "KIT", qty, KIT) for n, qty in enumerate(lines, 1)], offer)
    if len(places) <= 2 or len(lines) == 1:
        assert sum(grant.assembled for grant in grants) == min(sum(lines), promised)
    for grant in grants:
        for claim in grant.claims():
            assert judges[claim.item].serve_all(claim.scope, claim.qty) == claim.qty


# --- units that are kept for a channel ---------------------------------------------------------------------


def kept(units: int, **for_channels: int) -> Offer:
    return Offer({"A": Cover([Cell(units, "A")])}, kept={"A": for_channels})


def test_kept_units_are_promised_to_their_channel_alone() -> None:
    offer = kept(10, web=4)
    assert (offer.room("A", channel="web"), offer.room("A", channel="shop"), offer.room("A")) == (10, 6, 6)
    assert (offer.kept_from("web", "A"), offer.kept_from("shop", "A")) == (0, 4)
    assert granted([Want(1, "A", 9, channel="shop")], offer) == [(6, 0)]
    assert granted([Want(2, "A", 9, channel="web")], offer) == [(4, 0)]


def test_what_a_channel_claims_of_its_own_is_kept_no_more() -> None:
    offer = kept(10, web=4)
    assert granted([Want(1, "A", 3, channel="web")], offer) == [(3, 0)]
    assert (offer.room("A", channel="shop"), offer.kept) == (6, {"A": {"web": 1}})
    assert granted([Want(2, "A", 3, channel="web")], offer) == [(3, 0)]
    # Beyond what is kept for it the channel takes what anybody may have.
    assert (offer.room("A", channel="shop"), offer.kept) == (4, {"A": {"web": -2}})


def test_another_grade_is_kept_for_nobody() -> None:
    offer = Offer({"A": Cover([Cell(2, grade="B", as_new=False)])}, kept={"A": {"web": 4}})
    assert offer.room("A", Scope(grade="B"), "shop") == 2


# --- giving a grant back -----------------------------------------------------------------------------------


def test_a_grant_that_is_withdrawn_was_never_asked() -> None:
    offer = Offer(covers(KIT=1, A=5, B=9), kept={"A": {"web": 4}})
    before = (free(offer), {"A": dict(offer.kept["A"])})
    grant = offer.grant(Want(1, "KIT", 3, KIT, channel="web"))
    assert (grant.own, grant.assembled, offer.kept["A"]["web"]) == (1, 2, 0)
    offer.withdraw(grant)
    assert (free(offer), offer.kept) == before


def test_serials_of_a_grant_that_is_withdrawn_are_free() -> None:
    offer = serials("s1", "s2")
    grant = offer.grant(Want(1, "S", 2, serials=("s1", "s2")))
    offer.withdraw(grant)
    assert offer.serials == {"S": {"s1": None, "s2": None}}
    assert offer.grant(Want(2, "S", 1, serials=("s2",))).serials == {"s2": None}


@given(
    there=st.fixed_dictionaries({sku: st.integers(-5, 30) for sku in ("A", "B", "KIT")}),
    lines=st.lists(st.tuples(st.sampled_from(["A", "B", "KIT"]), st.integers(1, 9)), max_size=6),
)
def test_no_unit_is_granted_twice(there: dict[str, int], lines: list[tuple[str, int]]) -> None:
    wants = [Want(n, sku, qty, KIT if sku == "KIT" else ()) for n, (sku, qty) in enumerate(lines, 1)]
    offer = Offer(covers(**there))
    grants = grant_all(wants, offer)
    for grant in grants:
        assert 0 <= grant.qty <= grant.want.qty
    used = {sku: sum(grant.own for grant in grants if grant.want.sku == sku) for sku in there}
    kits = sum(grant.assembled for grant in grants)
    used["A"] += 2 * kits
    used["B"] += kits
    for sku, units in used.items():
        assert units <= max(0, there[sku])
        assert offer.promise(sku) == max(0, there[sku]) - units


sites = st.sampled_from([None, "A", "B"])
cells = st.lists(st.builds(Cell, st.integers(-2, 6), sites, st.sampled_from([None, "L1"])), max_size=4)
wanted = st.builds(
    Want,
    line=st.just(1),
    sku=st.sampled_from(["A", "B", "KIT"]),
    qty=st.integers(1, 9),
    scope=st.builds(Scope, site=sites, lot=st.sampled_from([None, None, "L1"])),
    channel=st.sampled_from(["web", "shop"]),
)


@given(
    there=st.fixed_dictionaries(dict.fromkeys(("A", "B", "KIT"), cells)),
    lines=st.lists(wanted, max_size=6),
    keep=st.integers(0, 5),
)
def test_grants_in_scopes_are_what_any_spreading_could_give(
    there: dict[str, list[Cell]], lines: list[Want], keep: int
) -> None:
    """Each granted unit is there, one by one, and of an item itself it is the most; withdrawn it is free."""
    offer = Offer({sku: Cover(found) for sku, found in there.items()}, kept={"A": {"web": keep}})
    judges = {sku: Judge(found) for sku, found in there.items()}
    before, grants, keeping = free(offer), list[Grant](), keep
    for line in lines:
        want = replace(line, kit=KIT) if line.sku == "KIT" else line
        grant = offer.grant(want)
        grants.append(grant)
        most = judges[want.sku].room(want.scope)
        if want.sku == "A" and want.channel != "web":
            most = min(most, max(0, judges["A"].room(ANY) - max(0, keeping)))
        assert grant.own == min(want.qty, most)
        for claim in grant.claims():
            assert judges[claim.item].serve_all(claim.scope, claim.qty) == claim.qty
            keeping -= claim.qty if claim.item == "A" and want.channel == "web" else 0
    assert free(offer) == {sku: judge.room(ANY) for sku, judge in judges.items()}
    for grant in grants:
        offer.withdraw(grant)
    assert (free(offer), offer.kept["A"]["web"]) == (before, keep)


@pytest.mark.parametrize(
    ("status", "reason", "grade", "why"),
    [
        ("sellable", "", "B", "grade B is not sold as new"),
        ("quarantined", "blind_return", "A", "blind_return"),
        ("damaged", "", "", "damaged"),
        ("return_pending", "", "", "not yet dispositioned"),
        ("new word", "", "", "new word"),
    ],
)
def test_every_excluded_unit_has_its_reason(status: str, reason: str, grade: str, why: str) -> None:
    assert why_excluded(status, reason, grade) == why
