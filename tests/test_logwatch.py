"""The watch on the log, and the fixtures made of it."""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Callable

import pytest
from hypothesis import settings

from tests.logwatch import LogWatch

LOG = logging.getLogger("backhaul.test")
SEEDED = [670, 823, 236]
"""What the generator gives the test that is named after it, in every run on every machine."""


def test_a_warning_that_nobody_announced_is_a_fault(expect_log: Callable[[str], None]) -> None:
    expect_log("printer")
    with LogWatch() as watch:
        LOG.warning("printer %s is away", "P1")
    assert watch.faults() == ["unexpected WARNING of backhaul.test: printer P1 is away"]


def test_an_announced_warning_is_none_and_others_still_are(expect_log: Callable[[str], None]) -> None:
    expect_log("away|jammed")
    with LogWatch() as watch:
        watch.expect("P1 is away")
        LOG.warning("printer %s is away", "P1")
        LOG.error("printer P2 is jammed")
    assert watch.faults() == ["unexpected ERROR of backhaul.test: printer P2 is jammed"]


def test_an_announcement_that_does_not_come_true_is_a_fault() -> None:
    with LogWatch() as watch:
        watch.expect("never said")
    assert watch.faults() == ["no record came that holds 'never said'"]


def test_information_is_no_fault_and_the_watch_ends_when_left(expect_log: Callable[[str], None]) -> None:
    expect_log("late")
    with LogWatch() as watch:
        LOG.info("all is well")
    LOG.warning("late")
    assert watch.faults() == []


def test_the_seeded_generator_is_the_tests_own(seeded: random.Random) -> None:
    assert [seeded.randrange(1000) for _ in range(3)] == SEEDED


def test_another_test_gets_other_numbers(seeded: random.Random) -> None:
    assert [seeded.randrange(1000) for _ in range(3)] != SEEDED


def test_no_test_needs_a_screen_or_a_persons_folders(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert os.environ["XDG_DATA_HOME"].startswith(str(tmp_path_factory.getbasetemp()))


def test_laws_are_tried_without_a_stopwatch() -> None:
    assert settings().deadline is None
