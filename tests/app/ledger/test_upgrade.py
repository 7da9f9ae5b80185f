from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.domain.refusal import Refused, Unavailable
from app.ledger import migrations, steps, upgrade
from app.ledger.audit import audit
from app.ledger.writer import Ledger
from tests.app.ledger.faults import FaultyDbapi
from tests.app.ledger.station import Station, everything

STEP_7 = """
from alembic import op
revision, down_revision = "0007", "0006"

def upgrade():
    op.execute("CREATE TABLE picture (sha256 TEXT PRIMARY KEY)")
    op.execute("ALTER TABLE event ADD COLUMN photos INTEGER NOT NULL DEFAULT 0")
"""
STEP_8_FAILS = """
from alembic import op
revision, down_revision = "0008", "0007"

def upgrade():
    op.execute("DROP TABLE picture")
    op.execute("DELETE FROM outbox")
    raise ArithmeticError("a mistake in this step")
"""
STEP_8_BREAKS_A_REFERENCE = """
from alembic import op
revision, down_revision = "0008", "0007"

def upgrade():
    op.execute("DELETE FROM account WHERE id = 1")
"""

Future = Callable[..., None]


@pytest.fixture
def future(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Future:
    """Makes this program a later one, whose migrations go on with the steps given as sources."""

    def make(*sources: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(Path(migrations.__file__).parent, folder, dirs_exist_ok=True)
        for number, source in enumerate(sources, 7):
            (folder / "versions" / f"v000{number}.py").write_text(source)
        config = Config()
        config.set_main_option("path_separator", "os")
        config.set_main_option("script_location", str(folder))
        monkeypatch.setattr(steps, "scripts", lambda: ScriptDirectory.from_config(config))
        monkeypatch.setattr(upgrade, "SCHEMA", f"000{len(sources) + 6}")

    return make


def _schema(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def _copies(station: Station) -> list[Path]:
    return sorted(station.path.parent.glob("station-*"))


@pytest.fixture
def written(station: Station) -> Station:
    with station.open() as ledger:
        ledger.record(station.disposition())
        ledger.record(station.disposition())
    return station


def test_opening_a_current_database_copies_and_changes_nothing(written: Station) -> None:
    before = written.path.read_bytes()
    written.open().close()
    assert written.path.read_bytes() == before
    assert _copies(written) == []


def test_an_older_database_is_copied_and_brought_up_whole(written: Station, future: Future) -> None:
    with written.open() as ledger:
        before = everything(ledger)
    future(STEP_7)
    with replace(written, settings=replace(written.settings, app_ver="0.2.0")).open() as ledger:
        after = everything(ledger)
        assert after["picture"] == []
        assert [row[:-1] for row in after["event"]] == before["event"]
        assert after["move"] == before["move"]
        assert audit(ledger).clean
        assert ledger.connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert _schema(written.path) == "0007"
    (copy,) = _copies(written)
    assert copy.name == "station-schema0006-20261123T090002Z.db"
    assert _schema(copy) == "0006"


@pytest.mark.parametrize("failing", [STEP_8_FAILS, STEP_8_BREAKS_A_REFERENCE])
def test_steps_that_fail_leave_the_old_database_and_the_old_program_opens_it(
    written: Station, future: Future, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written.open() as ledger:
        before = everything(ledger)
    with monkeypatch.context() as later:
        future(STEP_7, failing)
        with pytest.raises((ArithmeticError, RuntimeError)):
            written.open()
        assert _schema(written.path) == "0006"
        later.undo()
    monkeypatch.undo()
    with written.open() as ledger:
        assert everything(ledger) == before
        assert audit(ledger).clean


def test_a_disk_that_fails_at_any_moment_of_an_upgrade_leaves_old_or_new(
    written: Station, future: Future, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.db"
    shutil.copyfile(written.path, saved)
    future(STEP_7)
    module = FaultyDbapi()
    written.dbapi = module
    seen = set()
    for at in range(1, 200):
        shutil.copyfile(saved, written.path)
        module.arm(at)
        try:
            written.open().close()
        except Unavailable:
            module.disarm()
            seen.add(_schema(written.path))
            written.open().close()
            continue
        if not module.fired:
            break
    assert not module.fired
    assert "0006" in seen
    assert _schema(written.path) == "0007"


def test_a_copy_that_cannot_be_made_stops_the_upgrade(
    written: Station, future: Future, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Unavailable("Not copied: the disk is full.")

    monkeypatch.setattr(upgrade, "copy_database", full)
    future(STEP_7)
    with pytest.raises(Unavailable, match="Not copied"):
        written.open()
    assert _schema(written.path) == "0006"


def test_a_database_of_a_newer_program_is_refused_untouched(written: Station) -> None:
    with closing(sqlite3.connect(written.path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0007'")
        connection.execute("UPDATE meta SET value = '0.9.0' WHERE name = 'app_ver'")
        connection.commit()
    before = written.path.read_bytes()
    with pytest.raises(Refused) as no:
        written.open()
    assert no.value.code == "ledger.newer"
    for words in ("Backhaul 0.9.0 (schema 0007)", "Backhaul 0.1.0", "up to 0006", "Install Backhaul 0.9.0"):
        assert words in str(no.value)
    assert written.path.read_bytes() == before
    assert _copies(written) == []


@pytest.mark.parametrize("content", [b"hello", b"SQLite format 3\x00 and then nothing of the sort" * 100])
def test_a_file_that_is_no_database_is_refused_untouched(station: Station, content: bytes) -> None:
    station.path.write_bytes(content)
    with pytest.raises(Refused) as no:
        station.open()
    assert no.value.code == "ledger.not_sqlite"
    assert str(station.path) in str(no.value)
    assert station.path.read_bytes() == content


def test_a_database_of_another_program_is_refused_untouched(station: Station) -> None:
    station.path.unlink()
    with closing(sqlite3.connect(station.path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()
    before = station.path.read_bytes()
    with pytest.raises(Refused) as no:
        station.open()
    assert no.value.code == "ledger.not_ours"
    assert station.path.read_bytes() == before


def test_a_folder_in_place_of_the_file_is_the_world(station: Station) -> None:
    station.path.unlink()
    station.path.mkdir()
    with pytest.raises(Unavailable, match="cannot be opened"):
        station.open()


def test_an_empty_file_becomes_a_station(station: Station) -> None:
    station.path.write_bytes(b"")
    with station.open() as ledger:
        assert ledger.record(station.disposition()).seq == 1


def test_the_program_version_is_noted_when_it_changes(written: Station) -> None:
    replace(written, settings=replace(written.settings, app_ver="0.1.1")).open().close()
    with written.open() as ledger:
        assert isinstance(ledger, Ledger)
        assert ledger.head.seq == 2
