"""What is kept back for one channel from the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.allocation_policy.allotments import (
    ANY,
    Allotment,
    KeptBack,
    Spill,
    Target,
    Wanted,
    applying,
    kept_back,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEB = Wanted("K-17", "kitchen", "web")


def of_item(channel: str, qty: int, **more: object) -> Allotment:
    return Allotment(channel, Target.ITEM, "K-17", qty, **more)  # type: ignore[arg-type]  # as given


def units(*allotments: Allotment, channel: str = "web", sellable: int = 100, **own: int) -> list[int]:
    asked = Wanted("K-17", "kitchen", channel)
    return [kept.units for kept in kept_back(allotments, asked, NOW, sellable, own)]


def test_what_a_channel_has_not_taken_is_kept_back_from_others_only() -> None:
    market = of_item("market", 20)
    assert units(market) == [20]
    assert units(market, market=5) == [15]
    assert units(market, market=25) == [0]
    assert units(market, channel="market") == []
    assert kept_back([market], WEB, NOW, 100, {"market": 5}) == (
        KeptBack(
            "market",
            15,
            "15 kept back for market: 20 units of K-17 are allotted to it, 5 are its own already.",
        ),
    )
    assert kept_back([market], Wanted("L-1", "kitchen", "web"), NOW, 100, {}) == ()


def test_a_share_is_rounded_down_and_said_in_units() -> None:
    share = Allotment("market", Target.CATEGORY, "kitchen", share_percent=25)
    (found,) = kept_back([share], WEB, NOW, 99, {"market": 4})
    assert found.units == 20
    assert found.why == (
        "20 kept back for market: 25 % of what is sellable of each item in kitchen are allotted to it, "
        "which is 24, 4 are its own already."
    )
    assert kept_back([share], Wanted("K-17", "toys", "web"), NOW, 99, {}) == ()


def test_the_narrowest_allotment_of_a_channel_counts() -> None:
    everything = Allotment("market", Target.EVERYTHING, ANY, share_percent=50)
    category = Allotment("market", Target.CATEGORY, "kitchen", share_percent=30)
    item = of_item("market", 7, until=NOW)
    assert applying([everything, category, item], "K-17", "kitchen", NOW - HOUR) == (item,)
    assert applying([everything, category, item], "K-17", "kitchen", NOW) == (category,)
    assert applying([everything, category, item], "L-1", "toys", NOW) == (everything,)
    assert "of every item" in everything.amount


def test_an_allotment_holds_from_its_start_to_just_before_its_end() -> None:
    timed = of_item("market", 5, since=NOW, until=NOW + 2 * HOUR)
    assert [timed.in_force(NOW + n * HOUR) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_spilt_units_are_open_to_all_with_the_reason() -> None:
    always = of_item("market", 5, spill=Spill.ALWAYS)
    (found,) = kept_back([always], WEB, NOW, 100, {})
    assert found.units == 0
    assert "others may always take what it does not use" in found.why
    later = of_item("market", 5, since=NOW - 2 * HOUR, spill=Spill.LATER, spill_hours=2)
    assert units(later) == [0]
    assert later.spills_at == NOW
    (before,) = kept_back([later], WEB, NOW - timedelta(seconds=1), 100, {})
    assert before.units == 5
    (after,) = kept_back([later], WEB, NOW, 100, {})
    assert "by 2026-11-22T10:00:00.000Z is open to all" in after.why


def test_two_channels_never_keep_the_same_unit_from_each_other() -> None:
    first, second = of_item("market", 20), of_item("retail", 10)
    assert units(first, second, sellable=15) == [15, 0]
    assert units(first, second, channel="market", sellable=15) == [0]
    assert units(first, second, channel="retail", sellable=15) == [15]
    assert units(of_item("market", 20, spill=Spill.ALWAYS), second, sellable=15) == [0, 10]
    assert units(first, second, sellable=-3) == [0, 0]


channels = st.sampled_from(["web", "market", "retail"])


@st.composite
def allotments(draw: st.DrawFn) -> tuple[Allotment, ...]:
    found = draw(
        st.lists(st.tuples(channels, st.integers(1, 50), st.booleans()), max_size=3, unique_by=lambda a: a[0])
    )
    return tuple(
        Allotment(channel, Target.ITEM, "K-17", None if share else n, n if share else 0)
        for channel, n, share in found
    )


@given(allotments(), st.integers(-5, 80), st.dictionaries(channels, st.integers(0, 30)))
def test_nothing_is_kept_back_that_is_not_there_and_some_channel_may_take_each_unit(
    given_: tuple[Allotment, ...], sellable: int, own: dict[str, int]
) -> None:
    kept = {
        channel: sum(k.units for k in kept_back(given_, Wanted("K-17", "x", channel), NOW, sellable, own))
        for channel in ("web", "market", "retail", "other")
    }
    assert all(0 <= units <= max(0, sellable) for units in kept.values())
    # Who has no allotment sees all that is kept; each channel with one sees all but its own.
    assert all(units <= kept["other"] for units in kept.values())
    mine = sum(kept["other"] - kept[channel] for channel in ("web", "market", "retail"))
    assert mine == kept["other"]
