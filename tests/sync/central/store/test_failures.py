"""What the database raises is told apart, and no value that somebody sent is in what is said of it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import DatabaseError

from app.domain.refusal import Refused, Unavailable
from sync.central.rules.access import Role
from sync.central.store.database import create_database
from sync.central.store.failures import Defective, opened, quiet
from sync.central.store.rights import grant
from sync.central.store.tables import event
from tests.centre import running_centre
from tests.postgres import Cluster

ORDER = {"order": "o1", "owner": "ACME", "channel": "web", "customer": "jane@example.org"} | {
    "at": "2026-01-01T00:00:00Z",
    "lines": [{"line": 1, "sku": "A", "qty": 1}],
}


def test_a_defect_is_logged_by_its_class_its_code_and_its_request_without_a_value(
    cluster: Cluster,
    tmp_path: Path,
    expect_log: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    expect_log("Exception in ASGI application")
    expect_log("defect in request w-7: Defective")
    url = cluster.database()
    with running_centre(tmp_path, url=url) as centre:
        admin = centre.as_(Role.ADMIN)
        admin.post("/items", {"items": [{"sku": "A", "name": "a"}]})
        with centre.database.write() as conn:
            conn.execute(text("ALTER TABLE customer_order ADD CONSTRAINT planted CHECK (false) NOT VALID"))
        headers = {"Idempotency-Key": "k", "X-Request-Id": "w-7"}
        answer = admin.http.post("/v1/orders", json=ORDER, headers=headers)
        assert (answer.status_code, answer.json()["request_id"]) == (500, "w-7")
    formatter = logging.Formatter()
    logged = "\n".join(formatter.format(record) for record in caplog.records)
    assert "IntegrityError (CheckViolation) 23514 table customer_order constraint planted" in logged
    assert "jane" not in logged


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_neither_parameters_nor_rows_are_in_what_is_raised(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    lite = kind == "sqlite"
    url = f"sqlite:///{tmp_path / 'c.db'}" if lite else request.getfixturevalue("postgres_url")

    def twice(conn: Connection) -> None:
        for _ in range(2):
            conn.execute(text("INSERT INTO meta (name, value) VALUES (:name, '1')"), {"name": "jane"})

    with closing(create_database(url)) as database:
        with pytest.raises(Defective) as wrong, database.write() as conn:
            twice(conn)
        said = "".join(traceback.format_exception(wrong.value))
        assert "IntegrityError" in said
        assert "in twice" in said
        assert "jane" not in said.replace('"name": "jane"', "")


def test_a_right_that_lacks_is_unavailable_while_serving_and_refused_at_the_start(cluster: Cluster) -> None:
    owned, role = cluster.database(), cluster.role()
    with closing(create_database(owned)) as database, database.write() as conn:
        grant(conn, role)
    served = create_database(owned.replace("backhaul@", f"{role}@"))
    with closing(served), closing(create_database(owned)) as owner:
        served.require_writable()
        with owner.write() as conn:
            conn.execute(text(f"REVOKE SELECT, INSERT ON event FROM {role}"))
        with pytest.raises(Unavailable, match="migrate --service-role"), served.read() as conn:
            conn.execute(select(event))
        with pytest.raises(Unavailable, match="INSERT on event"):
            served.require_writable()
        with pytest.raises(Refused) as no, opened(), served._reader.connect() as conn:
            conn.execute(select(event))
        assert no.value.code == "database.rights"


def test_what_is_logged_of_a_savepoint_holds_no_value_either(postgres_url: str) -> None:
    def in_savepoint(conn: Connection, statement: str) -> None:
        with quiet(), conn.begin_nested():
            conn.execute(text(statement))

    with closing(create_database(postgres_url)) as database, database.write() as conn:
        with pytest.raises(Defective) as wrong:
            in_savepoint(conn, "INSERT INTO meta SELECT 'jane' || n % 1, '1' FROM generate_series(1, 2) AS n")
        said = "".join(traceback.format_exception(wrong.value))
        assert "23505 table meta" in said
        assert "jane0" not in said
        # A lost right is the database's matter, not the event's.
        conn.execute(text("SET LOCAL ROLE pg_monitor"))
        with pytest.raises(DatabaseError, match="permission denied"):
            in_savepoint(conn, "SELECT value FROM meta")
        conn.execute(text("RESET ROLE"))
