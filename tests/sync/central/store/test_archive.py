"""A dump goes by PostgreSQL's own programs; the round trip is tried with the whole centre in test_keeping."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import psycopg
import pytest

from app.domain.refusal import Refused, Unavailable
from sync.central.store import under_way
from sync.central.store.archive import MAGIC, _connection, dump, load
from sync.central.store.database import create_database
from tests.postgres import Cluster


def test_a_password_is_not_on_the_command_line() -> None:
    with _connection("postgresql+psycopg://me:secret@host:5433/centre") as (where, environment):
        assert "secret" not in where
        assert environment["PGPASSWORD"] == "secret"
        assert "port=5433" in where
    several = "postgresql+psycopg://me@/centre?host=/a,/b&target_session_attrs=read-write"
    with _connection(several) as (where, _):
        assert "host=/a,/b" in where
        assert "port" not in where


def test_a_keys_password_goes_by_a_private_file_that_is_gone_afterwards() -> None:
    url = "postgresql+psycopg://me:word@host/centre?sslkey=/k&sslpassword=hush"
    with _connection(url) as (where, environment):
        file = Path(environment["PGSERVICEFILE"])
        assert "hush" not in where
        assert not any("hush" in value for value in environment.values())
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_text("utf-8") == "[backhaul]\nsslpassword=hush\n"
        assert {"service=backhaul", "sslkey=/k", "host=host"} <= set(where.split())
    assert not file.exists()
    with pytest.raises(Refused, match="both a service and sslpassword"), _connection(f"{url}&service=own"):
        pytest.fail("a secret went into somebody's service")


def test_postgresqls_programs_read_that_file(empty_postgres_url: str, tmp_path: Path) -> None:
    create_database(empty_postgres_url).close()
    dump(f"{empty_postgres_url}&sslpassword=hush", tmp_path / "c.dump")
    assert (tmp_path / "c.dump").read_bytes().startswith(MAGIC)


def test_a_dump_is_whole_or_not_there(empty_postgres_url: str, tmp_path: Path) -> None:
    create_database(empty_postgres_url).close()
    dump(empty_postgres_url, tmp_path / "c.dump")
    assert (tmp_path / "c.dump").read_bytes().startswith(MAGIC)
    with pytest.raises(Unavailable, match="pg_dump did not do it"):
        dump(f"{empty_postgres_url}&dbname=none_like_that", tmp_path / "d.dump")
    assert [path.name for path in tmp_path.iterdir()] == ["c.dump"]


def test_only_an_empty_database_is_filled_without_being_told(
    cluster: Cluster, empty_postgres_url: str, tmp_path: Path
) -> None:
    create_database(empty_postgres_url).close()
    dump(empty_postgres_url, tmp_path / "c.dump")
    with pytest.raises(Refused, match="Expected an empty database"):
        load(empty_postgres_url, tmp_path / "c.dump", replace=False)
    assert load(cluster.database(), tmp_path / "c.dump", replace=False) == ""
    assert load(empty_postgres_url, tmp_path / "c.dump", replace=True) == "replaced_1"
    # One that nobody finished is undone by the next.
    assert load(empty_postgres_url, tmp_path / "c.dump", replace=True) == "replaced_1"
    under_way.finish(empty_postgres_url)
    assert load(empty_postgres_url, tmp_path / "c.dump", replace=True) == "replaced_2"


def test_a_program_that_is_just_going_is_waited_for(empty_postgres_url: str, tmp_path: Path) -> None:
    create_database(empty_postgres_url).close()
    dump(empty_postgres_url, tmp_path / "c.dump")
    going = psycopg.connect(empty_postgres_url.replace("+psycopg", ""))
    leaves = threading.Timer(0.3, going.close)
    leaves.start()
    assert load(empty_postgres_url, tmp_path / "c.dump", replace=True) == "replaced_1"
    leaves.join()
