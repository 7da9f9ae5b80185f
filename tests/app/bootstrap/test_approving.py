"""A station's approvers as the product opens them: at the full price of a guess, with a pepper that stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.approving import approving_at, open_approving
from app.bootstrap.folder import Folder
from app.domain.refusal import Refused, Unavailable
from app.station.approving import Approver
from app.vault.pepper import NoKeyStores
from tests.app.ledger.station import Station
from tests.app.vault.test_pepper import Drawer

RUTH = Approver("RUTH", "271829", bytes(16))


def test_the_pepper_is_made_once_and_missed_when_it_is_gone(tmp_path: Path) -> None:
    station, folder = Station(tmp_path / "station.db"), Folder(tmp_path)
    with station.open() as ledger:
        approving, kept = open_approving(ledger, folder, station.clock, station.ids, NoKeyStores())
        assert "station.pepper, which only this user can read" in kept
        with pytest.raises(Refused) as no:
            approving.enrol(Approver("RUTH", "123456", bytes(16)))
        assert no.value.code == "pin.banned"
        assert approving.enrol(RUTH)["approver"] == "RUTH"
        open_approving(ledger, folder, station.clock, station.ids, NoKeyStores())
        (tmp_path / "station.pepper").unlink()
        with pytest.raises(Refused) as no:
            open_approving(ledger, folder, station.clock, station.ids, NoKeyStores())
        assert no.value.code == "pepper.missing"


def test_a_station_where_nobodys_key_was_made_makes_no_pepper(tmp_path: Path) -> None:
    station, folder = Station(tmp_path / "station.db"), Folder(tmp_path)
    with station.open() as ledger:
        assert approving_at(ledger, folder, station.clock, station.ids)() is None
        assert not (tmp_path / "station.pepper").exists()
        open_approving(ledger, folder, station.clock, station.ids, NoKeyStores())[0].enrol(RUTH)
        opened = approving_at(ledger, folder, station.clock, station.ids)
        found = opened()
        assert found is not None
        assert found is opened(), "the wait after a wrong PIN does not begin anew with each badge"


def test_a_key_store_that_does_not_answer_holds_up_one_badge_a_minute(tmp_path: Path) -> None:
    station, folder, store = Station(tmp_path / "station.db"), Folder(tmp_path), _Asked()
    with station.open() as ledger:
        open_approving(ledger, folder, station.clock, station.ids, store)[0].enrol(RUTH)
        opened = approving_at(ledger, folder, station.clock, station.ids, store)
        store.away, store.times = True, 0
        for _ in range(3):
            with pytest.raises(Unavailable, match="The drawer is locked"):
                opened()
        assert store.times == 1
        store.away = False
        with pytest.raises(Unavailable):
            opened()
        station.clock.forward(60)
        assert opened() is not None


class _Asked(Drawer):
    """Counts how often it was asked."""

    times = 0

    def get(self, name: str) -> str | None:
        self.times += 1
        return super().get(name)
