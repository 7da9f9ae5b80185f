"""The command at its smallest, in this process; slices of what it calls are beside each part."""

from __future__ import annotations

import json

import pytest

from tests.soak.__main__ import main
from tests.soak.lane import Lane, Slice
from tests.soak.parts import PARTS, approvals, work
from tests.soak.workers import Workers

SLICE = ["--seconds", "0", "--jobs", "1", "--only"]


def test_a_planted_loss_turns_the_exit_red(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SLICE, "stand-in", "--mutant", "page_one_short"]) == 1
    said = capsys.readouterr().out
    assert "\nRED\n" in said
    assert "python -m tests.simulator --replay 10000000 --steps 60 --signing standin: I6" in said


def test_a_sound_part_ends_green_and_its_figures_are_for_programs_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*SLICE, "approvals", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["red"] == []
    assert found["cases_right"] == found["cases"] > 60
    assert found["mutations"] > 0


def test_lanes_share_the_cases_and_no_seed() -> None:
    found = [approvals(Lane(Slice("approvals", lane, 2, 0, 1))) for lane in (0, 1)]
    assert found[0].cases + found[1].cases > 60
    assert abs(found[0].cases - found[1].cases) <= 1
    seeds = [Slice("approvals", lane, 2, 0, 1).seeds() for lane in (0, 1)]
    assert len({next(each) for each in seeds for _ in range(50)}) == 100


def test_a_part_that_breaks_down_is_told_and_the_next_goes_on() -> None:
    assert work(Slice("no such part", 0, 1, 0, 1)).failed == [
        "no such part broke down: KeyError('no such part')"
    ]
    with Workers(1) as workers:
        found = workers.do([Slice("no such part", 0, 1, 0, 1), Slice("approvals", 0, 1, 0, 1)])
    assert len(found.failed) == 1
    assert found.cases > 60


def test_every_part_has_a_share_and_only_kills_are_alone() -> None:
    assert all(part.weight > 0 for part in PARTS.values())
    assert [name for name, part in PARTS.items() if not part.beside] == ["kills"]
