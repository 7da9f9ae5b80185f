"""Reading how orders are scored."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.places import Places
from sync.central.rules.allocation_policy.reader import read_allocation_policy
from sync.central.rules.allocation_policy.reading_priority import read_scoring
from sync.central.rules.allocation_policy.scoring import Ageing, Scoring, Step
from sync.central.rules.allocation_policy.section import Section
from tests.sync.central.rules.allocation_policy.document import FULL, line_of, refused


def test_every_part_is_read() -> None:
    assert read_allocation_policy(FULL, "full").scoring == Scoring(
        base=200,
        service_levels={"next_day": -40},
        channels={"market": -5},
        wholesale=30,
        ship_window=(Step(4, -60), Step(24, -30)),
        late_penalty=(Step(500, -5), Step(2_500, -15)),
        ageing=Ageing(-2, -20),
    )


def test_what_is_left_out_has_no_effect() -> None:
    assert read_scoring(Section({}, (), Places("p", "")), ()) == Scoring()


LATE = "[[priority.late_penalty]]"
MISTAKES = [
    ("base = 200", "base = 1_000", "fields.wrong", 8, r"field 'base' holds 1000.*from 0 to 999"),
    ("base = 200", "base = 1.5", "fields.wrong", 8, r"holds 1\.5"),
    ("base = 200", "bass = 200", "policy.unknown_key", 8, r"'bass'.*Did you mean 'base'"),
    ("wholesale = 30", "wholesale = true", "fields.wrong", 9, r"holds True"),
    ("next_day = -40", "next_day = -1_000", "fields.wrong", 11, r"from -999 to 999"),
    (
        "[priority.service_level]\nnext_day = -40\n",
        "[priority.service_level]\n",
        "policy.dead_entry",
        10,
        "is empty",
    ),
    ("market = -5", "markt = -5", "policy.unknown_channel", 13, r"'markt'.*one of web, market, default"),
    ("hours_left = 24", "hours_left = 4", "policy.contradiction", 18, r"4 hours come after 4.*Sort"),
    ("hours_left = 24\n", "", "fields.wrong", 17, r"'hours_left' holds nothing"),
    ("points = -30", "points = -60", "policy.contradiction", 19, r"-60 points for 24 hours, -60 for 4 hours"),
    ("points = -30", "points = 0", "fields.wrong", 19, r"from -999 to -1"),
    ("points = -30", "points = -30\nminutes = 5", "policy.unknown_key", 20, r"one of hours_left, points"),
    ("from_minor = 2_500", "from_minor = 500", "policy.contradiction", 24, r"500 comes after 500"),
    ("from_minor = 500", "from_minor = 0", "fields.wrong", 21, r"from 1"),
    ("points = -15", "points = -5", "policy.contradiction", 25, r"-5 points from 2500 on, -5 from 500 on"),
    ("points_per_day = -2", "points_per_day = 2", "fields.wrong", 27, r"from -999 to -1"),
    ("cap = -20\n", "", "fields.wrong", 26, r"'cap' holds nothing"),
    ("cap = -20", "cap = -1", "policy.contradiction", 28, r"a cap of -1 is less than one day's -2"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:24])
def test_a_mistake_is_refused(right: str, wrong: str, code: str, line: int, says: str) -> None:
    refused(right, wrong, code, line, says)


def test_steps_are_tables() -> None:
    source = "ship_window = 4"
    with pytest.raises(Refused, match=r"line 1, ship_window.*tables \[\[ship_window\]\]"):
        read_scoring(Section({"ship_window": 4}, (), Places("p", source)), ())


def test_the_lines_above_are_those_of_the_document() -> None:
    assert [line_of(text) for text in ("base = 200", LATE, "cap = -20")] == [8, 20, 28]
