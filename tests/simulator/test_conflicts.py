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


def test_files_that_arrive_in_another_order_are_asked_for_again_and_taken_once() -> None:
    outcome = told(Try.BLIND, Try.CARRY, noise=3)
    assert outcome.broken == []
    assert outcome.reached["answered gap"] == 1


def test_a_unit_decided_about_under_a_replaced_policy_is_somebodys_case() -> None:
    outcome = told(Try.POLICY, Try.SYNC, noise=3)
    assert outcome.broken == []
    assert outcome.reached["case policy.outdated"] == 1


def test_what_the_floor_takes_away_from_an_order_is_told() -> None:
    outcome = told(Try.RESERVE, Try.RETURN, Try.SYNC, Try.UNDO, Try.SYNC, noise=13)
    assert outcome.broken == []
    assert outcome.reached["promise lost to a station"] > 0


def test_a_serial_that_a_supervisor_accepts_is_nobodys_case() -> None:
    outcome = told(Try.ACCEPT, Try.SYNC)
    assert outcome.broken == []
    assert (outcome.reached["serial accepted at a bench"], outcome.reached["case return.other_serial"]) == (
        1,
        0,
    )


def test_a_serial_that_a_revoked_supervisor_accepts_is_somebodys_case() -> None:
    outcome = told(Try.REVOKE, Try.ACCEPT)
    assert outcome.broken == []
    assert outcome.reached["case return.other_serial"] == 1


def test_what_a_supervisor_decides_otherwise_is_taken_back_as_a_unit_is() -> None:
    outcome = told(Try.RETURN, Try.OTHERWISE, Try.SYNC, noise=7)
    assert outcome.broken == []
    assert outcome.reached["decided otherwise at a bench"] == 1
    assert any("saved undo" in line for line in outcome.told)


def test_who_decided_otherwise_does_not_write_the_unit_off_alone() -> None:
    outcome = told(Try.RETURN, Try.OTHERWISE, Try.WRITE_OFF_UNIT, noise=4)
    assert outcome.broken == []
    assert outcome.reached["an own decision approved"] == 1


def test_a_station_whose_clock_is_a_year_ahead_is_somebodys_case() -> None:
    outcome = told(Try.CLOCK, Try.BLIND, Try.SYNC, noise=9)
    assert outcome.broken == []
    assert (outcome.reached["clock skew > 24 h"], outcome.reached["case clock.skew"]) == (1, 1)
