"""Lines too large for any one site are cut; nothing is lost by it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given

from sync.central.rules.sourcing.parts import as_sent, in_parts, kits_in_parts
from sync.central.rules.sourcing.shapes import Wave
from sync.central.rules.sourcing.strict import in_strict_order
from tests.sync.central.rules.sourcing.waves import line, need, site, wave, waves

SITES = [site("S1", 300), site("S2", 400), site("S3", 500)]
STOCK = {("S1", "A"): 4, ("S2", "A"): 6, ("S3", "A"): 1}


def parts(asked: Wave) -> list[int]:
    return [one.qty for one in in_parts(asked).needs[0].lines]


def test_a_line_that_one_site_has_whole_stays_whole() -> None:
    asked = wave(SITES, [need("1", line("A", 6))], STOCK)
    assert in_parts(asked) == asked


def test_a_larger_line_is_cut_into_as_few_parts_as_there_can_be() -> None:
    assert parts(wave(SITES, [need("1", line("A", 9))], STOCK)) == [6, 3]
    assert parts(wave(SITES, [need("1", line("A", 11))], STOCK)) == [6, 4, 1]


def test_what_is_short_everywhere_waits_alone() -> None:
    asked = in_parts(wave(SITES, [need("1", line("A", 14))], STOCK))
    (plan,) = in_strict_order(asked).plans
    assert [[piece.qty for piece in parcel.pieces] for parcel in plan.parcels] == [[4], [6], [1]]
    assert plan.cost.total == 1_200 + 10_000 * 3 // 14
    assert plan.unserved == (1,)


def test_a_site_that_may_not_ship_is_not_counted_on() -> None:
    order = replace(need("1", line("A", 6)), sites=frozenset({"S1", "S3"}))
    assert parts(wave(SITES, [order], STOCK)) == [4, 1, 1]


def test_kits_and_what_nobody_has_are_not_cut() -> None:
    assert parts(wave(SITES, [need("1", line("KIT", 9), line("B", 3, 2))], STOCK)) == [9, 3]


def test_kits_that_no_site_can_put_together_are_cut() -> None:
    stock = {("S1", "A"): 4, ("S1", "B"): 1, ("S2", "A"): 3, ("S2", "B"): 3}
    (cut,) = kits_in_parts(wave(SITES, [need("1", line("KIT", 3))], stock)).needs
    assert [(one.qty, one.whole) for one in cut.lines] == [(1, 3), (1, 3), (1, 3)]
    assert as_sent(wave(SITES, [need("1", line("KIT", 1))], stock)).needs[0].lines == (line("KIT", 1),)


@given(waves())
def test_every_unit_stays_in_its_line(asked: Wave) -> None:
    for before, after in zip(asked.needs, in_parts(asked).needs, strict=True):
        counted = Counter[tuple[int, str]]()
        for one in after.lines:
            assert one.qty > 0
            counted[one.line, one.sku] += one.qty
        assert counted == {(one.line, one.sku): one.qty for one in before.lines}
        assert replace(after, lines=before.lines) == before
