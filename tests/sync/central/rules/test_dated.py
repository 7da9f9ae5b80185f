"""What could be promised by a date, and the proof that its parts add up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.domain.reservation import ANY, Scope
from sync.central.rules.allocation_policy import Exposure, Supply
from sync.central.rules.cover import Cell, Cover
from sync.central.rules.dated import Coming, Question, Waiting, bucket, read_buckets
from sync.central.rules.promise import RESERVED, Offer

TODAY, SOON, LATE = date(2026, 11, 22), date(2026, 11, 25), date(2026, 12, 20)
ALL = Exposure(
    inbound=True, transfers=True, expected_returns=True, inbound_confidence_percent=90, pass_rate_percent=50
)
PO = Coming(Supply.INBOUND, "PO-7:1", 11, SOON, "WH1")
TRANSFER = Coming(Supply.TRANSFERS, "T-1:1", 4, LATE, "WH2")
RETURN = Coming(Supply.EXPECTED_RETURNS, "R-1:1", 3, SOON, "WH2")
COMING = (PO, TRANSFER, RETURN)


def offer(here: int = 5, claimed: int = 2, kept: int = 0) -> Offer:
    cover = Cover((Cell(here, "WH1"),))
    cover.place(RESERVED, ANY, claimed)
    return Offer({"A": cover}, kept={"A": {"market": kept}} if kept else {})


def asked(scope: Scope = ANY, exposure: Exposure = ALL, channel: str = "") -> Question:
    return Question("A", TODAY, scope, channel, exposure)


def parts(found: object) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part in found.parts:  # type: ignore[attr-defined]
        sums[part.what] = sums.get(part.what, 0) + part.units
    return sums


def test_nothing_that_is_to_come_counts_unless_the_policy_says_so() -> None:
    found = bucket(asked(exposure=Exposure()), offer(), COMING, (Waiting(ANY, 2),), LATE)
    assert (found.atp, parts(found)) == (3, {"today": 3, "inbound": 0, "transfers": 0, "expected_returns": 0})
    assert [part.why for part in found.parts[1:]] == [
        "inbound are not promised for this category",
        "transfers are not promised for this category",
        "expected returns are not promised for this category",
    ]


def test_units_count_from_the_day_they_are_due() -> None:
    numbers = [bucket(asked(), offer(), COMING, (), by).atp for by in (TODAY, SOON, LATE)]
    assert numbers == [3, 3 + 9 + 1, 3 + 9 + 1 + 4]


def test_waiting_orders_get_it_first_and_the_sentence_says_so() -> None:
    found = bucket(asked(), offer(2, 2), COMING, (Waiting(ANY, 3),), SOON)
    assert found.atp == 7
    assert found.sentence() == (
        "By 2026-11-25 7 can be promised: 0 today, 9 from inbound supply, 1 from expected returns, less 3 "
        "that waiting orders get first."
    )


def test_an_order_that_waits_for_another_site_takes_nothing_of_this_one() -> None:
    waiting = (Waiting(Scope(site="WH2"), 9),)
    assert bucket(asked(Scope(site="WH1")), offer(), COMING, waiting, LATE).atp == 3 + 9
    assert bucket(asked(Scope(site="WH2")), offer(), COMING, waiting, LATE).atp == 0


def test_what_comes_elsewhere_is_not_in_a_sites_number() -> None:
    found = bucket(asked(Scope(site="WH2")), offer(), COMING, (), LATE)
    assert (found.atp, parts(found)["elsewhere"]) == (4 + 1, -9)
    assert sum(parts(found).values()) == found.atp


def test_todays_number_stands_although_somebody_waits() -> None:
    found = bucket(asked(), offer(5, 2), (PO,), (Waiting(ANY, 30),), SOON)
    assert (found.atp, parts(found)["waiting"]) == (3, -9)
    assert sum(parts(found).values()) == 3


def test_what_is_kept_for_another_channel_stays_kept() -> None:
    found = bucket(asked(channel="web"), offer(kept=8), (PO,), (), SOON)
    assert (found.atp, parts(found)["kept"]) == (3 + 9 - 8, -5)
    assert bucket(asked(channel="market"), offer(kept=8), (PO,), (), SOON).atp == 3 + 9


def test_what_is_claimed_today_waits_for_nothing_that_comes() -> None:
    cover = Cover((Cell(5, "WH2"),))
    cover.place(RESERVED, ANY, 5)
    assert bucket(asked(Scope(site="WH2")), Offer({"A": cover}), (PO,), (), SOON).atp == 0


def test_what_is_owed_and_kept_as_safety_comes_first() -> None:
    first = (Waiting(ANY, 2, "owed"), Waiting(Scope(site="WH1"), 3, "safety"), Waiting(ANY, 1))
    found = bucket(asked(), offer(0, 0), (PO,), first, SOON)
    assert (found.atp, parts(found)) == (
        3,
        {"today": 0, "inbound": 9, "owed": -2, "safety": -3, "waiting": -1},
    )


def test_units_nobody_has_seen_have_no_date_lot_or_grade() -> None:
    for scope in (Scope(fresh="2026-12-01"), Scope(lot="L1"), Scope(grade="B")):
        now = offer().promise("A", scope=scope)
        assert bucket(asked(scope), offer(), (PO,), (), SOON).atp == now


def test_what_has_no_date_counts_for_none() -> None:
    found = bucket(asked(), offer(), (Coming(Supply.TRANSFERS, "T", 4, None),), (), LATE)
    assert (found.atp, found.parts[1].why) == (3, "transfers without a date are not promised")
    assert found.to_json()["parts"][1]["due"] is None  # type: ignore[index]


def test_an_item_that_is_not_here_at_all_can_be_to_come() -> None:
    assert bucket(asked(), Offer({}), (PO,), (), SOON).atp == 9


sites = st.sampled_from([None, "WH1", "WH2"])
scopes = st.builds(Scope, site=sites)
comings = st.builds(
    Coming,
    st.sampled_from(list(Supply)),
    st.just("x"),
    st.integers(0, 9),
    st.sampled_from([None, TODAY, SOON, LATE]),
    sites,
)


@given(
    st.lists(st.tuples(st.integers(-3, 9), sites), max_size=3),
    st.lists(st.tuples(scopes, st.integers(0, 5)), max_size=3),
    st.tuples(
        st.lists(comings, max_size=4), st.lists(st.builds(Waiting, scopes, st.integers(1, 6)), max_size=3)
    ),
    scopes,
    st.integers(0, 4),
)
def test_later_is_never_less_parts_add_up_and_no_unit_is_counted_twice(
    here: list[tuple[int, str | None]],
    claims: list[tuple[Scope, int]],
    later: tuple[list[Coming], list[Waiting]],
    scope: Scope,
    kept: int,
) -> None:
    to_come, waiting = later
    cover = Cover(tuple(Cell(qty, site) for qty, site in here))
    for claim, qty in claims:
        cover.place(RESERVED, claim, qty)
    now = Offer({"A": cover}, kept={"A": {"market": kept}})
    before = cover.spare()
    found = [bucket(asked(scope), now, to_come, waiting, by) for by in (TODAY, SOON, LATE)]
    assert [entry.atp for entry in found] == sorted(entry.atp for entry in found)
    for entry in found:
        sums = parts(entry)
        counted = sum(units for what, units in sums.items() if what in set(Supply))
        assert sum(sums.values()) == entry.atp
        assert now.promise("A", scope=scope) <= entry.atp <= now.promise("A", scope=scope) + counted
        assert sums.get("elsewhere", 0) <= 0
    assert cover.spare() == before


@pytest.mark.parametrize(
    ("texts", "dates"),
    [
        (["2026-12-20", "3", "0", "3"], (TODAY, SOON, LATE)),
        ([], ()),
    ],
)
def test_buckets_are_dates_or_days(texts: list[str], dates: tuple[date, ...]) -> None:
    assert read_buckets(texts, TODAY) == dates


@pytest.mark.parametrize("text", ["", "-1", "1000", "2026-02-30", "soon", "\u0663", "2026-12-20T00:00"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Correct the bucket"):
        read_buckets([text], TODAY)
    assert read_buckets(["999"], date(2026, 1, 1))
