"""A record of a newer program is not opened, and what a bench did is brought to the centre all the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap.carrying import export
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run
from app.domain.refusal import Refused
from app.ledger import renewal
from app.ledger.tables import SCHEMA
from tests.app.bootstrap.test_carrying import bench, counts
from tests.app.ledger.station import disposition

__all__ = ["bench"]


def changed(folder: Folder, *statements: str) -> bytes:
    """The record as a newer program left it, with changes of its own; its bytes."""
    newer = f"UPDATE alembic_version SET version_num = '{int(SCHEMA) + 1:04d}'"  # noqa: S608 - our own number
    with closing(sqlite3.connect(folder.record)) as connection:
        for statement in (newer, *statements):
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return folder.record.read_bytes()


def test_the_events_of_a_newer_record_reach_the_centre_and_it_stays_untouched(
    bench: Folder, tmp_path: Path
) -> None:
    target, where = tmp_path / "bench.events", f"sqlite:///{tmp_path / 'centre.db'}"
    before = changed(
        bench,
        "ALTER TABLE event ADD COLUMN mood TEXT",
        "CREATE TABLE weather (day TEXT)",
        "DROP TABLE photo",
    )
    with pytest.raises(Refused) as no, open_record(bench, must_exist=True):
        raise AssertionError("nothing is open")
    assert f"`backhaul sync export FILE --data {bench.path}`" in no.value.do
    assert run(["sync", "export", str(target), "--data", str(bench.path)]) == 0
    assert bench.record.read_bytes() == before
    taking = ["--db", where, "--key", str(tmp_path / "centre.db.key")]
    assert run(["sync", "import", str(target), *taking]) == 0
    assert counts(tmp_path) == (3, 3)


def test_chains_of_several_epochs_are_carried_as_the_older_program_would(
    bench: Folder, tmp_path: Path
) -> None:
    with open_record(bench, must_exist=True) as ledger:
        renewal.begin(ledger, 2, [2], ledger.last_seq)
        ledger.record(disposition(9, event_id="0192e4c5-0000-7000-8000-000000000009"))
    own = export(bench, tmp_path / "own.events", replace=False)
    changed(bench)
    newer = export(bench, tmp_path / "newer.events", replace=False)
    assert (newer.events, newer.sha256, newer.head) == (own.events, own.sha256, own.head)


def test_what_this_program_does_not_understand_is_refused_and_no_file_is_left(
    bench: Folder, tmp_path: Path
) -> None:
    before = changed(bench, "DROP TABLE resent")
    with pytest.raises(Refused) as no:
        export(bench, tmp_path / "bench.events", replace=False)
    assert no.value.code == "ledger.newer_unknown"
    assert [*tmp_path.glob("bench.events*")] == []
    assert bench.record.read_bytes() == before
