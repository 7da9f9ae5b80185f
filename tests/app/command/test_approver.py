"""Making an approver's key at a station: a sealed key, and a badge that is read back."""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path

import pytest

from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run
from app.domain.approvals.badge import badge_digest
from app.domain.approvals.certificate import enrols
from app.ledger import approvers
from app.scanning import badges
from tests.app.documents.pictures import codes, one_bit, pages

PIN = "271829"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "station"
    with open_record(Folder(found), must_exist=False):
        pass
    return found


def make(folder: Path, monkeypatch: pytest.MonkeyPatch, pin: str = PIN, code: str = "RUTH") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{pin}\n"))
    badge = str(folder.parent / "badge.pdf")
    return run(["approver", "make", code, "--badge", badge, "--pin-file", "-", "--data", str(folder)])


def test_a_key_is_made_whose_badge_the_station_knows(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(folder, monkeypatch) == 0
    said = capsys.readouterr()
    asked = json.loads(said.out)
    key = bytes.fromhex(asked["public_key"])
    assert enrols("RUTH", key, bytes.fromhex(asked["proof"]))
    assert "only this user can read" in said.err
    file = folder.parent / "badge.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (page,) = pages(file.read_bytes(), 600)
    secret = badges.parse(codes(one_bit(page))[0])
    assert secret is not None
    with open_record(Folder(folder), must_exist=True) as ledger:
        assert approvers.holder_of(ledger, badge_digest(secret)) == "RUTH"
    assert run(["approver", "list", "--json", "--data", str(folder)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert entry == {"approver": "RUTH", "certified": False, "wrong_pins": 0, "locked": False}
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert PIN.encode() not in kept
    assert secret not in kept


def test_a_pin_that_is_not_good_makes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for pin in ("123456", "27", "27182x"):
        assert make(folder, monkeypatch, pin) == 1
        assert pin not in capsys.readouterr().err
    assert run(["approver", "list", "--data", str(folder)]) == 0
    assert "Nobody's key" in capsys.readouterr().err
    assert not (folder.parent / "badge.pdf").exists(), "no badge without a key"


def test_what_is_no_code_or_no_station_is_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(folder, monkeypatch, code="R U T H") == 2
    assert make(tmp_path / "nothing", monkeypatch) == 1
    assert "holds no station record" in capsys.readouterr().err
    badge = str(tmp_path / "badge.pdf")
    assert run(["approver", "make", "RUTH", "--badge", badge, "--data", str(folder)]) == 2
