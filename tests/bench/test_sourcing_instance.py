"""The instance is the same wherever and whenever it is made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from sync.central.rules.sourcing.shapes import Answer, Wave
from sync.central.rules.sourcing.strict import in_strict_order
from tests.bench.sourcing_instance import Instance, generated, judged

DIGEST = "d242e10a859e119fe24308687759591a18aa80d1cfd7cd222e2e442b5a10fc07"


def test_the_instance_is_the_one_that_the_best_known_cost_belongs_to() -> None:
    instance = generated()
    wave = instance.wave
    lines = [line for need in wave.needs for line in need.lines]
    assert (len(wave.needs), len(lines), sum(line.qty for line in lines)) == (1_000, 2_110, 3_387)
    assert [site.parcels_left for site in wave.sites] == [420, 340, 300, 260, 220]
    content = [
        sorted((*cell, units) for cell, units in wave.stock.items()),
        [[(line.sku, line.qty) for line in need.lines] for need in wave.needs],
        sorted((*key, minor) for key, minor in instance.parcel_minor.items()),
        [site.parcels_left for site in wave.sites],
    ]
    assert hashlib.sha256(json.dumps(content).encode()).hexdigest() == DIGEST


def test_an_answer_is_judged_by_its_parcels_alone() -> None:
    instance = generated(orders=40)
    answer = in_strict_order(instance.wave)
    assert judged(instance, answer) == (answer.cost.total, answer.unserved)


@pytest.mark.parametrize("short", ["stock", "labour"])
def test_an_answer_that_uses_what_is_not_there_is_refused(short: str) -> None:
    instance = generated(orders=40)
    answer = in_strict_order(instance.wave)
    with pytest.raises(ValueError, match="more is used than there is"):
        judged(replace(instance, wave=scarce(instance.wave, short)), answer)


def scarce(wave: Wave, short: str) -> Wave:
    if short == "stock":
        return replace(wave, stock=dict.fromkeys(wave.stock, 0))
    return replace(wave, sites=tuple(replace(site, parcels_left=1) for site in wave.sites))


def test_a_line_whose_place_is_left_open_is_refused() -> None:
    instance: Instance = generated(orders=5)
    first, *others = in_strict_order(instance.wave).explanations
    lost = replace(first, plan=replace(first.plan, parcels=(), unserved=()))
    with pytest.raises(ValueError, match="order 00000 line 1 is shipped from"):
        judged(instance, Answer((lost, *others)))
