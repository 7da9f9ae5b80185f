"""The command line as a person meets it: exit codes, sentences, help."""

from __future__ import annotations

import gc
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from app.bootstrap import resources
from app.bootstrap.folder import Folder
from app.bootstrap.record import open_record
from app.bootstrap.station import CENTRE_URL
from app.command.root import run
from app.domain.clock import to_ms
from app.ledger.also import SetValue
from app.ledger.identity import StationIdentity
from app.station.system import SystemClock, SystemIds
from tests.app.ledger.station import disposition

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


def test_audit_says_that_the_centre_contradicts_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made(tmp_path)
    values = "'d{0}', {0}, 1, 0, '{{}}', '', '', '2026-11-22', '{1}', 'why{0}', null"
    row = "insert into checkpoint values (" + values + ")"  # noqa: S608 - a test's own words
    for number, state, code in ((1, "restarted", 0), (2, "differs", 1)):
        with sqlite3.connect(folder.record) as db:
            db.execute(row.format(number, state))
        db.close()
        assert run(["audit", "--data", str(tmp_path)]) == code
        assert f"why{number}" in words(capsys)


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
    file.write_text(
        SHIPPED.replace(
            'grades = ["C"]\ncategories = ["clothing", "toys"]', 'grades = ["Z"]\ncategories = ["*"]'
        )
    )
    assert run(["policy", "check", str(file)]) == 1
    assert re.search(r"line \d+, rule 22.*'Z'.*A, B, C, D", words(capsys))
    dead = '\n[[rule]]\nid = "99"\nname = "late"\ngrades = ["A"]\ncategories = ["*"]\ndisposition = "scrap"\n'
    file.write_text(SHIPPED + dead)
    assert run(["policy", "check", str(file)]) == 1
    assert "can never fire" in words(capsys)
    assert run(["policy", "check", str(tmp_path / "none.toml")]) == 1


def test_policy_check_reads_allocation_policies_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "allocation.toml"
    file.write_text(resources.allocation_policy_source())
    assert run(["policy", "check", str(file)]) == 0
    assert re.search(r"allocation\.toml: allocation policy, version \S+, complete", words(capsys))
    file.write_text(resources.allocation_policy_source().replace("base = 100", "bass = 100", 1))
    assert run(["policy", "check", str(file)]) == 1
    assert re.search(r"allocation\.toml, line \d+, priority\.bass.*Did you mean 'base'", words(capsys))


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
    assert run(["central", "serve", "--db", "mysql://x:secret@y", "--port", "0"]) == 2
    said = words(capsys)
    assert "begins with 'mysql'. Expected sqlite:///centre.db" in said
    assert "secret" not in said
    for wrong in ("centre.db", "sqlite:///", "postgresql+psycopg://host:port/name"):
        assert run(["central", "audit", "--db", wrong]) == 2
        assert "sqlite:///" in words(capsys)
    assert run(["central", "audit", "--db", f"sqlite:///{tmp_path / 'none.db'}"]) == 1
    assert run(["central", "serve", "--db", f"sqlite:///{tmp_path / 'c.db'}", "--port", "99999"]) == 2
    assert "There is no file" in words(capsys)


def enrolling(folder: Path, code: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Runs enrol with the code on standard input and nobody at a keyboard."""
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "app",
            "enrol",
            "--centre",
            "http://127.0.0.1:1",
            "--data",
            str(folder),
            *more,
        ],
        input=code,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_code_comes_from_a_file_or_the_keyboard_and_never_stands_in_the_command(tmp_path: Path) -> None:
    given = enrolling(tmp_path / "a", "7F3A 22\n", "--code-file", "-")
    assert (given.returncode, "does not answer" in given.stderr) == (1, True)
    (tmp_path / "code").write_text("7F3A 22\n")
    read = enrolling(tmp_path / "b", "", "--code-file", str(tmp_path / "code"))
    assert (read.returncode, "does not answer" in read.stderr) == (1, True)
    for words_given in ([], ["--code-file", "-"], ["--code", "7F3A22"]):
        refused = enrolling(tmp_path / "c", "", *words_given)
        assert refused.returncode == 2, refused.stderr
    assert not (tmp_path / "c").exists()


def test_the_code_is_asked_for_without_showing_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []
    joined: list[str] = []

    def prompt(text: str, *, hide_input: bool) -> str:
        asked.append((text, hide_input))
        return " 7F3A "

    def join(folder: Folder, centre: str, code: str, name: str) -> StationIdentity:
        del folder, centre, name
        joined.append(code)
        return StationIdentity("1" * 32, 1, "07", "WH1", "acme", "BENCH 07")

    monkeypatch.setattr("app.command.enrol.click.prompt", prompt)
    monkeypatch.setattr("app.command.enrol.sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("app.command.enrol.join", join)
    assert run(["enrol", "--centre", "https://centre.example", "--data", str(tmp_path)]) == 0
    assert (asked, joined) == ([("One-time code", True)], ["7F3A"])


@pytest.mark.parametrize(
    "asked",
    [
        ["mat", "{file}/mat.pdf"],
        ["mat", "{folder}"],
        ["demo", "--headless", "--out", "{file}/out"],
        ["station", "--headless", "--data", "{folder}/data", "--ui-trace", "{file}/trace"],
        ["station", "--headless", "--data", "{file}/data"],
        ["station", "--headless", "--data", "{folder}/data", "--printer", "laser"],
        ["station", "--headless", "--data", "{folder}/data", "--person", " "],
        ["backup", "{file}/copy.db", "--data", "{made}"],
        ["backup", "{made}/station.db", "--data", "{made}"],
    ],
)
def test_a_path_or_a_word_that_does_not_do_is_a_sentence(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    made(tmp_path / "made")
    places = {name: str(tmp_path / name) for name in ("file", "made")} | {"folder": str(tmp_path)}
    assert run([word.format(**places) for word in asked]) == 1
    said = words(capsys)
    assert said.strip()
    assert "mistake of its own" not in said


def test_a_backup_of_nothing_says_so_and_makes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backup", str(tmp_path / "copy.db"), "--data", str(tmp_path / "none")]) == 1
    assert "holds no station record" in words(capsys)
    assert list(tmp_path.iterdir()) == []


def test_doctor_sets_the_clock_against_the_centre_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", "--data", str(tmp_path)]) == 0
    assert "has joined no centre" in words(capsys)
    with open_record(Folder(tmp_path), must_exist=False) as ledger:
        ledger.save([SetValue(CENTRE_URL, "http://127.0.0.1:1")])
    assert run(["doctor", "--data", str(tmp_path)]) == 0
    assert "not checked. The centre at http://127.0.0.1:1 does not answer" in words(capsys)
    monkeypatch.setattr("app.bootstrap.skew.ahead_s", lambda *_: 7300.0)
    assert run(["doctor", "--data", str(tmp_path)]) == 1
    assert "MEND This computer's clock is 2 hours behind the centre's" in words(capsys)
    monkeypatch.setattr("app.bootstrap.skew.ahead_s", lambda *_: -1.0)
    assert run(["doctor", "--data", str(tmp_path)]) == 0


def test_a_defect_of_ours_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.command.root.default_folder", lambda: tmp_path)
    monkeypatch.setattr("app.command.doctor.shutil.disk_usage", lambda _: 1 // 0)
    assert run(["doctor", "--data", str(tmp_path)]) == 1
    report = next((tmp_path / "crashes").iterdir())
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")
    assert str(report) in words(capsys)


def test_a_unit_that_came_back_twice_is_asked_and_not_counted_as_a_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moment = to_ms(SystemClock().now())
    with open_record(Folder(tmp_path), must_exist=False) as ledger:
        for number, rma in enumerate(("R-1", "R-2"), 1):
            ledger.record(
                disposition(number, event_id=SystemIds().event_id(moment), rma=rma, serial="SN7"), ()
            )
    assert run(["audit", "--data", str(tmp_path)]) == 0
    said = words(capsys)
    assert "open question: one place: K-17 serial SN7: found 2, expected 0 or 1." in said
    assert "no difference" in said


def test_a_command_is_loaded_without_looking_for_garbage_which_goes_on_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    during: list[bool] = []

    def load(_name: str) -> ModuleType:
        during.append(gc.isenabled())
        raise ImportError("not here")

    monkeypatch.delitem(sys.modules, "app.command.mat", raising=False)
    monkeypatch.setattr("app.command.root.report", lambda _defect: Path("crash"))
    monkeypatch.setattr("app.command.root.importlib", SimpleNamespace(import_module=load))
    assert run(["mat", "--help"]) == 1
    assert during == [False]
    assert gc.isenabled()
