"""The table says what was counted, and each sort of loss turns it red."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest

from tests.soak.parts import PARTS
from tests.soak.table import as_json, table
from tests.soak.tally import CARELESS, FULL, Tally, red


def sound() -> Tally:
    """All parts did their work, and nothing was lost."""
    return Tally(
        histories=Counter(real=30, standin=70),
        copied=50,
        acts=25_600,
        caught=12,
        tried=12,
        undecided=3,
        images=Counter({FULL: 4000, "NORMAL": 90, "OFF": 80}),
        cut_lost=Counter(NORMAL=40, OFF=41),
        cut_broken=Counter(OFF=9),
        io_faults=2345,
        io_tests=26,
        kills=17,
        saved=200,
        cases=68,
        cases_right=68,
        mutations=9000,
    )


def test_a_sound_tally_is_not_red_and_every_figure_is_in_the_table() -> None:
    assert red(sound(), list(PARTS)) == []
    rows = [line.split("  ", 1) for line in table(sound(), 612.4, []).splitlines()]
    figures = {name: value.strip() for name, value in rows[:-1]}
    assert figures == {
        "seconds": "612",
        "seeds, real signing": "30",
        "seeds, stand-in signing": "70",
        "of these with copied disks": "50",
        "physical acts": "25,600",
        "lost": "0",
        "doubled": "0",
        "unsurfaced": "0",
        "other laws broken": "0",
        "mutants caught": "12 of 12 tried (3 not decided in the time)",
        "power-cut images, FULL": "4,000, 0 lost something",
        "power-cut images, NORMAL": "90, 40 lost something",
        "power-cut images, OFF": "80, 41 lost something, 9 broken",
        "injected I/O faults": "2,345 in 26 tests",
        "SIGKILLs of a real station": "17, with 200 scans said to be saved",
        "approval cases right": "68 of 68",
        "mutated approvals": "9,000, 0 still valid",
    }


PLANTED: dict[str, tuple[Callable[[Tally], object], str]] = {
    "lost": (lambda found: found.breaks(["I1: it is not there"], "seed 3"), "1 lost in all"),
    "doubled": (lambda found: found.breaks(["I2: it counts twice"], "seed 3"), "1 doubled in all"),
    "no case": (lambda found: found.breaks(["I3: no case"], "seed 3"), "1 unsurfaced in all"),
    "two cases": (lambda found: found.breaks(["I5: two cases"], "seed 3"), "1 unsurfaced in all"),
    "audit": (lambda found: found.breaks(["I7: the centre: x"], "seed 3"), "1 other in all"),
    "mutant": (lambda found: found.lived.append("forgets"), "mutant forgets was not caught"),
    "cut": (
        lambda found: found.cut_lost.update({FULL: 1}),
        "power cuts at FULL: 1 images lost something, 0 broken",
    ),
    "broken": (
        lambda found: found.cut_broken.update({FULL: 2}),
        "power cuts at FULL: 0 images lost something, 2 broken",
    ),
    "blind": (lambda found: found.cut_lost.pop("OFF"), "power cuts at OFF: no loss was seen"),
    "case": (
        lambda found: setattr(found, "cases_right", 67),
        "1 approval cases were judged otherwise than by hand",
    ),
    "forged": (lambda found: setattr(found, "still_valid", 1), "1 mutated approvals were still valid"),
    "test": (lambda found: found.failed.append("test_x failed"), "test_x failed"),
    "idle": (lambda found: setattr(found, "kills", 0), "kills showed nothing"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_whatever_is_planted_turns_it_red_and_says_why(name: str) -> None:
    plant, why = PLANTED[name]
    found = sound()
    plant(found)
    assert red(found, list(PARTS)) == [why]
    assert f"RED\n  {why}\n" in table(found, 1.0, [why])


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_did_nothing_is_seen_when_it_was_asked_for(part: str) -> None:
    assert f"{part} showed nothing" in red(Tally(), [part])
    assert len(red(Tally(), [part])) == (1 + len(CARELESS) if part == "power cuts" else 1)
    assert red(Tally(), []) == []


def test_two_lanes_are_counted_together() -> None:
    both = sound()
    both.add(sound())
    assert (both.acts, both.histories["real"], both.images[FULL], both.kills) == (51_200, 60, 8000, 34)
    assert red(both, list(PARTS)) == []


def test_programs_get_every_figure() -> None:
    found = json.loads(as_json(sound(), 5.04, ["why"]))
    assert (found["seconds"], found["red"], found["images"]["OFF"]) == (5.0, ["why"], 80)
    assert found["acts"] == 25_600
