"""What a hand does with what it reads on the screen, in the few steps that once told it wrong."""

from __future__ import annotations

import pytest

from tests.simulator.run import Outcome, happen
from tests.simulator.signing import Signing
from tests.simulator.steps import Plan, Step, Try

_FULL = 3747520350220671239
"""Noise by which the disk is full at one of the next commits, instead of the process dying."""


def told(stations: int, *steps: tuple[Try, int, int]) -> Outcome:
    """What these come to, each tried at a station with its noise."""
    planned = tuple(Step(number, *step) for number, step in enumerate(steps, 1))
    return happen(Plan(1, stations, planned), Signing.STANDIN)


def test_what_a_full_disk_did_not_record_is_scanned_again() -> None:
    outcome = told(8, (Try.DIE, 4, _FULL), (Try.TRANSFER, 4, 6540015494044413767))
    assert outcome.broken == []
    assert any("saved transfer" in line for line in outcome.told)


def test_an_undo_goes_to_the_desk_that_the_hand_sees() -> None:
    outcome = told(
        7,
        (Try.TRANSFER, 7, 6205527312019407383),
        (Try.RETURN, 7, 4001209322744346269),
        (Try.DIE, 7, 4506713643788614611),
        (Try.UNDO_TRANSFER, 7, 4935220380629592368),
    )
    assert outcome.broken == []
    assert any("saved undo" in line for line in outcome.told)


@pytest.mark.parametrize("counted", [False, True], ids=["not counted", "counted meanwhile"])
def test_a_unit_counted_as_missing_and_then_taken_back_is_a_case(counted: bool) -> None:
    count = [(Try.COUNT, 7, 6921093889514319832)] if counted else []
    steps = (Try.RETURN, 1, 188145336781508385), *count, (Try.UNDO, 1, 4767979693853640428)
    outcome = told(8, *steps)
    assert outcome.broken == []
    assert outcome.reached["case stock.negative"] == counted
