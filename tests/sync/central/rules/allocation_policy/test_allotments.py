"""What is kept back for one channel from the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.allocation_policy.allotments import (
    ANY,
    Allotment,
    Spill,
    Target,
    applying,
    kept_back,
)

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def of_item(channel: str, qty: int, **more: object) -> Allotment:
    return Allotment(channel, Target.ITEM, "K-17", qty, **more)  # type: ignore[arg-type]  # as given


def kept(*allotments: Allotment, sellable: int = 100, now: datetime = NOW, **held: int) -> dict[str, int]:
    return kept_back(applying(allotments, "K-17", "kitchen", now), now, sellable, held, {})


def kept_after(allotment: Allotment, sellable: int, *, sent: int, held: int = 0) -> int:
    found = kept_back([allotment], NOW, sellable, {"market": held}, {"market": sent})
    return found["market"]


def test_what_a_channel_has_not_taken_is_kept_back() -> None:
    market = of_item("market", 20)
    assert kept(market) == {"market": 20}
    assert kept(market, market=5) == {"market": 15}
    assert kept(market, market=25) == {"market": 0}
    assert applying([market], "L-1", "kitchen", NOW) == ()


def test_a_share_is_rounded_down() -> None:
    share = Allotment("market", Target.CATEGORY, "kitchen", share_percent=25)
    assert kept(share, sellable=99, market=4) == {"market": 20}
    assert applying([share], "K-17", "toys", NOW) == ()


def test_the_narrowest_allotment_of_a_channel_counts() -> None:
    everything = Allotment("market", Target.EVERYTHING, ANY, share_percent=50)
    category = Allotment("market", Target.CATEGORY, "kitchen", share_percent=30)
    item = of_item("market", 7, until=NOW)
    assert applying([everything, category, item], "K-17", "kitchen", NOW - HOUR) == (item,)
    assert applying([everything, category, item], "K-17", "kitchen", NOW) == (category,)
    assert applying([everything, category, item], "L-1", "toys", NOW) == (everything,)


def test_an_allotment_holds_from_its_start_to_just_before_its_end() -> None:
    timed = of_item("market", 5, since=NOW, until=NOW + 2 * HOUR)
    assert [timed.in_force(NOW + n * HOUR) for n in (-1, 0, 1, 2)] == [False, True, True, False]


def test_spilt_units_are_open_to_all() -> None:
    assert kept(of_item("market", 5, spill=Spill.ALWAYS)) == {"market": 0}
    later = of_item("market", 5, since=NOW - 2 * HOUR, spill=Spill.LATER, spill_hours=2)
    assert later.spills_at == NOW
    assert kept(later, now=NOW - timedelta(seconds=1)) == {"market": 5}
    assert kept(later) == {"market": 0}


def test_two_channels_never_keep_the_same_unit_from_each_other() -> None:
    first, second = of_item("market", 20), of_item("retail", 10)
    assert kept(first, second, sellable=15) == {"market": 15, "retail": 0}
    assert kept(first, second, sellable=25) == {"market": 20, "retail": 5}
    assert kept(of_item("market", 20, spill=Spill.ALWAYS), second, sellable=15) == {"market": 0, "retail": 10}
    assert kept(first, second, sellable=-3) == {"market": 0, "retail": 0}


def test_what_was_sent_is_gone_from_the_allotment_and_from_the_shelf() -> None:
    four = of_item("market", 4)
    assert kept_after(four, 7, sent=3) == 1
    # The last unit on the shelf is the fourth that was allotted.
    assert kept_after(four, 1, sent=3) == 1
    assert kept_after(four, 1, sent=3, held=1) == 0
    assert kept_after(four, 10, sent=5) == 0


def test_a_share_does_not_shrink_with_what_its_own_channel_was_sent() -> None:
    quarter = Allotment("market", Target.ITEM, "K-17", share_percent=25)
    assert kept_after(quarter, 100, sent=0) == 25
    assert kept_after(quarter, 80, sent=20) == 5
    assert kept_after(quarter, 75, sent=25) == 0


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


@given(
    allotments(),
    st.integers(-5, 80),
    st.dictionaries(channels, st.integers(0, 30)),
    st.dictionaries(channels, st.integers(0, 30)),
)
def test_nothing_is_kept_back_that_is_not_there_or_not_allotted(
    given_: tuple[Allotment, ...], sellable: int, held: dict[str, int], sent: dict[str, int]
) -> None:
    found = kept_back(applying(given_, "K-17", "x", NOW), NOW, sellable, held, sent)
    assert found.keys() == {allotment.channel for allotment in given_}
    there = max(0, sellable)
    for allotment in given_:
        # What a channel has taken is not kept for it a second time.
        gone = sent.get(allotment.channel, 0)
        taken = gone + held.get(allotment.channel, 0)
        assert 0 <= found[allotment.channel] <= max(0, allotment.units(there + gone) - taken)
    assert sum(found.values()) <= there
