"""Exports as folders and as tar files, by the commands that people type."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from app.bootstrap.evidence import opened
from app.bootstrap.exporting import writing
from app.bootstrap.serving import open_centre
from app.command.root import run
from app.domain.proof import FILES, MANIFEST
from app.domain.refusal import Refused, Unavailable
from sync.central.rules.access import Role


@pytest.fixture
def centre(tmp_path: Path) -> str:
    """The address of a centre that was opened once."""
    url = f"sqlite:///{tmp_path / 'centre.db'}"
    with open_centre(url, None) as found:
        found.new_token(Role.ADMIN, "kim")
        with found.acting("kim", "test")():
            pass
    return url


@pytest.mark.parametrize("name", ["evidence", "evidence.tar"])
def test_what_is_exported_is_verified_and_a_flipped_byte_found(
    centre: str, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / name
    assert run(["central", "export", str(target), "--db", centre]) == 0
    assert set(opened(target).names()) == {*FILES, MANIFEST}
    assert run(["verify", str(target)]) == 0
    assert "everything holds" in capsys.readouterr().err
    assert run(["verify", str(target), "--root", "00" * 32]) == 1
    assert "not the one that was given" in capsys.readouterr().out
    file = target / "stations.jsonl" if target.is_dir() else target
    data = file.read_bytes()
    at = data.index(b'"name":"centre"') + 9
    file.write_bytes(data[:at] + b"C" + data[at + 1 :])
    assert run(["verify", str(target)]) == 1
    assert "stations.jsonl: the file: is not what the manifest says" in capsys.readouterr().out
    assert run(["central", "export", str(target), "--db", centre]) == 1


def test_what_is_no_export_is_said_to_be_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(tmp_path / "nothing")]) == 1
    (tmp_path / "text.tar").write_text("not a tar")
    assert run(["verify", str(tmp_path / "text.tar")]) == 1
    assert run(["verify", str(tmp_path), "--root", "zz"]) == 1
    assert "cannot be read as an export" in capsys.readouterr().err
    assert run(["verify", str(tmp_path)]) == 1
    assert "is no manifest" in capsys.readouterr().out


def test_a_file_that_stands_twice_in_a_tar_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text("{}\n")
    with tarfile.open(tmp_path / "twice.tar", "w:") as tar:
        for _ in range(2):
            tar.add(tmp_path / "feed.jsonl", "feed.jsonl")
    with pytest.raises(Unavailable, match="no single file"):
        list(opened(tmp_path / "twice.tar").lines("feed.jsonl"))


def test_an_export_that_broke_off_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "evidence"
    with pytest.raises(Refused), writing(target) as export:
        export.rows("feed.jsonl", [{"worth": 1.5}])
    assert list(tmp_path.iterdir()) == []
    with writing(target) as export:
        export.rows("feed.jsonl", [{}])
    with pytest.raises(Refused), writing(target):
        pass
