"""Databases are brought to this version, and one from the future is refused whole."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from app.domain.refusal import Refused
from sync.central.store import migration
from sync.central.store.database import create_database
from sync.central.store.migration import Upgraded, upgrade, version_of
from sync.central.store.tables import counter, meta


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    create_database(url).close()
    first = (tmp_path / "c.db").read_bytes()
    create_database(url).close()
    assert (tmp_path / "c.db").read_bytes() == first


def test_a_new_database_has_its_counters_and_a_generation(tmp_path: Path) -> None:
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.read() as conn:
        assert set(conn.scalars(select(counter.c.name))) == {
            "consignment",
            "feed",
            "hold",
            "parcel",
            "rma",
            "transfer",
            "wave",
            "work",
            "write_off",
        }
        assert conn.scalar(select(meta.c.value).where(meta.c.name == "feed_gen")) == "1"
    database.close()


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    create_database(url).close()
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9000'"))
    engine.dispose()
    with pytest.raises(Refused) as no:
        create_database(url)
    assert (no.value.code, "9000" in no.value.read) == ("database.too_new", True)


def test_a_step_that_fails_leaves_nothing_half_made(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.begin() as conn:
        # The step will stumble over this table, after it made others.
        conn.execute(text("CREATE TABLE write_off (code TEXT)"))
    engine.dispose()
    with pytest.raises(Exception, match="write_off"):
        create_database(f"sqlite:///{tmp_path / 'c.db'}")
    engine = create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    with engine.connect() as conn:
        tables = set(conn.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    engine.dispose()
    assert tables == {"write_off"}


def test_a_file_is_copied_before_it_is_upgraded(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    engine = create_engine(url)
    with engine.begin() as conn:
        migration._climb(conn, *migration._steps(), "0003")
    engine.dispose()
    database = create_database(url)
    done = database.upgraded
    database.close()
    assert (done.before, done.changed, done.copy) == ("0003", True, tmp_path / "c-schema0003.db")
    copy = create_engine(f"sqlite:///{done.copy}")
    with copy.connect() as conn:
        assert version_of(conn) == "0003"
    copy.dispose()


def test_two_that_start_at_once_upgrade_once(empty_postgres_url: str) -> None:
    found = list[Upgraded]()

    def start() -> None:
        database = create_database(empty_postgres_url)
        found.append(database.upgraded)
        database.close()

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done.changed for done in found) == [False, False, True]


def test_upgrading_what_is_at_this_version_is_nothing(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'c.db'}")
    upgrade(engine)
    upgrade(engine)
    engine.dispose()
