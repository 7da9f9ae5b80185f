"""What a policy answers when it is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.domain.reservation import Claim
from sync.central.rules.allocation_policy.allotments import Allotment, Target, applying
from sync.central.rules.allocation_policy.scoring import ScoredOrder
from sync.central.rules.allocation_policy.shapes import (
    NEUTRAL,
    AllocationPolicy,
    CategoryRule,
    ChannelRule,
    Exposure,
    Fill,
    SubstituteRule,
    Supply,
    covers,
    good_until,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_the_neutral_policy_changes_nothing() -> None:
    channel = NEUTRAL.channel("any")
    assert (channel.claim, channel.fill, channel.ship_complete) == (Claim.HARD, Fill.PARTIAL, False)
    assert channel.least_life_days == 0
    assert channel.serves("GB")
    assert NEUTRAL.category("any").safety is None
    assert not any(NEUTRAL.category("any").exposure.on(supply) for supply in Supply)
    told = ScoredOrder("web", NOW - timedelta(days=9), "next_day", True, NOW, 10_000)
    assert NEUTRAL.score(told, NOW).priority == 100
    assert NEUTRAL.score(ScoredOrder("web", NOW, priority=5), NOW).priority == 5
    assert not NEUTRAL.beyond_horizon(NOW + timedelta(days=9_999), NOW)
    assert NEUTRAL.allotted("K-17", "any", NOW) == ()
    assert NEUTRAL.substitute("any", "web") is None
    assert (NEUTRAL.split.most_parcels, NEUTRAL.split.split_cost_minor) == (None, None)
    assert NEUTRAL.sourcing.lateness_minor_per_day == 0


def test_channels_and_categories_without_a_table_are_judged_as_default() -> None:
    policy = AllocationPolicy(
        "1",
        channel_rules={"default": ChannelRule("default"), "trade": ChannelRule("trade", Claim.SOFT)},
        category_rules={"default": CategoryRule("default", 1), "toys": CategoryRule("toys", 2)},
    )
    assert [policy.channel(name).claim for name in ("trade", "web")] == [Claim.SOFT, Claim.HARD]
    assert [policy.category(name).safety for name in ("toys", "garden")] == [2, 1]


def test_an_order_block_is_known_or_refused_with_those_that_are() -> None:
    assert NEUTRAL.block("fraud").keep
    with pytest.raises(Refused, match=r"'weather'.*built-in has fraud, credit, review") as no:
        NEUTRAL.block("weather")
    assert no.value.code == "policy.unknown_block"


def test_an_order_wanted_beyond_the_horizon_waits() -> None:
    policy = AllocationPolicy("1", horizon_days=7)
    week = NOW + timedelta(days=7)
    assert not policy.beyond_horizon(week, NOW)
    assert policy.beyond_horizon(week + timedelta(seconds=1), NOW)
    assert not policy.beyond_horizon(week + timedelta(hours=1), NOW + timedelta(hours=1))
    assert not policy.beyond_horizon(None, NOW)


def test_a_region_lies_in_its_country() -> None:
    rule = ChannelRule("web", not_served=("GB-NIR", "CH"))
    assert [rule.serves(region) for region in ("GB", "GB-NIR", "CH", "CH-ZH", "CHX", None)] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    assert covers("GB", "GB-NIR")
    assert not covers("GB-NIR", "GB")


def test_supplies_count_when_they_are_on_dated_and_near() -> None:
    on = Exposure(
        inbound=True,
        transfers=True,
        expected_returns=True,
        inbound_confidence_percent=90,
        pass_rate_percent=60,
        horizon_days=14,
    )
    assert [on.count(supply, 9, 14).units for supply in Supply] == [8, 9, 5]
    assert (
        on.count(Supply.EXPECTED_RETURNS, 9, 0).why == "expected returns: 60 % (pass rate) of 9, rounded down"
    )
    assert on.count(Supply.INBOUND, 9, -3).units == 8
    assert on.count(Supply.INBOUND, 9, 15).units == 0
    assert "14 days" in on.count(Supply.INBOUND, 9, 15).why
    assert "without a date" in on.count(Supply.INBOUND, 9, None).why
    assert "not promised for this category" in Exposure().count(Supply.TRANSFERS, 9, 0).why


@given(st.integers(-5, 10**9), st.integers(0, 100))
def test_an_exposure_is_never_more_than_what_comes(units: int, percent: int) -> None:
    on = Exposure(expected_returns=True, pass_rate_percent=percent)
    found = on.count(Supply.EXPECTED_RETURNS, units, 1).units
    assert 0 <= found <= max(0, units)
    assert found * 100 <= max(0, units) * percent


def test_a_substitute_is_near_in_price_and_agreed() -> None:
    rule = SubstituteRule(("kitchen",), ("*",), 10, needs_consent=True)
    assert rule.why_not(1_000, 1_100, consent=True) is None
    assert rule.why_not(1_000, 900, consent=True) is None
    assert rule.why_not(1_000, 1_101, consent=True) == "its price differs by more than 10 %"
    assert rule.why_not(1_000, 1_000, consent=False) == "the customer has not agreed to substitutes"
    free = SubstituteRule(("*",), ("web",), 10, needs_consent=False)
    policy = AllocationPolicy("1", substitutes=(rule, free))
    assert policy.substitute("kitchen", "web") is rule
    assert policy.substitute("toys", "web") is free
    assert policy.substitute("toys", "retail") is None
    assert free.why_not(1_000, 1_000, consent=False) is None


def test_a_policy_allots_in_its_own_order() -> None:
    policy = AllocationPolicy(
        "1",
        allotments=(
            Allotment("outlet", Target.EVERYTHING, share_percent=10),
            Allotment("market", Target.ITEM, "K-17", 3),
            Allotment("market", Target.ITEM, "L-1", 4),
            Allotment("retail", Target.CATEGORY, "kitchen", 5),
            Allotment("market", Target.CATEGORY, "kitchen", 6),
        ),
    )
    for sku, category in (("K-17", "kitchen"), ("L-1", "toys"), ("X", "toys")):
        assert policy.allotted(sku, category, NOW) == applying(policy.allotments, sku, category, NOW)
    allotted = policy.allotted("K-17", "kitchen", NOW)
    assert [(entry.channel, entry.qty) for entry in allotted] == [
        ("outlet", None),
        ("market", 3),
        ("retail", 5),
    ]


def test_a_country_covers_its_parts_but_not_the_other_way_round() -> None:
    assert covers("GB", "GB-ENG")
    assert covers("US-AK", "US-AK")
    assert not covers("US-AK", "US")
    assert not covers("US-AK", "US-NY")


def test_shelf_life_counts_from_when_an_order_was_placed() -> None:
    assert good_until(datetime(2026, 11, 29, 23, 59, tzinfo=UTC), 60) == "2027-01-28"
    assert good_until(datetime(9999, 12, 1, tzinfo=UTC), 60) == "9999-12-31"
