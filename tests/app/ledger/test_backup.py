from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.ledger.audit import audit
from app.ledger.backup import backup
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station, everything


def test_a_backup_is_the_record_up_to_its_moment(station: Station, ledger: Ledger, tmp_path: Path) -> None:
    ledger.record(station.disposition())
    at_backup = everything(ledger)
    backup(ledger, tmp_path / "copy.db")
    ledger.record(station.disposition())
    with replace(station, path=tmp_path / "copy.db").open() as copy:
        assert everything(copy) == at_backup
        assert audit(copy).clean


def test_the_station_goes_on_when_its_backup_cannot_be_written(
    station: Station, ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable):
        backup(ledger, tmp_path / "none" / "copy.db")
    assert ledger.record(station.disposition()).seq == 1
