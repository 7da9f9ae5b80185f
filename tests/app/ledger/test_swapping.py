"""A record is put in another's place by one rename, and only while nothing can be lost by it."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.refusal import Refused, Unavailable
from app.ledger import swapping
from app.ledger.also import SetValue
from app.ledger.backup import backup
from app.ledger.outbox import acknowledge
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station
from tests.powercut.disk import Disk, images
from tests.powercut.log import logging


def test_events_that_are_nowhere_else_keep_a_record_from_being_built_anew(
    station: Station, ledger: Ledger
) -> None:
    swapping.require_safe(ledger)
    ledger.record(station.arrival())
    with pytest.raises(Refused) as no:
        swapping.require_safe(ledger)
    assert no.value.code == "reset.unsent"
    ledger.save([SetValue(swapping.EXPORTED, ledger.head.hash)])
    swapping.require_safe(ledger)
    ledger.record(station.arrival())
    with pytest.raises(Refused):
        swapping.require_safe(ledger)
    assert acknowledge(ledger, 1, ledger.head.seq, ledger.head.hash)
    swapping.require_safe(ledger)


def marked(file: Path, word: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE IF NOT EXISTS said (word TEXT)")
        connection.execute("INSERT INTO said VALUES (?)", (word,))
        connection.commit()


def said(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return [row[0] for row in connection.execute("SELECT word FROM said")]


def test_the_new_one_takes_the_place_whole_with_what_was_in_its_log(tmp_path: Path) -> None:
    old, new = tmp_path / "record.db", tmp_path / "side.db"
    marked(old, "old")
    backup(old, sqlite3, new)
    marked(new, "new")
    swapping.swap(sqlite3, new, old)
    assert said(old) == ["old", "new"]
    assert [file.name for file in tmp_path.iterdir()] == ["record.db"]


def test_no_log_of_the_old_record_is_left_for_the_new_one_by_a_power_cut(tmp_path: Path) -> None:
    old, new = tmp_path / "record.db", tmp_path / "side.db"
    marked(old, "old")
    backup(old, sqlite3, new)
    marked(new, "new")
    disk, rng, seen = Disk.of(tmp_path), random.Random(1), set[object]()
    with logging(tmp_path, 1) as log:
        swapping.swap(sqlite3, new, old)
    left = set[tuple[str, ...]]()
    for entry in log.entries:
        disk.play(entry)
        for image in images(disk, 0, rng, seen):
            # Before the rename the side file is there, and the old record may have its log.
            if str(new) not in image.files:
                names = tuple(sorted(Path(name).name for name in image.files))
                left.add(tuple(name for name in names if name.startswith("record.db")))
    assert left == {("record.db",)}


def test_a_record_that_somebody_has_open_stays(tmp_path: Path) -> None:
    old, new = tmp_path / "record.db", tmp_path / "side.db"
    marked(old, "old")
    backup(old, sqlite3, new)
    with closing(sqlite3.connect(old)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM said").fetchall()
        with pytest.raises(Unavailable, match="was not replaced"):
            swapping.swap(sqlite3, new, old)
    assert said(old) == ["old"]
    swapping.discard(new)
    assert not new.exists()
