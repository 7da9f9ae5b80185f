"""What is promised never exceeds what is free, line by line, kits and serials included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.item import Component
from sync.central.rules.promise import Offer, Pool, Want, grant_all, why_excluded

KIT = (Component("A", 2), Component("B", 1))


def granted(wants: list[Want], offer: Offer) -> list[tuple[int, int]]:
    return [(grant.own, grant.assembled) for grant in grant_all(wants, offer)]


def test_free_is_sellable_less_every_claim() -> None:
    pool = Pool(sellable=10, reserved=3, basket=2, safety=1)
    assert pool.free == 4
    assert pool.short == 0


def test_claims_on_what_is_gone_are_short_whatever_the_safety_stock() -> None:
    assert Pool(sellable=2, reserved=5, safety=1).short == 3
    assert Pool(sellable=5, reserved=5, basket=4, safety=2).short == 0


def test_two_lines_of_one_item_are_granted_from_one_pool() -> None:
    assert granted([Want(1, "A", 4), Want(2, "A", 4)], Offer({"A": 5})) == [(4, 0), (1, 0)]


def test_a_kit_uses_its_own_units_before_it_is_assembled() -> None:
    offer = Offer({"KIT": 1, "A": 5, "B": 9})
    assert offer.promise("KIT", KIT) == 3
    assert granted([Want(1, "KIT", 4, KIT)], offer) == [(1, 2)]
    assert offer.free == {"KIT": 0, "A": 1, "B": 7}


def test_a_kit_and_its_component_in_one_order_share_the_component() -> None:
    offer = Offer({"KIT": 0, "A": 4, "B": 4})
    assert granted([Want(1, "A", 1), Want(2, "KIT", 4, KIT)], offer) == [(1, 0), (0, 1)]


def test_no_more_named_serials_are_granted_than_are_open() -> None:
    (grant,) = grant_all([Want(1, "S", 1, serials=("s1", "s2"))], Offer({"S": 2}, {"S": {"s1", "s2"}}))
    assert grant.serials == ("s1",)


def test_named_serials_are_granted_when_nobody_claims_them() -> None:
    offer = Offer({"S": 2}, {"S": {"s1", "s2"}})
    first, second = grant_all(
        [Want(1, "S", 2, serials=("s1", "s9")), Want(2, "S", 1, serials=("s1",))], offer
    )
    assert (first.serials, second.serials) == (("s1",), ())


def test_a_claimed_or_safe_unit_is_not_granted_by_its_serial() -> None:
    (grant,) = grant_all([Want(1, "S", 1, serials=("s1",))], Offer({"S": 0}, {"S": {"s1"}}))
    assert grant.qty == 0


def test_what_is_owed_promises_nothing() -> None:
    offer = Offer({"A": -3, "B": 5})
    assert offer.promise("A") == 0
    assert offer.promise("KIT", KIT) == 0
    assert offer.promise("never heard of") == 0


@given(
    free=st.fixed_dictionaries({sku: st.integers(-5, 30) for sku in ("A", "B", "KIT")}),
    lines=st.lists(st.tuples(st.sampled_from(["A", "B", "KIT"]), st.integers(1, 9)), max_size=6),
)
def test_no_unit_is_granted_twice(free: dict[str, int], lines: list[tuple[str, int]]) -> None:
    wants = [Want(n, sku, qty, KIT if sku == "KIT" else ()) for n, (sku, qty) in enumerate(lines, 1)]
    offer = Offer(dict(free))
    grants = grant_all(wants, offer)
    for grant in grants:
        assert 0 <= grant.qty <= grant.want.qty
    used = {sku: sum(grant.own for grant in grants if grant.want.sku == sku) for sku in free}
    kits = sum(grant.assembled for grant in grants)
    used["A"] += 2 * kits
    used["B"] += kits
    for sku, units in used.items():
        assert units <= max(0, free[sku])
        assert offer.free[sku] == free[sku] - units


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
