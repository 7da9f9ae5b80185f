"""Making people known at a station, and who is refused."""

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
from app.scanning import badges
from app.station.people import with_badge
from tests.app.documents.pictures import codes, one_bit, pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "station"
    with open_record(Folder(found), must_exist=False):
        pass
    return found


def make(folder: Path, code: str, *more: str) -> int:
    badge = str(folder.parent / f"{code}.pdf")
    return run(["person", "make", code, "--name", "Ana K.", "--badge", badge, "--data", str(folder), *more])


def test_somebody_is_known_by_the_badge_that_was_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(folder, "ana") == 0
    file = folder.parent / "ana.pdf"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (page,) = pages(file.read_bytes(), 600)
    secret = badges.parse(codes(one_bit(page))[0])
    assert secret is not None
    with open_record(Folder(folder), must_exist=True) as ledger:
        found = with_badge(ledger, badge_digest(secret))
    assert found is not None
    assert (found.code, found.name, found.role, found.pin) == ("ana", "Ana K.", "inspector", False)
    capsys.readouterr()
    assert run(["person", "list", "--json", "--data", str(folder)]) == 0
    (entry,) = json.loads(capsys.readouterr().out)
    assert (entry["person"], entry["locked"], entry["wrong_pins"]) == ("ana", False, 0)


def test_a_supervisor_needs_a_pin_that_nobody_guesses(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(folder, "dana", "--role", "supervisor") == 1
    assert "Expected one of a supervisor" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", io.StringIO("123456\n"))
    assert make(folder, "dana", "--role", "supervisor", "--pin-file", "-") == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("271829\n"))
    assert make(folder, "dana", "--role", "supervisor", "--pin-file", "-") == 0
    assert run(["person", "list", "--data", str(folder)]) == 0
    assert "dana: Ana K., supervisor; 0 wrong PINs in a row" in capsys.readouterr().out
    assert b"271829" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
