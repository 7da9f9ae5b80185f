"""PostgreSQL is found where it is, installed where that can be done; else the line to run is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import database_server
import pytest
from system_packages import Stop

from tests.architecture.test_system_packages import BOOKWORM, System


def test_the_newest_version_is_taken_where_none_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert database_server.find(tmp_path) == ""
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin/initdb").touch()
    assert database_server.find(tmp_path) == str(tmp_path / "17/bin/initdb")
    monkeypatch.setattr(shutil, "which", lambda _: "/opt/initdb")
    assert database_server.find(tmp_path) == "/opt/initdb"


def test_one_that_is_there_asks_nobody() -> None:
    system = System({})
    apt = system.apt(BOOKWORM, root=True)
    assert database_server.ensure(apt, lambda: "/pg/initdb", system.said.append) == "/pg/initdb"
    assert (system.commands, system.said) == ([], [])


def test_a_missing_one_is_installed() -> None:
    system = System({"postgresql": "initdb"})
    apt = system.apt(BOOKWORM, root=True)
    found = database_server.ensure(
        apt, lambda: "/pg/initdb" if "initdb" in system.present else "", system.said.append
    )
    assert found == "/pg/initdb"
    assert system.installs[0].endswith("install -y --no-install-recommends postgresql")


def test_without_rights_or_apt_it_says_what_to_run() -> None:
    system = System({"postgresql": "initdb"})
    with pytest.raises(Stop, match=r"sudo apt-get install -y --no-install-recommends postgresql$"):
        database_server.ensure(system.apt(BOOKWORM, root=False), str, system.said.append)
    with pytest.raises(Stop, match="dnf install postgresql-server"):
        database_server.ensure(None, str, system.said.append)
    system.brings = {}
    with pytest.raises(Stop, match="still no initdb"):
        database_server.ensure(system.apt(BOOKWORM, root=True), str, system.said.append)
