from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.refusal import Refused, Unavailable
from app.vault.pepper import load_pepper
from tests.app.ledger.station import SeededIds


class Drawer:
    """A key store that is a dictionary."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.kept.get(name)

    def put(self, name: str, secret: str) -> None:
        self.kept[name] = secret


def test_it_is_made_once_in_the_key_store(tmp_path: Path) -> None:
    store, file = Drawer(), tmp_path / "station.pepper"
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    assert made.kept == "in the key store of this system"
    assert not file.exists()
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made
    assert load_pepper("s2", store, file, SeededIds(2), make=True).secret != made.secret
    assert len(made.secret) == PEPPER_SIZE


def test_without_one_it_is_a_file_for_this_user_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "station.pepper"
    made = load_pepper("s1", None, file, SeededIds(1), make=True)
    assert "encrypt this computer's disk" in made.kept
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_pepper("s1", None, file, SeededIds(2), make=False) == made


def test_a_file_that_is_there_wins_over_a_key_store(tmp_path: Path) -> None:
    file = tmp_path / "station.pepper"
    made = load_pepper("s1", None, file, SeededIds(1), make=True)
    assert load_pepper("s1", Drawer(), file, SeededIds(2), make=True) == made


def test_one_that_was_lost_is_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(Refused) as no:
        load_pepper("s1", Drawer(), tmp_path / "station.pepper", SeededIds(1), make=False)
    assert no.value.code == "pepper.missing"


@pytest.mark.parametrize("text", ["", "zz", "ab" * 31])
def test_what_is_no_pepper_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "station.pepper"
    file.write_text(text)
    with pytest.raises(Refused) as no:
        load_pepper("s1", None, file, SeededIds(1), make=True)
    assert no.value.code == "pepper.unreadable"


def test_a_disk_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable):
        load_pepper("s1", None, tmp_path / "file" / "station.pepper", SeededIds(1), make=True)
    (tmp_path / "folder.pepper").mkdir()
    with pytest.raises(Unavailable):
        load_pepper("s1", None, tmp_path / "folder.pepper", SeededIds(1), make=True)
