"""The command line as a person meets it: exit codes, sentences, help."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import resources
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.command.root import run

SHIPPED = resources.policy_source()


def words(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr()
    return f"{found.out}{found.err}"


def made(folder: Path) -> Folder:
    with open_record(Folder(folder), must_exist=False):
        pass
    return Folder(folder)


def test_every_command_has_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    names = re.findall(r"^  ([a-z]+)  ", words(capsys), re.MULTILINE)
    assert {"demo", "station", "enrol", "central", "replay", "audit", "policy", "mat", "doctor"} <= set(names)
    for name in names:
        assert run([name, "--help"]) == 0
        assert "Example" in words(capsys) or name == "audit"


def test_a_typo_is_usage_and_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["adit"]) == 2
    assert "Did you mean audit?" in words(capsys)
    assert run(["audit", "--colour", "red"]) == 2


def test_audit_of_a_sound_record_ends_0_and_of_a_changed_one_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path)
    assert run(["audit", "--data", str(tmp_path)]) == 0
    assert "no difference" in words(capsys)
    with sqlite3.connect(folder.record) as db:
        db.execute(
            "insert into account(label, serial, item, location, owner, status, reason, lot, grade) "
            "values ('', '', 'K-17', 'R-03', 'acme', 'sellable', '', '', 'A')"
        )
        db.execute("insert into balance(account_id, qty) values ((select max(id) from account), 5)")
    db.close()
    assert run(["audit", "--data", str(tmp_path)]) == 1
    assert "K-17" in words(capsys)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"this is no database at all, but long enough to look like a file of some kind....", "station.db"),
        (b"", ""),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_kept(
    tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path).make()
    folder.record.write_bytes(content)
    code = run(["audit", "--data", str(tmp_path)])
    assert said in words(capsys)
    if content:
        assert code == 1
        assert folder.record.read_bytes() == content


def test_audit_of_nothing_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "--data", str(tmp_path / "none")]) == 1
    assert "holds no station record" in words(capsys)
    assert not (tmp_path / "none").exists()


def test_a_second_program_on_one_folder_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_record(Folder(tmp_path), must_exist=False):
        code = subprocess.run(
            [sys.executable, "-m", "app", "audit", "--data", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert code.returncode == 1
    assert "Another Backhaul station works on" in code.stderr
    del capsys


def test_policy_check_names_the_mistake_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "returns.toml"
    file.write_text(SHIPPED)
    assert run(["policy", "check", str(file)]) == 0
    assert "complete" in words(capsys)
    file.write_text(SHIPPED.replace('grades = ["C"]', 'grades = ["Z"]', 1))
    assert run(["policy", "check", str(file)]) == 1
    assert re.search(r"line \d+, rule 22.*'Z'.*A, B, C, D", words(capsys))
    dead = '\n[[rule]]\nid = "99"\nname = "late"\ngrades = ["A"]\ncategories = ["*"]\ndisposition = "scrap"\n'
    file.write_text(SHIPPED + dead)
    assert run(["policy", "check", str(file)]) == 1
    assert "can never fire" in words(capsys)
    assert run(["policy", "check", str(tmp_path / "none.toml")]) == 1


def test_mat_is_a_pdf_of_the_codes_the_bench_acts_on(tmp_path: Path) -> None:
    assert run(["mat", str(tmp_path / "mat.pdf")]) == 0
    assert (tmp_path / "mat.pdf").read_bytes().startswith(b"%PDF")


def test_backup_is_a_record_of_its_own(tmp_path: Path) -> None:
    made(tmp_path / "a")
    (tmp_path / "b").mkdir()
    assert run(["backup", str(tmp_path / "b" / "station.db"), "--data", str(tmp_path / "a")]) == 0
    with sqlite3.connect(tmp_path / "b" / "station.db") as db:
        assert db.execute("select count(*) from event").fetchone() == (0,)
    db.close()


def test_doctor_says_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--data", str(tmp_path)]) == 0
    found = words(capsys)
    assert "SQLite" in found
    assert "Data folder" in found


def test_a_port_in_use_and_a_url_that_is_none_are_sentences(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["central", "serve", "--db", "mysql://x", "--port", "0"]) == 1
    assert "--key" in words(capsys) or "sqlite" in words(capsys)
    assert run(["central", "audit", "--db", f"sqlite:///{tmp_path / 'none.db'}"]) == 1
    assert "There is no file" in words(capsys)


def test_a_defect_of_ours_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.command.root.default_folder", lambda: tmp_path)
    monkeypatch.setattr("app.command.doctor.shutil.disk_usage", lambda _: 1 // 0)
    assert run(["doctor", "--data", str(tmp_path)]) == 1
    report = next((tmp_path / "crashes").iterdir())
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
    assert str(report) in words(capsys)
