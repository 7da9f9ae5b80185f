"""Kinds of conflict that hardly any history reaches by chance, each in a few steps."""

from __future__ import annotations

from tests.simulator.run import Outcome, happen
from tests.simulator.signing import Signing
from tests.simulator.steps import Plan, Step, Try

_STATION = 2
"""It has a camera."""


def told(*tries: Try, noise: int = 1) -> Outcome:
    """What these come to at one station, with the same noise each."""
    steps = tuple(Step(number, what, _STATION, noise) for number, what in enumerate(tries, 1))
    return happen(Plan(1, _STATION, steps), Signing.STANDIN)


def test_one_id_for_two_events_is_kept_apart_and_told_once() -> None:
    outcome = told(Try.RETURN, Try.SYNC, Try.REWIND, Try.RETURN)
    assert outcome.broken == []
    assert (outcome.reached["one id twice"], outcome.reached["case event.id_reuse"]) == (1, 1)


def test_a_centre_that_lacks_a_part_of_a_chain_asks_for_it() -> None:
    outcome = told(Try.SYNC, Try.BACKUP, Try.BLIND, Try.SYNC, Try.PUT_BACK)
    assert outcome.broken == []
    assert outcome.reached["answered gap"] == 1


def test_a_photo_whose_file_is_gone_is_somebodys_case() -> None:
    outcome = told(Try.THING, Try.SYNC, Try.SPOIL, Try.PHOTOS)
    assert outcome.broken == []
    assert (outcome.reached["photo spoiled"], outcome.reached["case photo.lost"]) == (1, 1)


def test_a_unit_that_was_written_off_is_not_taken_back() -> None:
    outcome = told(Try.BLIND, Try.WRITE_OFF_UNIT, Try.UNDO)
    assert outcome.broken == []
    assert outcome.reached["unit written off"] == 1
    assert not any("saved undo" in line for line in outcome.told)


def test_what_the_centre_decided_anew_goes_with_a_unit_that_is_taken_back() -> None:
    outcome = told(Try.RETURN, Try.WORD, Try.SYNC, noise=14)
    assert outcome.broken == []
    assert outcome.reached["decided anew"] == 1
    assert any("saved undo" in line for line in outcome.told)
