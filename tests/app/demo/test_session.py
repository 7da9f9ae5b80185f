"""Waiting at a demo's bench: for a picture that comes, or in vain; nothing listens on afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.station import StationProgram
from app.demo.session import _until
from app.domain.refusal import Unavailable
from tests.app.bootstrap.premises import furnished, options, running, save_a_unit


@pytest.fixture
def program(tmp_path: Path) -> Iterator[StationProgram]:
    with running(options(furnished(tmp_path))) as started:
        yield started


def test_a_picture_that_comes_ends_the_wait_and_the_listening(program: StationProgram) -> None:
    save_a_unit(program)
    _until(program, lambda screen: screen.status.waiting > 0, 30, "a saved unit")
    _until(program, lambda _: program.labels_waiting() == 0, 30, "the label")
    assert program.bench._subscribers == []


def test_one_that_does_not_come_is_said_and_the_listening_ends(program: StationProgram) -> None:
    with pytest.raises(Unavailable, match="in vain for a miracle"):
        _until(program, lambda _: False, 0.01, "a miracle")
    assert program.bench._subscribers == []
