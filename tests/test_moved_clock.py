"""The clock that tests move: both means, and what is said where one of them is missing."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.moved_clock import MEMORY, Means, MovedClock, find_library, required, strongest

THEN = datetime(2001, 2, 3, 4, 5, tzinfo=UTC)


_SAY = "import sqlite3; print(*sqlite3.connect(':memory:').execute(\"SELECT date('now')\").fetchone())"


def test_the_library_moves_what_python_and_sqlite_take_for_the_time(tmp_path: Path) -> None:
    """On a machine without it this is skipped and says so; the other tests then take the other means."""
    with MovedClock(tmp_path / "clock", required(Means.LIBRARY), THEN) as clock:
        python = [word for word in clock.program if word not in {"-m", "app"}]
        done = subprocess.run([*python, "-c", _SAY], check=True, capture_output=True, text=True)
        assert done.stdout == "2001-02-03\n"
        with subprocess.Popen([*python, "-c", "import os; os.kill(os.getpid(), 9)"]) as killed:
            pass
    assert not [*MEMORY.glob(f"*faketime_*_{killed.pid}")]


def test_without_the_library_the_other_means_are_taken_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_library(tmp_path) is None
    place = tmp_path / "lib/x86_64-linux-gnu/faketime"
    place.mkdir(parents=True)
    (place / "libfaketimeMT.so.1").touch()
    assert find_library(tmp_path) == place / "libfaketimeMT.so.1"
    monkeypatch.setattr("tests.moved_clock.find_library", lambda: None)
    assert strongest() is required(Means.OWN) is Means.OWN
    with pytest.raises(pytest.skip.Exception, match="apt-get install libfaketime"):
        required(Means.LIBRARY)
