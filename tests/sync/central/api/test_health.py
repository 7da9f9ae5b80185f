"""Whether the process lives and whether it can work, for programs that watch it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx
from alembic.script import ScriptDirectory
from sqlalchemy import text

from sync.central.rules.access import Role
from sync.central.store.database import create_database
from sync.central.store.migration import SCRIPTS
from sync.central.store.rights import grant
from tests.centre import RunningCentre, running_centre
from tests.postgres import Cluster


def test_alive_and_ready_without_a_token(centre: RunningCentre) -> None:
    assert httpx.get(f"{centre.base_url}/healthz", timeout=30).json() == {"status": "ok"}
    ready = httpx.get(f"{centre.base_url}/readyz", timeout=30).json()
    tables = str(ScriptDirectory(str(SCRIPTS)).get_current_head())
    feed = {"gen": 1, "pos": 0}
    assert ready == {"status": "ready", "version": "test", "tables": tables, "feed": feed}


def test_ready_shows_how_far_the_feed_is(centre: RunningCentre) -> None:
    centre.as_(Role.PLANNER).post("/items", {"items": [{"sku": "A", "name": "A"}]})
    assert httpx.get(f"{centre.base_url}/readyz", timeout=30).json()["feed"] == {"gen": 1, "pos": 1}


def test_a_centre_without_its_database_is_alive_and_not_ready(
    tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("unavailable")
    with running_centre(tmp_path) as centre:
        with sqlite3.connect(tmp_path / "centre.db") as spoiler:
            spoiler.execute("ALTER TABLE counter RENAME TO elsewhere")
        spoiler.close()
        assert httpx.get(f"{centre.base_url}/healthz", timeout=30).status_code == 200
        assert httpx.get(f"{centre.base_url}/readyz", timeout=30).status_code == 503


def test_a_centre_whose_role_may_not_write_is_not_ready(
    cluster: Cluster, tmp_path: Path, expect_log: Callable[[str], None]
) -> None:
    expect_log("unavailable: .*INSERT on move")
    owned, role = cluster.database(), cluster.role()
    with closing(create_database(owned)) as owner:
        with owner.write() as conn:
            grant(conn, role)
        with running_centre(tmp_path, url=owned.replace("backhaul@", f"{role}@")) as centre:
            assert httpx.get(f"{centre.base_url}/readyz", timeout=30).status_code == 200
            with owner.write() as conn:
                conn.execute(text(f"REVOKE INSERT ON move FROM {role}"))
            assert httpx.get(f"{centre.base_url}/readyz", timeout=30).status_code == 503
            assert httpx.get(f"{centre.base_url}/healthz", timeout=30).status_code == 200
