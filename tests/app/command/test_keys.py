from __future__ import annotations

from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run


@pytest.fixture
def bench(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path / "bench")
    with open_record(folder, must_exist=False):
        pass
    return folder


@pytest.fixture
def drawer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This user's key store is a folder."""
    folder = tmp_path / "drawer"
    folder.mkdir()
    monkeypatch.setenv("DRAWER", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.app.vault.drawer.Drawer")
    return folder


def make_ruth(bench: Folder, tmp_path: Path) -> int:
    pin = tmp_path / "pin"
    pin.write_text("271829\n")
    badge = tmp_path / f"badge-{len(list(tmp_path.glob('badge-*')))}.pdf"
    options = ["--badge", str(badge), "--pin-file", str(pin), "--data", str(bench.path)]
    return run(["approver", "make", "RUTH", *options])


def test_without_a_key_store_the_pepper_is_a_file_and_that_is_said(
    bench: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["keys", "--data", str(bench.path)]) == 0
    assert "nowhere yet" in capsys.readouterr().out
    assert make_ruth(bench, tmp_path) == 0
    assert "kept in the file station.pepper" in capsys.readouterr().err
    assert run(["keys", "--data", str(bench.path), "--move", "store"]) == 1
    assert "offers no key store" in capsys.readouterr().err
    assert bench.pepper.exists()


def test_the_pepper_moves_into_the_key_store_and_stays_the_stations(
    bench: Folder, tmp_path: Path, drawer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_ruth(bench, tmp_path) == 0
    assert "kept in tests.app.vault.drawer.Drawer" in capsys.readouterr().err
    [entry] = drawer.iterdir()
    secret = entry.read_text()
    assert not bench.pepper.exists()
    assert run(["keys", "--data", str(bench.path), "--move", "file"]) == 0
    assert bench.pepper.read_text() == secret
    entry.unlink()
    assert run(["keys", "--data", str(bench.path), "--move", "store"]) == 0
    assert entry.read_text() == secret
    assert not bench.pepper.exists()
    assert "station.key" in (said := capsys.readouterr().out)
    assert "pepper of its approvers' keys is in tests.app.vault.drawer.Drawer" in said


@pytest.mark.parametrize("gone", [False, True])
def test_a_store_that_is_locked_or_gone_makes_no_other_pepper(
    bench: Folder,
    tmp_path: Path,
    drawer: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    gone: bool,
) -> None:
    assert make_ruth(bench, tmp_path) == 0
    [entry] = drawer.iterdir()
    before = entry.read_text()
    with monkeypatch.context() as moment:
        if gone:
            moment.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
        else:
            moment.setenv("DRAWER_MOOD", "locked")
        assert make_ruth(bench, tmp_path) == 1
        assert not bench.pepper.exists()
    assert make_ruth(bench, tmp_path) == 0
    assert entry.read_text() == before
