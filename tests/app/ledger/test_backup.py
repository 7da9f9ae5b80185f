from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.refusal import Refused, Unavailable
from app.ledger.audit import audit
from app.ledger.backup import backup, reading
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station, everything


def test_a_backup_is_the_record_up_to_its_moment(station: Station, ledger: Ledger, tmp_path: Path) -> None:
    ledger.record(station.disposition())
    at_backup = everything(ledger)
    backup(ledger.path, ledger.dbapi, tmp_path / "copy.db")
    ledger.record(station.disposition())
    with replace(station, path=tmp_path / "copy.db").open() as copy:
        assert everything(copy) == at_backup
        assert audit(copy).clean


def test_the_station_goes_on_when_its_backup_cannot_be_written(
    station: Station, ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable):
        backup(ledger.path, ledger.dbapi, tmp_path / "none" / "copy.db")
    assert ledger.record(station.disposition()).seq == 1


def test_the_record_is_never_its_own_copy(station: Station, ledger: Ledger) -> None:
    ledger.record(station.disposition())
    before = ledger.path.read_bytes()
    with pytest.raises(Refused, match="the record itself"):
        backup(ledger.path, ledger.dbapi, ledger.path)
    assert ledger.path.read_bytes() == before


def test_a_reader_cannot_write_and_sees_what_was_just_recorded(station: Station, ledger: Ledger) -> None:
    ledger.record(station.disposition())
    with reading(ledger.path, ledger.dbapi) as record:
        assert record.execute("select count(*) from event").fetchone() == (1,)
    with (
        pytest.raises(Unavailable, match="readonly"),
        reading(ledger.path, ledger.dbapi) as record,
    ):
        record.execute("delete from event")
    assert ledger.record(station.disposition()).seq == 2


def test_a_record_that_is_none_cannot_be_copied(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "words.db").write_text("these are words and no database at all" * 40)
    with pytest.raises(Unavailable, match=r"words\.db"):
        backup(tmp_path / "words.db", ledger.dbapi, tmp_path / "copy.db")
    with pytest.raises(Unavailable):
        backup(tmp_path / "none.db", ledger.dbapi, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not (tmp_path / "none.db").exists()
