"""A peer that cannot be had is said and left out; the measurements go on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bench import tryton
from tests.postgres import required_programs

SIZE = tryton.Size(items=4, moves=1, orders=1, small=True)


def test_a_peer_that_cannot_be_installed_is_left_out_with_the_reason(tmp_path: Path) -> None:
    required_programs()
    said = list[str]()

    def nowhere(_folder: Path) -> Path:
        raise tryton.CannotError("the package index was not reached")

    assert tryton.measure(tmp_path, SIZE, said.append, nowhere) == []
    assert said[-1] == "Tryton is left out: the package index was not reached"


def test_one_that_does_not_start_is_left_out_too(tmp_path: Path) -> None:
    required_programs()
    said = list[str]()
    assert tryton.measure(tmp_path, SIZE, said.append, lambda folder: folder) == []
    assert "trytond-admin failed" in said[-1]


def test_what_a_program_said_last_is_the_reason() -> None:
    with pytest.raises(tryton.CannotError, match=r"ended with 3: no room"):
        tryton._run([sys.executable, "-c", "import sys; print('no room', file=sys.stderr); sys.exit(3)"])
