from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.person import checked, signed_in
from app.bootstrap.record import open_record
from app.domain.refusal import Refused
from app.station.setup import Person
from app.station.system import SystemClock, SystemIds


def sign_in(folder: Path, name: str, person_id: str | None = None) -> Person:
    with open_record(Folder(folder), must_exist=False) as ledger:
        return signed_in(ledger, name, "Inspector", person_id, clock=SystemClock(), ids=SystemIds())


def test_a_name_keeps_its_id_at_one_station_and_gets_another_at_the_next(tmp_path: Path) -> None:
    first, again = sign_in(tmp_path / "a", "Ana K."), sign_in(tmp_path / "a", "ANA K.")
    assert first.id == again.id
    assert first.session != again.session
    assert sign_in(tmp_path / "a", "Ben").id != first.id
    assert sign_in(tmp_path / "b", "Ana K.").id != first.id
    assert "ana" not in first.id


def test_an_id_that_is_given_is_taken(tmp_path: Path) -> None:
    assert sign_in(tmp_path, "Ana K.", "u-17").id == "u-17"


@pytest.mark.parametrize(("name", "person_id"), [("", None), (" \t", None), ("x" * 81, None), ("Ana", "")])
def test_who_names_nobody_is_refused(name: str, person_id: str | None) -> None:
    with pytest.raises(Refused):
        checked(name, person_id)


def test_spaces_around_a_name_are_none_of_it() -> None:
    assert checked("  Ana   K. ", "u-17") == "Ana K."
