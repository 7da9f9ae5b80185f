"""`backhaul central` from the command line: tokens, repair, keeping, workers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from app.bootstrap.serving import open_centre
from app.command.root import run
from tests.postgres import running_cluster
from tests.sync.central.outward import open_outward
from tests.sync.central.shop import open_shop


def words(capsys: pytest.CaptureFixture[str]) -> str:
    found = capsys.readouterr()
    return f"{found.out}{found.err}"


def test_a_token_is_made_in_a_centre_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'centre.db'}"
    asked = ["central", "token", "--db", where, "--role", "planner", "--name", "Kim"]
    assert run(asked) == 1
    assert "There is no file" in words(capsys)
    assert list(tmp_path.iterdir()) == []
    with open_centre(where, None):
        pass
    assert run(["central", "token", "--db", where, "--role", "boss", "--name", "Lee"]) == 2
    said = words(capsys)
    assert "Read the role 'boss'" in said
    assert "planner" in said
    assert run(asked) == 0
    assert re.fullmatch(r"[0-9a-f]{64}\n", words(capsys))


def test_repair_says_what_differs_and_mends_it_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "centre.db"
    asked = ["central", "repair", "--db", f"sqlite:///{file}"]
    assert run(asked) == 1
    assert "There is no file" in words(capsys)
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.act(lambda act: act.conn.exec_driver_sql("UPDATE balance SET qty = 7 WHERE qty = 5"))
    # The shop's own key, as a centre keeps it beside its file.
    file.with_suffix(".key").write_text("07" * 32, encoding="ascii")
    difference = {"cache": "balances", "subject": "ACME A WH1-A sellable", "stored": "7", "rows_say": "5"}
    assert run([*asked, "--dry-run"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == difference
    assert printed.err == "1 would be corrected, 0 left for somebody to look at.\n"
    assert run(asked) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == difference
    assert "1 corrected, 0 left for somebody to look at.\nOn the record as event " in printed.err
    for again in (asked, [*asked, "--dry-run"], ["central", "audit", "--db", f"sqlite:///{file}"]):
        assert run(again) == 0
        assert capsys.readouterr().out == ""


def test_repair_names_what_it_may_not_touch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        shop.act(lambda act: act.conn.exec_driver_sql("UPDATE move SET qty = 7"))
    assert run(["central", "repair", "--db", f"sqlite:///{tmp_path / 'centre.db'}", "--dry-run"]) == 1
    printed = capsys.readouterr()
    found = [json.loads(line) for line in printed.out.splitlines()]
    assert {line["law"] for line in found} == {"balances", "facts"}
    assert all(line["do"] for line in found)
    assert printed.err == "0 would be corrected, 3 left for somebody to look at.\n"


def test_several_workers_on_a_file_are_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = f"sqlite:///{tmp_path / 'c.db'}"
    assert run(["central", "serve", "--db", where, "--port", "0", "--workers", "2"]) == 2
    assert "PostgreSQL" in words(capsys)


def test_tokens_are_made_for_a_site_listed_and_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--db", f"sqlite:///{tmp_path / 'centre.db'}"]
    with open_centre(where[1], None):
        pass
    assert run(["central", "token", *where, "--role", "planner", "--name", "Kim", "--site", "WH1"]) == 0
    words(capsys)
    assert run(["central", "token", *where, "--revoke", "Kim"]) == 0
    assert "good for nothing" in words(capsys)
    assert run(["central", "token", *where, "--list"]) == 0
    listed = json.loads(words(capsys))
    assert (listed["name"], listed["sites"], listed["revoked_at"] is None) == ("Kim", ["WH1"], False)
    for wrong in ([], ["--role", "planner"], ["--list", "--revoke", "Kim"], ["--site", "WH1", "--list"]):
        assert run(["central", "token", *where, *wrong]) == 2
    assert run(["central", "token", *where, "--revoke", "Nobody"]) == 1


def test_the_address_may_come_from_the_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKHAUL_DB", f"sqlite:///{tmp_path / 'centre.db'}")
    assert run(["central", "migrate"]) == 0
    assert (tmp_path / "centre.db").exists()
    assert run(["central", "migrate", "--db", f"sqlite:///{tmp_path / 'other.db'}"]) == 0
    assert (tmp_path / "other.db").exists()
    words(capsys)
    for command in ("serve", "token", "audit", "migrate", "backup", "restore"):
        assert run(["central", command, "--help"]) == 0
        assert "BACKHAUL_DB" in words(capsys)
    monkeypatch.setenv("BACKHAUL_DB", "mysql://x:secret@y")
    assert run(["central", "migrate"]) == 2
    assert "secret" not in words(capsys)


def test_tables_that_were_made_without_rights_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with running_cluster() as cluster:
        where = ["--db", cluster.database()]
        assert run(["central", "migrate", *where]) == 0
        assert "give it its rights again: backhaul central migrate --service-role" in words(capsys)
        assert run(["central", "migrate", *where]) == 0
        assert "--service-role" not in words(capsys)
        assert run(["central", "migrate", *where, "--service-role", cluster.role()]) == 0
        assert "may serve it" in words(capsys)


def test_a_centre_is_migrated_copied_and_put_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where, copy = ["--db", f"sqlite:///{tmp_path / 'centre.db'}"], str(tmp_path / "monday.db")
    assert run(["central", "migrate", *where]) == 0
    assert "The database was empty; it is at version" in words(capsys)
    assert run(["central", "migrate", *where]) == 0
    assert "already" in words(capsys)
    assert run(["central", "migrate", *where, "--service-role", "backhaul"]) == 1
    assert "a file has no roles" in words(capsys)
    assert run(["central", "backup", copy, *where]) == 0
    assert "The key is not in it." in words(capsys)
    assert run(["central", "backup", copy, *where]) == 1
    assert "is there already" in words(capsys)
    assert run(["central", "restore", copy, *where]) == 1
    assert "--replace" in words(capsys)
    assert run(["central", "restore", copy, *where, "--replace"]) == 0
    said = words(capsys)
    assert re.search(r"at generation \d+: stations drop their copy", said)
    assert "centre-replaced-1.db" in said
    assert "token" not in said


def test_a_copy_that_is_put_back_says_which_tokens_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where, copy = ["--db", f"sqlite:///{tmp_path / 'centre.db'}"], str(tmp_path / "monday.db")
    assert run(["central", "migrate", *where]) == 0
    assert run(["central", "token", *where, "--role", "planner", "--name", "Kim"]) == 0
    assert run(["central", "backup", copy, *where]) == 0
    words(capsys)
    assert run(["central", "restore", copy, *where, "--replace"]) == 0
    said = words(capsys)
    assert "so all of its tokens ended: Kim. Stations sign with their own keys and go on" in said
    assert (
        "Make new tokens, each for the same person: backhaul central token --role ROLE --name NAME." in said
    )
    assert run(["central", "restore", copy, *where, "--replace", "--keep-tokens"]) == 0
    assert "hold backhaul central token --list against what you ended" in words(capsys)


def test_papers_of_a_consignment_are_written_into_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_outward(tmp_path) as outward:
        outward.returned("B", "L07-1-X")
        code = outward.leaves("vendor_return", {"label": "L07-1-X"})
    out = tmp_path / "papers"
    asked = ["central", "papers", "--db", f"sqlite:///{tmp_path / 'centre.db'}", "--out", str(out)]
    assert run([*asked, "--consignment", code]) == 0
    names = [Path(line).name for line in capsys.readouterr().out.splitlines()]
    assert names == [f"{code}-claim.pdf", f"{code}-claim.csv"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert run([*asked, "--consignment", "G-9-9"]) == 1
    assert "There is none" in words(capsys)
