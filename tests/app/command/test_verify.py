"""`backhaul verify --checkpoint` and the files it takes, by the commands that people type."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.bootstrap.evidence import put
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run
from app.domain.proof.elsewhere import written
from app.domain.proof.shape import CHECKPOINTS
from tests.app.domain.proof.exported import example
from tests.app.domain.proof.test_elsewhere import kept
from tests.approvals.world import OTHER_ROOT, ROOT


def words(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr()
    return f"{found.out}{found.err}"


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """The example export as a folder."""
    folder = tmp_path / "evidence"
    folder.mkdir()
    for name, data in example().files.items():
        (folder / name).write_bytes(data)
    return folder


def test_an_export_is_held_against_what_was_kept_under_the_root_that_either_names(
    tmp_path: Path, evidence: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path / "a.json", kept())
    asked = ["verify", str(evidence), "--checkpoint", str(tmp_path / "a.json")]
    assert run([*asked, "--root", ROOT.public_key.hex()]) == 0
    assert "3 checkpoints were brought from elsewhere, 3 of them are of this centre: " in words(capsys)
    assert run(asked) == 0
    assert "The root was taken from the export itself" in words(capsys)
    assert run([*asked, "--root", OTHER_ROOT.public_key.hex()]) == 1
    assert "no key of the root" in words(capsys)
    changed = example().told(CHECKPOINTS, []).files
    for name, data in changed.items():
        (evidence / name).write_bytes(data)
    # An export that leaves its checkpoints out is found by the one that was kept.
    assert run(asked) == 0
    put(tmp_path / "b.json", kept({"feed_gen": 0, "daily": True}))
    assert run([*asked, "--checkpoint", str(tmp_path / "b.json")]) == 0


def test_files_alone_are_held_against_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(tmp_path / "a.json", kept())
    put(tmp_path / "b.json", kept({"daily": True}))
    one, other = (["--checkpoint", str(tmp_path / name)] for name in ("a.json", "b.json"))
    assert run(["verify", *one]) == 0
    said = words(capsys)
    assert "they do not contradict each other" in said
    assert "pairs are of different lengths: only an export can tell" in said
    assert f"hold {ROOT.public_key.hex()} against yours" in said
    assert run(["verify", *one, *other]) == 1
    assert "both are number 2, and they are not the same" in words(capsys)
    put(tmp_path / "c.json", kept() | {"root_key": OTHER_ROOT.public_key.hex()})
    assert run(["verify", *one, "--checkpoint", str(tmp_path / "c.json")]) == 1
    assert "name no root, or different ones" in words(capsys)
    assert run(["verify"]) == 2


def test_what_is_no_file_of_checkpoints_is_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.json").write_text("not JSON")
    (tmp_path / "list.json").write_text("[]")
    for name, said in (
        ("none.json", "cannot be read"),
        ("text.json", "is no file of checkpoints"),
        ("list.json", "An object with named fields was expected"),
    ):
        assert run(["verify", "--checkpoint", str(tmp_path / name)]) == 1
        assert said in words(capsys)


def test_a_station_writes_what_it_kept_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_record(Folder(tmp_path), must_exist=False) as ledger:
        station = ledger.head.station_id
    target = tmp_path / "kept.json"
    assert run(["audit", "--data", str(tmp_path), "--checkpoints", str(target)]) == 0
    assert "0 checkpoints are in" in words(capsys)
    assert json.loads(target.read_bytes()) == written((), None, station)
    assert run(["audit", "--data", str(tmp_path), "--checkpoints", str(target)]) == 1
    assert "is there already" in words(capsys)
