from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.restoring import restore
from app.command.root import run
from app.domain.refusal import Refused, Unavailable
from app.ledger import renewal
from app.ledger.backup import backup
from app.ledger.owed import Due
from tests.app.ledger.station import disposition


def record(folder: Folder, *numbers: int) -> None:
    with open_record(folder, must_exist=False) as ledger:
        for number in numbers:
            ledger.record(disposition(number, event_id=f"0192e4c5-0000-7000-8000-{number:012d}"))


def events(folder: Folder) -> int:
    with open_record(folder, must_exist=True) as ledger:
        return ledger.last_seq


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(tmp_path / "bench")
    record(found, 1, 2)
    backup(found.record, sqlite.choose().module, tmp_path / "copy.db")
    record(found, 3)
    return found


def test_a_copy_comes_back_and_owes_a_new_epoch_and_what_was_there_is_kept(
    folder: Folder, tmp_path: Path
) -> None:
    assert run(["restore", str(tmp_path / "copy.db"), "--data", str(folder.path), "--replace"]) == 0
    assert events(folder) == 2
    with open_record(folder, must_exist=True) as ledger:
        due = renewal.due(ledger)
        assert due is not None
        assert (due.cause, ledger.install_id) == ("restored", due.install_id)
    with closing(sqlite3.connect(folder.path / "station-replaced-1.db")) as kept:
        assert kept.execute("SELECT count(*) FROM event").fetchone() == (3,)
    assert sorted(path.name for path in folder.path.glob("*restoring*")) == []


def test_a_duty_that_the_copy_brings_along_is_not_the_one_that_is_owed(
    folder: Folder, tmp_path: Path
) -> None:
    used = Due("0a" * 16, "differs", "0b" * 16)
    with open_record(folder, must_exist=True) as ledger:
        renewal.owe(ledger, used)
    copy = tmp_path / "owing.db"
    backup(folder.record, sqlite.choose().module, copy)
    restore(folder, copy, replace=True)
    with open_record(folder, must_exist=True) as ledger:
        due = renewal.due(ledger)
        assert due is not None
        assert due.cause == "restored"
        assert not {due.token, due.install_id} & {used.token, used.install_id}
        assert ledger.install_id == due.install_id


def test_the_place_that_the_copy_takes_lasts(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done, fsync, rename = list[tuple[str, str]](), os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        done.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink().name))
        fsync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        done.append(("rename", Path(target).name))
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    restore(folder, tmp_path / "copy.db", replace=True)
    assert done[-3:] == [("sync", "station.db.restoring"), ("rename", "station.db"), ("sync", "bench")]


def test_a_record_that_is_there_is_not_overwritten_unasked(folder: Folder, tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        restore(folder, tmp_path / "copy.db", replace=False)
    assert no.value.code == "restore.target"
    assert events(folder) == 3


def test_a_damaged_record_is_kept_aside_as_it_is(folder: Folder, tmp_path: Path) -> None:
    folder.record.write_bytes(b"not a database at all" * 100)
    aside = restore(folder, tmp_path / "copy.db", replace=True)
    assert aside is not None
    assert aside.read_bytes().startswith(b"not a database")
    assert events(folder) == 2


def test_a_copy_that_breaks_a_law_or_is_none_leaves_what_is_there(folder: Folder, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(copy)) as tool:
        tool.execute("UPDATE move SET qty = 5 WHERE seq = 1")
        tool.commit()
    with pytest.raises(Refused) as no:
        restore(folder, copy, replace=True)
    assert no.value.code == "restore.audit"
    with pytest.raises(Unavailable):
        restore(folder, tmp_path / "none.db", replace=True)
    assert events(folder) == 3


@pytest.mark.usefixtures("folder")
def test_a_copy_of_another_station_is_refused(tmp_path: Path) -> None:
    other = Folder(tmp_path / "other")
    record(other, 9)
    with pytest.raises(Refused) as no:
        restore(other, tmp_path / "copy.db", replace=True)
    assert no.value.code == "ledger.other_key"
    assert events(other) == 1
