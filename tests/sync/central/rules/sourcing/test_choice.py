"""The best plan of one order is the cheapest of all there are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sync.central.rules.sourcing.case import Left, case_of
from sync.central.rules.sourcing.choice import MOST_SITES, cells_of, choose, rank, table_of
from sync.central.rules.sourcing.shapes import Policy, Wave
from tests.sync.central.rules.sourcing.waves import every_pattern, line, need, site, wave, waves


@given(waves(orders=1))
def test_nothing_is_cheaper_than_the_choice(asked: Wave) -> None:
    left = Left(asked)
    case = case_of(asked, asked.needs[0])
    before = (dict(left.stock), dict(left.parcels))
    choice = choose(case, left)
    assert (left.stock, left.parcels) == before
    patterns = every_pattern(case, left)
    assert choice.best in patterns
    assert rank(choice.best)[:3] == min(rank(pattern)[:3] for pattern in patterns)
    others = [pattern for pattern in patterns if pattern.sites and pattern.sites != choice.best.sites]
    if any(way.cost > case.unserved[way.place] for pattern in patterns for way in pattern.ways if way):
        return  # units that cost more than waiting are no alternative to it
    assert (choice.runner_up is None) == (not others)
    if choice.runner_up:
        assert choice.runner_up in others
        assert choice.runner_up.cost == min(pattern.cost for pattern in others)


@given(waves(orders=1), st.data())
def test_lines_that_must_be_kept_are_served_or_there_is_no_choice(asked: Wave, data: st.DataObject) -> None:
    left = Left(asked)
    case = case_of(asked, asked.needs[0])
    kept = data.draw(st.frozensets(st.integers(0, len(case.need.lines) - 1), min_size=1))
    case = replace(case, kept=kept)
    choice = choose(case, left)
    patterns = every_pattern(case, left)
    if choice.best is None:
        assert not patterns
    else:
        assert choice.best.cost == min(pattern.cost for pattern in patterns)
        assert kept <= choice.best.served


def chosen(asked: Wave) -> tuple[str, ...]:
    best = choose(case_of(asked, asked.needs[0]), Left(asked)).best
    assert best is not None
    return best.sites


def test_one_parcel_is_cheaper_than_two() -> None:
    order = need("1", line("A"), line("B", number=2))
    sites = [site("NEAR", 300), site("OTHER", 350), site("FAR", 500)]
    stock = {("NEAR", "A"): 1, ("OTHER", "B"): 1, ("FAR", "A"): 1, ("FAR", "B"): 1}
    assert chosen(wave(sites, [order], stock)) == ("FAR",)
    assert chosen(wave(sites[:2], [order], stock)) == ("NEAR", "OTHER")


def test_of_equal_sites_the_one_with_more_left_ships_a_line() -> None:
    order = need("1", line("A"), line("B", number=2), line("C", number=3))
    stock = {("S1", "A"): 1, ("S2", "A"): 9, ("S1", "B"): 1, ("S2", "C"): 1}
    asked = wave([site("S1", 300), site("S2", 300)], [order], stock)
    best = choose(case_of(asked, order), Left(asked)).best
    assert best is not None
    assert [way.site for way in best.ways if way] == ["S2", "S1", "S2"]


def test_lines_of_one_item_share_its_units_over_the_sites() -> None:
    order = need("1", line("A", 3), line("A", 2, 2), line("A", 1, 3))
    asked = wave([site("S1", 300), site("S2", 400)], [order], {("S1", "A"): 2, ("S2", "A"): 4})
    best = choose(case_of(asked, order), Left(asked)).best
    assert best is not None
    assert [way.site for way in best.ways if way] == ["S2", "S1", "S2"]


def test_what_a_limit_refuses_is_remembered() -> None:
    order = need("1", line("A"), line("B", number=2))
    stock = {("S1", "A"): 1, ("S2", "B"): 1}
    asked = wave([site("S1", 300), site("S2", 400)], [order], stock, Policy(max_parcels=1))
    choice = choose(case_of(asked, order), Left(asked))
    assert choice.best is not None
    assert (choice.best.sites, choice.refused["parcels"].sites) == (("S1",), ("S1", "S2"))
    dear = replace(asked, policy=Policy(most_split_minor=299))
    assert set(choose(case_of(dear, order), Left(dear)).refused) == {"split_cost"}


def test_of_very_many_sites_the_promising_ones_are_tried() -> None:
    sites = [site(f"S{n:02}", 1_000 - n) for n in range(30)]
    order = need("1", line("A"), line("B", number=2))
    stock = {(one.code, "A"): 1 for one in sites} | {("S00", "B"): 1}
    asked = wave(sites, [order], stock)
    choice = choose(case_of(asked, order), Left(asked))
    assert choice.best is not None
    assert choice.best.sites == ("S00",)
    assert len(choice.aside) == 30 - MOST_SITES
    assert "S29" not in choice.aside


def test_sites_that_cost_more_than_waiting_are_still_the_runner_up() -> None:
    """Two lines want the same units, and what a parcel costs is more than either is worth."""
    order = need("1", line("A", 3), line("A", 1, 2))
    asked = wave([site("S1", 100)], [order], {("S1", "A"): 3}, Policy(unserved_minor=0))
    choice = choose(case_of(asked, order), Left(asked))
    assert choice.best is not None
    assert choice.runner_up is not None
    assert (choice.best.sites, choice.runner_up.sites) == ((), ("S1",))


def test_a_table_names_the_units_that_could_be_used() -> None:
    order = need("1", line("KIT", 1))
    asked = wave([site("S1", 300)], [order], {("S1", "KIT"): 1, ("S1", "A"): 2, ("S1", "B"): 1})
    table = table_of(case_of(asked, order), asked.stock, ["S1"])
    assert [len(ways) for ways in table[0].values()] == [2]
    assert cells_of(table) == {("S1", "KIT"), ("S1", "A"), ("S1", "B")}
