"""A slice of the soak, and a station with a fault that it must see."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation import laws
from tests.simulation.__main__ import main, say
from tests.simulation.moments import Aim, Moments
from tests.simulation.rest import copy_of, look_into
from tests.simulation.soak import Limits, Soak
from tests.simulation.station_process import read_answers, said_saved
from tests.simulation.world import world

KILLS = 3
SEED = 11


@pytest.mark.slow
def test_what_was_said_to_be_saved_survives_kills_and_reaches_the_centre_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "soak"
    assert main(["--kills", str(KILLS), "--keep", str(folder)]) == 0, capsys.readouterr()
    figures = dict(line.rsplit("  ", 1) for line in capsys.readouterr().out.splitlines() if "  " in line)
    figures = {name.strip(): value for name, value in figures.items()}
    assert figures["kills"].split()[0] == str(KILLS)
    assert int(figures["saved, as the trace said"]) > KILLS
    assert (figures["lost"], figures["doubled"], figures["violations"]) == ("0", "0", "0")
    _a_loss_is_seen(folder)


def _a_loss_is_seen(folder: Path) -> None:
    """The same look at the same files, after one saved event was taken out of the record."""
    said = said_saved(
        answer for trace in (folder / "notes").glob("trace-*.jsonl") for answer in read_answers(trace)
    )
    copy = copy_of(folder / "station", folder / "planted")
    assert laws.record_keeps(said, look_into(copy)).clean
    taken = max(said)
    with closing(sqlite3.connect(copy / "station.db")) as record, record:
        record.execute("delete from event where event_id = ?", (taken,))
    found = laws.record_keeps(said, look_into(copy))
    assert found.lost == [f"event {taken} was said to be saved"]
    assert found.violations != []


@pytest.mark.slow
def test_a_station_that_says_saved_before_the_commit_turns_the_soak_red(tmp_path: Path) -> None:
    assert Moments(SEED).next_aim() is not Aim.START
    with world(tmp_path / "soak", SEED, 4, say) as made:
        forgetful = replace(made, program=(sys.executable, "-m", "tests.simulation.forgetful"))
        report = Soak(forgetful, SEED, Limits(kills=5), say).run()
    # One kill shows it, or the end of the boxes when the station was faster than that.
    assert report.kills.total() <= 1
    assert report.saved > 0
    assert len(report.findings.lost) == report.saved
