"""A medium that is not what it was: read only, changed bits, a file that is gone, a newer record."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import sqlite
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.domain.refusal import Refused, Unavailable
from app.ledger import renewal
from app.ledger.audit import audit
from app.ledger.backup import backup
from app.ledger.copy_watch import CopyWatch
from app.ledger.second_copy import CopiedLedger
from app.ledger.tables import SCHEMA
from tests.app.ledger.fixtures import founded, station
from tests.app.ledger.station import Station, everything, with_label
from tests.iofaults.failing import FailingDisk
from tests.powercut.vfs import Fault, watching

__all__ = ["founded", "station"]
_READ_ONLY = 8


@dataclass
class ReadOnly(FailingDisk):
    """A `Watcher` over a medium that may only be read."""

    on: bool = False

    def before(self, call: str, path: str) -> Fault | None:
        del path
        return Fault(_READ_ONLY) if self.on and call in {"write", "truncate", "delete"} else None


@pytest.fixture
def medium() -> Iterator[ReadOnly]:
    found = ReadOnly()
    with watching(found):
        yield found


def test_a_medium_that_may_only_be_read_is_said_and_nothing_starts_by_half(
    station: Station, medium: ReadOnly, tmp_path: Path
) -> None:
    medium.on = True
    fresh = replace(station, path=tmp_path / "fresh.db")
    with pytest.raises(Unavailable, match="may only be read"):
        fresh.open()
    medium.on = False
    with fresh.open() as ledger:
        assert ledger.head.seq == 0
        medium.on = True
        with pytest.raises(Unavailable, match=r"^Not recorded: the station's database may only be read"):
            ledger.record(station.disposition())
        medium.on = False
        assert ledger.record(station.disposition()).seq == 1


def test_a_folder_that_cannot_be_made_is_a_sentence_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(Unavailable, match="cannot be made"),
        open_record(Folder(tmp_path / "file" / "data"), must_exist=False),
    ):
        raise AssertionError("nothing is open")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_second_program_on_one_folder_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    with open_record(folder, must_exist=False) as ledger:
        with (
            pytest.raises(Refused, match="Another Backhaul station works on"),
            open_record(folder, must_exist=True),
        ):
            raise AssertionError("nothing is open")
        assert ledger.head.seq == 0


def test_where_no_sound_library_is_at_hand_one_connection_does_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The race of the log's reset needs a second connection that writes, which a station never has."""
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    chosen = sqlite.choose()
    assert chosen.sound
    assert chosen.module is not sqlite3

    class Old:
        sqlite_version_info = (3, 50, 0)

    monkeypatch.setattr(importlib, "import_module", lambda _: Old)
    assert (sqlite.choose().sound, sqlite.choose().module) == (False, sqlite3)


def worked(station: Station) -> dict[str, list[Any]]:
    """A record with some events, all of it in the file; its rows that an audit answers for."""
    with station.open() as ledger:
        for _ in range(8):
            event = station.disposition(private={"note": "x" * 300})
            ledger.record(event, with_label(ledger, event))
        ledger.record(station.undoing(event))
        return audited(everything(ledger))


def audited(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    names = ("event", "move", "account", "balance", "subject", "outbox", "return_progress", "photo")
    return {name: sorted(rows[name], key=repr) for name in names}


def test_a_changed_bit_in_the_database_is_refused_or_found(station: Station) -> None:
    rng = random.Random(7)
    rows = worked(station)
    whole = station.path.read_bytes()
    found = {"refused": 0, "damaged": 0, "audit": 0, "nothing that counts": 0}
    for _ in range(40):
        changed = bytearray(whole)
        changed[rng.randrange(100, len(whole))] ^= 1 << rng.randrange(8)
        for path in station.path.parent.glob(f"{station.path.name}-*"):
            path.unlink()
        station.path.write_bytes(changed)
        found[_seen(station, rows)] += 1
    assert found["audit"]
    assert sum(found.values()) == 40


def _seen(station: Station, rows: dict[str, list[Any]]) -> str:
    """How a changed file shows itself; one that shows nothing must have lost nothing."""
    try:
        with station.open() as ledger:
            if ledger.connection.exec_driver_sql("PRAGMA integrity_check").scalar() != "ok":
                return "damaged"
            if not audit(ledger).clean:
                return "audit"
            assert audited(everything(ledger)) == rows
            return "nothing that counts"
    except (Refused, Unavailable):
        return "refused"


def test_a_changed_bit_in_the_log_takes_no_half_of_a_commit(station: Station, tmp_path: Path) -> None:
    rng = random.Random(8)
    log = station.path.with_name(station.path.name + "-wal")
    with station.open() as ledger:
        for _ in range(8):
            ledger.record(station.disposition())
        for path in (station.path, log):
            shutil.copyfile(path, tmp_path / f"kept-{path.name}")
    heads = set()
    for _ in range(24):
        changed = bytearray((tmp_path / f"kept-{log.name}").read_bytes())
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        shutil.copyfile(tmp_path / f"kept-{station.path.name}", station.path)
        log.write_bytes(changed)
        with station.open() as ledger:
            # The tail from the changed bit on is gone, whole events of it; the centre sees that it had more.
            assert audit(ledger).clean
            heads.add(ledger.head.seq)
    assert len(heads) > 3
    assert max(heads) <= 8


def test_events_that_a_changed_bit_in_the_log_dropped_are_named_by_the_second_copy(
    station: Station, tmp_path: Path
) -> None:
    said, kept = list[str](), tmp_path / "kept"
    kept.mkdir()
    log = station.path.with_name(station.path.name + "-wal")
    with copied(station, tmp_path / "usb", said) as ledger:
        for number in range(1, 9):
            ledger.record(station.disposition())
            if number == 3:
                fourth = log.stat().st_size
        for path in (station.path, log):
            shutil.copyfile(path, kept / path.name)
    [file] = (tmp_path / "usb").glob("*.events")
    whole, changed = file.read_bytes(), bytearray((kept / log.name).read_bytes())
    changed[fourth + 100] ^= 4
    shutil.copyfile(kept / station.path.name, station.path)
    log.write_bytes(changed)
    said.clear()
    with copied(station, tmp_path / "usb", said) as ledger:
        assert (ledger.last_seq, audit(ledger).clean) == (3, True)
        (lost,) = [line for line in said if "lost" in line]
        assert lost == (
            f"The second copy holds events 4 to 8 that this record lost: bring {file} to the centre with "
            "backhaul sync import."
        )
        assert renewal.due(ledger) is not None
        ledger.record(station.disposition())
    assert file.read_bytes() == whole


def copied(station: Station, folder: Path, said: list[str]) -> CopiedLedger:
    """A record that begins to work with a second copy in a folder."""
    parts = (station.path, station.dbapi)
    ledger = CopiedLedger(
        *parts, signer=station.signer, clock=station.clock, ids=station.ids, settings=station.settings
    )
    CopyWatch(folder, station.clock, said.append, patience_s=30).begin(ledger, station.ids)
    return ledger


@pytest.mark.skipif(os.name != "posix", reason="an open file cannot be deleted there")
def test_a_database_deleted_while_it_is_open_takes_nothing_more(station: Station) -> None:
    aside = station.path.with_name("aside.db")
    with station.open() as ledger:
        ledger.record(station.disposition())
        station.path.rename(aside)
        for _ in range(2):
            with pytest.raises(Unavailable, match=r"^Not recorded: .* was moved or deleted"):
                ledger.record(station.disposition())
        assert ledger.head.seq == 1, "what was recorded is still shown"
        assert not station.path.exists(), "no empty record takes its place"
        shutil.copyfile(aside, station.path)
        with pytest.raises(Unavailable, match="was moved or deleted"):
            ledger.record(station.disposition())
        station.path.unlink()
        aside.rename(station.path)
        assert ledger.record(station.disposition()).seq == 2
        assert audit(ledger).clean


def test_a_newer_record_is_not_opened_but_can_be_copied(station: Station, tmp_path: Path) -> None:
    worked(station)
    newer = f"{int(SCHEMA) + 1:04d}"
    with closing(sqlite3.connect(station.path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (newer,))
    with pytest.raises(Refused) as no:
        station.open()
    assert no.value.code == "ledger.newer"
    assert f"`backhaul sync export FILE --data {station.path.parent}`" in no.value.do
    backup(station.path, sqlite3, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM event").fetchone() == (9,)
        assert copy.execute("SELECT version_num FROM alembic_version").fetchone() == (newer,)
