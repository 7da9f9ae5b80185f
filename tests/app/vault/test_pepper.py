from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.approvals.wrapping import PEPPER_SIZE
from app.domain.refusal import Refused, Unavailable
from app.vault.pepper import NoKeyStores, load_pepper, move_to_file, move_to_store, noted, where
from tests.app.ledger.station import SeededIds


class Drawer:
    """A key store that is a dictionary, and the only one of its system; `away` while it does not answer."""

    name = shown = "the drawer"

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.away = self.there_is_none = self.forgets = False

    def chosen(self) -> Drawer | None:
        return None if self.there_is_none else self

    def named(self, name: str) -> Drawer | None:
        assert name == self.name
        return self.chosen()

    def get(self, name: str) -> str | None:
        self._answer()
        return self.kept.get(name)

    def put(self, name: str, secret: str) -> None:
        self._answer()
        self.kept[name] = "" if self.forgets else secret

    def _answer(self) -> None:
        if self.away:
            raise Unavailable("The drawer is locked.")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "station.pepper"


def test_it_is_made_once_in_the_key_store(file: Path) -> None:
    store = Drawer()
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    assert made.kept == "in the drawer"
    assert not file.exists()
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made
    assert load_pepper("s2", store, file.with_name("s2"), SeededIds(2), make=True).secret != made.secret
    assert len(made.secret) == PEPPER_SIZE


@pytest.mark.parametrize("make", [True, False])
@pytest.mark.parametrize("how", ["away", "there_is_none"])
def test_a_store_that_holds_it_is_waited_for_and_no_other_takes_its_place(
    file: Path, how: str, *, make: bool
) -> None:
    store = Drawer()
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    setattr(store, how, True)
    with pytest.raises(Unavailable):
        load_pepper("s1", store, file, SeededIds(2), make=make)
    assert not file.exists()
    setattr(store, how, False)
    assert load_pepper("s1", store, file, SeededIds(2), make=make) == made


def test_one_that_vanished_from_its_store_is_missed_and_may_be_put_back_as_a_file(file: Path) -> None:
    store = Drawer()
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    store.kept.clear()
    with pytest.raises(Refused) as no:
        load_pepper("s1", store, file, SeededIds(2), make=False)
    assert no.value.code == "pepper.missing"
    file.write_text(made.secret.hex())
    assert load_pepper("s1", store, file, SeededIds(2), make=False).secret == made.secret


@pytest.mark.parametrize("how", ["away", "there_is_none", "forgets"])
def test_where_the_store_does_not_prove_itself_a_new_one_is_a_file(file: Path, how: str) -> None:
    store = Drawer()
    setattr(store, how, True)
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    assert "station.pepper, which only this user can read" in made.kept
    setattr(store, how, False)
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made


def test_a_lost_note_does_not_lose_it(file: Path) -> None:
    store = Drawer()
    made = load_pepper("s1", store, file, SeededIds(1), make=True)
    file.with_name("station.pepper-store").unlink()
    store.away = True
    with pytest.raises(Unavailable):
        load_pepper("s1", store, file, SeededIds(2), make=False)
    store.away = False
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made
    assert noted(file) == "the drawer"


def test_it_moves_to_the_store_and_back(file: Path) -> None:
    store = Drawer()
    made = load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    assert move_to_store("s1", store, file) == "in the drawer"
    assert not file.exists()
    assert move_to_store("s1", store, file) == "in the drawer"
    assert load_pepper("s1", store, file, SeededIds(2), make=False).secret == made.secret
    assert "station.pepper" in move_to_file("s1", store, file)
    assert load_pepper("s1", NoKeyStores(), file, SeededIds(2), make=False) == made
    assert noted(file) is None
    assert move_to_store("s1", store, file) == "in the drawer"


@pytest.mark.parametrize("how", ["away", "forgets"])
def test_a_move_that_the_store_does_not_prove_leaves_the_file(file: Path, how: str) -> None:
    store = Drawer()
    made = load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    setattr(store, how, True)
    with pytest.raises(Unavailable):
        move_to_store("s1", store, file)
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made


def test_a_move_that_a_power_cut_ended_is_finished(file: Path) -> None:
    store = Drawer()
    made = load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    text = file.read_text()
    move_to_store("s1", store, file)
    file.write_text(text)
    store.away = True
    assert load_pepper("s1", store, file, SeededIds(2), make=False) == made
    store.away = False
    assert load_pepper("s1", store, file, SeededIds(2), make=False).secret == made.secret
    assert not file.exists()


def test_two_different_ones_are_never_chosen_between(file: Path) -> None:
    store = Drawer()
    load_pepper("s1", store, file, SeededIds(1), make=True)
    file.write_text("ab" * PEPPER_SIZE)
    for asked in (
        lambda: load_pepper("s1", store, file, SeededIds(2), make=False),
        lambda: move_to_store("s1", store, file),
        lambda: move_to_file("s1", store, file),
    ):
        with pytest.raises(Refused) as no:
            asked()
        assert no.value.code == "pepper.two"
    file.with_name("station.pepper-store").unlink()
    with pytest.raises(Refused) as no:
        move_to_store("s1", store, file)
    assert no.value.code == "pepper.two"
    assert (file.read_text(), len(store.kept)) == ("ab" * PEPPER_SIZE, 1)


def test_there_is_nothing_to_move_or_nowhere_to_move_it(file: Path) -> None:
    for moving, stores, code in (
        (move_to_store, NoKeyStores(), "pepper.no_store"),
        (move_to_store, Drawer(), "pepper.none"),
        (move_to_file, Drawer(), "pepper.none"),
    ):
        with pytest.raises(Refused) as no:
            moving("s1", stores, file)
        assert no.value.code == code


def test_where_it_is_can_be_said_without_asking_anybody(file: Path) -> None:
    store = Drawer()
    assert where(NoKeyStores(), file).startswith(
        "nowhere yet; once an approver's key is made here, in the file"
    )
    assert where(store, file).endswith("in the drawer")
    load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    assert where(store, file).startswith("in the file station.pepper")
    move_to_store("s1", store, file)
    store.away = True
    assert where(store, file) == "in the drawer"


def test_without_one_it_is_a_file_for_this_user_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "station.pepper"
    made = load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    assert "encrypt this computer's disk" in made.kept
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_pepper("s1", NoKeyStores(), file, SeededIds(2), make=False) == made


def test_a_file_that_is_there_wins_over_a_key_store(tmp_path: Path) -> None:
    file = tmp_path / "station.pepper"
    made = load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
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
        load_pepper("s1", NoKeyStores(), file, SeededIds(1), make=True)
    assert no.value.code == "pepper.unreadable"


def test_a_disk_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Unavailable):
        load_pepper("s1", NoKeyStores(), tmp_path / "file" / "station.pepper", SeededIds(1), make=True)
    (tmp_path / "folder.pepper").mkdir()
    with pytest.raises(Unavailable):
        load_pepper("s1", NoKeyStores(), tmp_path / "folder.pepper", SeededIds(1), make=True)
