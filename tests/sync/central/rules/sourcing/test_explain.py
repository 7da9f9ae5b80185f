"""Reasons that a planner can read, and that agree with the costs."""

from __future__ import annotations

from hypothesis import given

from sync.central.rules.sourcing.shapes import Explanation, Policy, Wave
from sync.central.rules.sourcing.strict import in_strict_order
from tests.sync.central.rules.sourcing.waves import line, need, site, wave, waves, worth


def told(asked: Wave, place: int = 0) -> Explanation:
    return in_strict_order(asked).explanations[place]


def test_the_cheaper_site_ships_and_the_other_lost_by_its_cost() -> None:
    stock = {("NEAR", "A"): 1, ("FAR", "A"): 1}
    asked = wave([site("NEAR", 300), site("FAR", 450), site("BARE", 100)], [need("1", line("A"))], stock)
    reason = told(asked)
    assert (reason.rule, reason.why) == ("cheapest", "NEAR costs 300; FAR would cost 450")
    assert reason.runner_up is not None
    assert reason.runner_up.cost.total == 450
    assert [refusal.why for refusal in reason.refused] == ["BARE does not have 1 of A"]


def test_the_site_that_has_more_of_the_order_wins_over_the_cheap_one() -> None:
    stock = {("NEAR", "A"): 1, ("FAR", "A"): 1, ("FAR", "B"): 1}
    sites = [site("NEAR", 300), site("FAR", 450)]
    reason = told(wave(sites, [need("1", line("A"), line("B", 1, 2))], stock, Policy(max_parcels=1)))
    assert reason.rule == "serves_more"
    assert reason.why == "FAR ships 1 more of its lines for 450; NEAR would cost 10300"


def test_equal_costs_are_decided_by_parcels_then_by_the_code() -> None:
    order = need("1", line("A"), line("B", 1, 2))
    stock = {("S1", "A"): 1, ("S2", "B"): 1, ("S3", "A"): 1, ("S3", "B"): 1}
    reason = told(wave([site("S1", 200), site("S2", 300), site("S3", 500)], [order], stock))
    assert (reason.rule, reason.plan.sites) == ("fewer_parcels", ("S3",))
    assert reason.why == "S3 costs 500 as well as S1 with S2, in fewer parcels"
    reason = told(
        wave([site("S2", 500), site("S1", 500)], [need("1", line("A"))], {("S1", "A"): 1, ("S2", "A"): 1})
    )
    assert reason.why == "S1 and S2 both cost 500; the first by code ships"


def test_an_order_that_nobody_ships_says_whether_it_could_be() -> None:
    nothing = told(wave([site("S1", 300)], [need("1", line("A"))], {}))
    assert (nothing.rule, nothing.why) == ("nothing_fits", "no site can ship any of it")
    asked = wave([site("S1", 300)], [need("1", line("A"))], {("S1", "A"): 1}, Policy(unserved_minor=200))
    assert told(asked).why == "waiting costs 200, shipping 300 (S1)"


def test_the_only_plan_says_so() -> None:
    assert told(wave([site("S1", 300)], [need("1", line("A"))], {("S1", "A"): 1})).rule == "only_plan"


def test_a_cheaper_plan_that_a_limit_forbids_is_named() -> None:
    order = need("1", line("A"), line("B", 1, 2), complete=True)
    stock = {("S1", "A"): 1, ("S2", "B"): 1}
    sites = [site("S1", 300), site("S2", 400)]
    whys = [refusal.why for refusal in told(wave(sites, [order], stock, Policy(max_parcels=1))).refused]
    assert "S1 with S2 would cost 700, but 2 parcels are more than the 1 allowed" in whys
    assert "S1 would cost 10300, but 1 of its lines would wait, and the order ships complete" in whys
    whys = [refusal.why for refusal in told(wave(sites, [order], stock, Policy(most_split_minor=9))).refused]
    assert "S1 with S2 would cost 700, but splitting would cost 300, more than the 9 allowed" in whys


@given(waves())
def test_reasons_agree_with_the_costs(asked: Wave) -> None:
    orders = {order.order: order for order in asked.needs}
    for reason in in_strict_order(asked).explanations:
        plan, other = reason.plan, reason.runner_up
        if other is None:
            assert reason.rule in {"only_plan", "nothing_fits"}
            continue
        assert other.cost == worth(asked, orders[plan.order], other)
        assert other.sites != plan.sites
        assert plan.cost.total <= other.cost.total
        assert (reason.rule == "not_worth_it") == (not plan.parcels)
        if reason.rule in {"fewer_parcels", "site_order"}:
            assert plan.cost.total == other.cost.total
        for refusal in reason.refused:
            assert refusal.why
