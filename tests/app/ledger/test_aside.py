"""What is replaced is kept under a name that nothing had before, and its log goes with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.ledger.aside import free_name, log_aside, log_stays, taken_back
from app.ledger.lasting import second_name


def test_a_name_is_free_when_neither_a_file_nor_a_log_has_it(tmp_path: Path) -> None:
    record = tmp_path / "station.db"
    assert free_name(record) == tmp_path / "station-replaced-1.db"
    (tmp_path / "station-replaced-1.db").write_text("kept")
    (tmp_path / "station-replaced-2.db-wal").write_text("a log alone")
    assert free_name(record) == tmp_path / "station-replaced-3.db"


def test_a_log_goes_to_beside_the_other_name_whole(tmp_path: Path) -> None:
    record, kept = tmp_path / "station.db", tmp_path / "station-replaced-1.db"
    record.write_text("record")
    for ending in ("-wal", "-journal"):
        record.with_name(record.name + ending).write_text(ending)
    found = log_stays(record, kept)
    assert [path.name for path in found] == ["station-replaced-1.db-wal", "station-replaced-1.db-journal"]
    assert [path.read_text() for path in found] == ["-wal", "-journal"]
    assert sorted(path.name for path in tmp_path.glob("station.db*")) == ["station.db"]


def test_a_log_that_is_all_there_is_is_kept_and_none_is_no_file(tmp_path: Path) -> None:
    record = tmp_path / "station.db"
    assert log_aside(record) is None
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "station.db-wal").write_text("log")
    assert log_aside(record) == tmp_path / "station-replaced-1.db-wal"
    assert [path.name for path in tmp_path.iterdir()] == ["station-replaced-1.db-wal"]


def test_a_log_that_cannot_be_kept_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "station.db-wal").write_text("log")
    (tmp_path / "station-replaced-1.db-wal" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="station-replaced-1"):
        log_stays(tmp_path / "station.db", tmp_path / "station-replaced-1.db")
    assert (tmp_path / "station.db-wal").read_text() == "log"


def test_what_was_kept_for_nothing_has_its_log_again_and_no_other_name(tmp_path: Path) -> None:
    record, kept = tmp_path / "station.db", tmp_path / "station-replaced-1.db"
    record.write_text("record")
    (tmp_path / "station.db-wal").write_text("log")
    second_name(record, kept)
    log_stays(record, kept)
    taken_back(record, kept)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "station.db": "record",
        "station.db-wal": "log",
    }


def test_a_log_that_cannot_go_back_stays_with_the_other_name_of_its_file(tmp_path: Path) -> None:
    record, kept = tmp_path / "station.db", tmp_path / "station-replaced-1.db"
    for path in (record, kept):
        path.write_text("record")
    (tmp_path / "station-replaced-1.db-wal").mkdir()
    with pytest.raises(Unavailable, match=r"is whole as .*station-replaced-1"):
        taken_back(record, kept)
    assert kept.read_text() == "record"
    # Where the file itself is gone, the other name is all there is.
    record.unlink()
    taken_back(record, kept)
    assert kept.exists()
