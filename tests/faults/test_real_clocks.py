"""A bench's program on a computer whose clock is wrong, beside a centre whose clock is right."""

from __future__ import annotations

import itertools
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.domain.clock import Hlc
from app.domain.envelope import header_fields
from app.ledger.tables import event
from app.station.system import SystemClock
from tests.architecture.source_rules import ROOT
from tests.moved_clock import MovedClock, strongest
from tests.simulation.hand import visits
from tests.simulation.steady_hand import scan_box
from tests.simulation.world import World, wait_until, world

BEFORE_IT_WAS_BUILT = datetime(2001, 1, 1, tzinfo=UTC)
_SEED, _RETURNS, _PATIENCE_S = 2026, 4, 60.0


@pytest.mark.slow
def test_a_program_whose_clock_leaps_400_days_or_is_older_than_itself_sends_everything_in_order(
    tmp_path: Path,
) -> None:
    with (
        world(tmp_path / "world", _SEED, _RETURNS, lambda _: None) as made,
        MovedClock(tmp_path / "clock", strongest(), SystemClock().now()) as clock,
    ):
        wrong, boxes = replace(made, program=clock.program), visits(made.business)
        with wrong.live(1) as station:
            scan_box(station, next(boxes), made.items)
            _arrived(made)
            clock.set(SystemClock().now() + timedelta(days=400))
            scan_box(station, next(boxes), made.items)
            _arrived(made)
            assert "400 days ahead of the centre's" in _doctor(wrong)
        clock.set(BEFORE_IT_WAS_BUILT)
        with wrong.live(2) as station:
            scan_box(station, next(boxes), made.items)
            _arrived(made)
        assert made.disagreements() == []
        _in_order(made)


def _arrived(made: World) -> None:
    """Nobody is shut out: the centre gets what the station has."""

    def nothing_waits() -> bool:
        with closing(sqlite3.connect(f"{Folder(made.data).record.as_uri()}?mode=ro", uri=True)) as record:
            return not record.execute("SELECT 1 FROM outbox").fetchall()

    wait_until(nothing_waits, _PATIENCE_S, "the centre to get everything")


def _doctor(made: World) -> str:
    """What the program says of its computer."""
    command = [*made.program, "doctor", "--data", str(made.data)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout


def _in_order(made: World) -> None:
    """The order is the chain's, and the clock of the events goes on in it; what the wall said is kept."""
    with open_record(Folder(made.data), must_exist=True) as ledger:
        headers = ledger.connection.scalars(select(event.c.header).order_by(event.c.seq)).all()
    said = [header_fields(header) for header in headers]
    times = [Hlc.parse(one.text("hlc")) for one in said]
    assert all(later > earlier for earlier, later in itertools.pairwise(times))
    years = [one.text("wall")[:4] for one in said]
    assert years[-1] == "2001" < years[0] < max(years)
