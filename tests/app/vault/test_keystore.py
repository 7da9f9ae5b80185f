from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.refusal import Unavailable
from app.vault.keystore import SystemKeyStore, SystemKeyStores, words_of
from tests.app.vault.drawer import Drawer

HERE = "tests.app.vault.drawer"
DRAWER = f"{HERE}.Drawer"


@pytest.fixture
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user chose the store of the tests, which is a folder."""
    folder = tmp_path / "drawer"
    folder.mkdir()
    monkeypatch.setenv("DRAWER", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", DRAWER)
    return folder


def the_store(patience_s: float = 30) -> SystemKeyStore:
    store = SystemKeyStores(patience_s).chosen()
    assert store is not None
    return store


def test_it_gives_back_what_it_was_given_under_its_name(drawer: Path) -> None:
    store = the_store()
    assert store.get("pepper s1") is None
    store.put("pepper s1", "ab")
    assert store.get("pepper s1") == "ab"
    assert (drawer / "backhaul pepper s1").read_text() == "ab"
    named = SystemKeyStores().named(store.name)
    assert named is not None
    assert named.get("pepper s1") == "ab"
    assert SystemKeyStores().named("keyring.backends.SecretService.Keyring") is None


@pytest.mark.parametrize(
    "setting",
    [
        "keyring.backends.fail.Keyring",
        "keyring.backends.null.Keyring",
        f"{HERE}.Plain",
        "keyrings.alt.file.PlaintextKeyring",
        "no.such.module.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    ],
)
def test_what_keeps_nothing_or_keeps_it_in_the_open_or_is_not_there_is_no_key_store(
    setting: str, drawer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", setting)
    assert SystemKeyStores().chosen() is None
    assert list(drawer.iterdir()) == []


@pytest.mark.parametrize("setting", ["keyring.backends.chainer.ChainerBackend", None])
def test_of_several_the_best_is_taken_by_its_own_name_whoever_hands_it_on(
    setting: str | None, drawer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if setting is None:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(drawer.parent))
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    else:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", setting)
    assert Drawer.viable
    assert the_store().name == DRAWER


@pytest.mark.usefixtures("drawer")
def test_another_name_for_a_store_of_plain_files_does_not_make_it_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert the_store()
    # As if the package of plain files had it, and somebody else had made a kind of it.
    monkeypatch.setattr("tests.app.vault.drawer.Drawer.__module__", "keyrings.alt.file")
    assert SystemKeyStores().chosen() is None


@pytest.mark.parametrize("mood", ["locked", "hangs"])
def test_one_that_is_locked_or_hangs_is_the_world_and_is_said(
    mood: str, drawer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = the_store(0.2)
    monkeypatch.setenv("DRAWER_MOOD", mood)
    with pytest.raises(Unavailable, match="Unlock it and try again"):
        store.get("pepper s1")
    with pytest.raises(Unavailable):
        store.put("pepper s1", "ab")
    assert list(drawer.iterdir()) == []


def test_what_goes_wrong_quotes_no_secret(drawer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DRAWER_MOOD", "full")
    with pytest.raises(Unavailable) as no:
        the_store().put("pepper s1", "5ec2e7")
    assert "PasswordSetError" in str(no.value)
    assert "5ec2e7" not in str(no.value)
    assert drawer.is_dir()


def test_each_store_has_words() -> None:
    assert words_of("keyring.backends.SecretService.Keyring") == "the Secret Service of this system"
    assert words_of("keyring.backends.Windows.WinVaultKeyring") == "the Credential Manager of this system"
    assert words_of(DRAWER) == DRAWER
