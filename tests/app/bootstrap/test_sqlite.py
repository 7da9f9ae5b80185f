from __future__ import annotations

import sqlite3
import sys
from types import ModuleType, SimpleNamespace

import pytest

from app.bootstrap import sqlite

SOUND, FAULTY = (3, 53, 4), (3, 40, 1)


def libraries(
    monkeypatch: pytest.MonkeyPatch, standard: tuple[int, ...], bundled: tuple[int, ...] | None
) -> ModuleType | None:
    """Pretends these versions; None for a bundled module that is not installed."""
    text = ".".join(str(part) for part in standard)
    pretended = SimpleNamespace(sqlite_version=text, sqlite_version_info=standard)
    monkeypatch.setattr("app.bootstrap.sqlite.sqlite3", pretended)
    if bundled is None:
        monkeypatch.setitem(sys.modules, "pysqlite3", None)
        monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", None)
        return None
    module = ModuleType("pysqlite3.dbapi2")
    vars(module).update(sqlite_version=".".join(str(part) for part in bundled), sqlite_version_info=bundled)
    monkeypatch.setitem(sys.modules, "pysqlite3.dbapi2", module)
    return module


def test_a_sound_standard_library_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    libraries(monkeypatch, SOUND, SOUND)
    chosen = sqlite.choose()
    assert (chosen.module.sqlite_version_info, chosen.version, chosen.sound) == (SOUND, "3.53.4", True)
    assert chosen.module is not sys.modules["pysqlite3.dbapi2"]


def test_the_bundled_one_stands_in_for_a_faulty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    module = libraries(monkeypatch, FAULTY, SOUND)
    assert sqlite.choose() == sqlite.SqliteChoice(module, "3.53.4", sound=True)


@pytest.mark.parametrize("bundled", [None, FAULTY])
def test_where_none_is_sound_the_standard_one_is_taken_and_said(
    monkeypatch: pytest.MonkeyPatch, bundled: tuple[int, ...] | None
) -> None:
    libraries(monkeypatch, FAULTY, bundled)
    chosen = sqlite.choose()
    assert (chosen.module.sqlite_version_info, chosen.version, chosen.sound) == (FAULTY, "3.40.1", False)
    assert chosen.module is not sys.modules["pysqlite3.dbapi2"]


def test_what_is_chosen_here_opens_a_database() -> None:
    module = sqlite.choose().module
    with module.connect(":memory:") as database:
        assert database.execute("select sqlite_version()").fetchone() == (sqlite.choose().version,)
    database.close()
    assert sqlite3.apilevel == module.apilevel
