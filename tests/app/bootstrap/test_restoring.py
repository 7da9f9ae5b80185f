from __future__ import annotations

import errno
import os
import shutil
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
from app.ledger import renewal, swapping
from app.ledger.also import TakeNumber
from app.ledger.backup import backup
from app.ledger.owed import Due
from tests.app.ledger.station import disposition
from tests.damage import damaged_with_log
from tests.killing import killed_at_each_place, said_by


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


def test_a_damaged_record_that_was_not_replaced_has_its_log_still(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = damaged_with_log(folder.record, "UPDATE meta SET value = value")

    def broken(*_: Path) -> None:
        raise OSError(errno.EIO, "the disk")

    with monkeypatch.context() as patched:
        patched.setattr(swapping, "put_in_place", broken)
        with pytest.raises(Unavailable, match=r"station\.db was not replaced"):
            restore(folder, tmp_path / "copy.db", replace=True)
    assert folder.record.with_name("station.db-wal").read_bytes() == log
    assert not list(folder.path.glob("*replaced*"))
    assert restore(folder, tmp_path / "copy.db", replace=True) == folder.path / "station-replaced-1.db"
    assert (folder.path / "station-replaced-1.db-wal").read_bytes() == log
    assert events(folder) == 2


def test_the_log_of_a_record_that_is_gone_is_kept_and_not_taken_for_that_of_the_copy(
    folder: Folder, tmp_path: Path
) -> None:
    log = folder.record.with_name("station.db-wal")
    with open_record(folder, must_exist=True) as ledger:
        ledger.record(disposition(4, event_id=f"0192e4c5-0000-7000-8000-{4:012d}"))
        left = log.read_bytes()
    folder.record.unlink()
    log.write_bytes(left)
    assert restore(folder, tmp_path / "copy.db", replace=False) == folder.path / "station-replaced-1.db-wal"
    assert (folder.path / "station-replaced-1.db-wal").read_bytes() == left
    assert events(folder) == 2
    with open_record(folder, must_exist=True) as ledger:
        assert renewal.due(ledger) is not None
    # What another such restore puts aside takes no name of this one.
    folder.record.unlink()
    log.write_bytes(b"another")
    restore(folder, tmp_path / "copy.db", replace=False)
    assert (folder.path / "station-replaced-1.db-wal").read_bytes() == left
    assert (folder.path / "station-replaced-2.db-wal").read_bytes() == b"another"


def numbered(folder: Folder, *taken: int) -> None:
    with open_record(folder, must_exist=True) as ledger:
        for number in taken:
            ledger.save([TakeNumber("label", number)])


def test_no_label_of_the_replaced_record_is_given_again_where_it_can_be_read(
    folder: Folder, tmp_path: Path
) -> None:
    numbered(folder, 1, 2, 3)
    restore(folder, tmp_path / "copy.db", replace=True)
    with open_record(folder, must_exist=True) as ledger:
        assert ledger.peek_number("label") == 4
        # What counts approvals begins anew with the epoch, as before.
        assert ledger.peek_number("approval") == 1
    folder.record.write_bytes(b"not a database at all" * 100)
    restore(folder, tmp_path / "copy.db", replace=True)
    with open_record(folder, must_exist=True) as ledger:
        assert ledger.peek_number("label") == 1


def spoil(folder: Folder) -> None:
    whole = bytearray(folder.record.read_bytes())
    whole[:4096] = bytes(range(256)) * 16
    folder.record.write_bytes(whole)
    # A cut leaves its log behind as well.
    folder.record.with_name("station.db-wal").write_bytes(b"log")


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_killed_anywhere_the_station_is_the_old_one_or_the_copy_and_never_another(
    folder: Folder, tmp_path: Path, damaged: bool
) -> None:
    with open_record(folder, must_exist=True) as ledger:
        station = ledger.head.station_id
    if damaged:
        spoil(folder)
    before, copy = tmp_path / "before", tmp_path / "copy.db"
    shutil.copytree(folder.path, before)

    def ready() -> None:
        shutil.rmtree(folder.path)
        shutil.copytree(before, folder.path)

    def opened() -> tuple[bool, int, bool]:
        with open_record(folder, must_exist=False) as ledger:
            return ledger.head.station_id == station, ledger.last_seq, renewal.due(ledger) is not None

    found = list[object]()
    for _ in killed_at_each_place(lambda: restore(folder, copy, replace=True), ready):
        found.append(said_by(opened))
        restore(folder, copy, replace=True)
        assert opened() == (True, 2, True)
    assert set(found) == {"ledger.not_sqlite" if damaged else (True, 3, False), (True, 2, True)}
    assert found[-1] == (True, 2, True)


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
