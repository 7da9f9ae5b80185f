"""Under its own role the service does all of its work, and can change nothing of what was recorded."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

import sync.central
from app.domain.refusal import Refused
from sync.central.commands.safety import SafetyStock, keep_safe
from sync.central.store.database import create_database
from sync.central.store.rights import KEPT, RIGHTS, grant, missing_rights
from sync.central.store.tables import metadata
from sync.central.tokens import create, listing, revoke
from tests.postgres import Cluster
from tests.sync.central.checks.busy import busy_at

ROOT = Path(sync.central.__file__).parent
# How the centre's own source writes a table, and the right that takes.
WRITES = {
    "insert": "INSERT",
    "inserting": "INSERT",
    "update": "UPDATE",
    "upserting": "UPDATE",
    "replacing": "UPDATE",
    "delete": "DELETE",
}
SET = {"event": "body = '{}'", "move": "qty = qty", "receipt": "facts = facts"}


def granted(cluster: Cluster) -> str:
    """A database that the owner made, and the service's URL to it."""
    owned, role = cluster.database(), cluster.role()
    database = create_database(owned)
    with database.write() as conn:
        grant(conn, role)
    database.close()
    return owned.replace("backhaul@", f"{role}@")


def test_the_whole_centre_works_under_the_services_role(cluster: Cluster) -> None:
    url = granted(cluster)
    with busy_at(url) as busy:
        assert busy.audit().violations == ()
        shop = busy.shop
        shop.act(lambda act: create(act.conn, bytes(32), role="admin", name="a", now=act.posted_at))
        shop.act(lambda act: revoke(act.conn, "a", act.posted_at))
        assert shop.ask(listing)[0].revoked_at is not None
        shop.items({"sku": "A", "name": "changed", "gtins": ["4006381333931"]})
        shop.items({"sku": "A", "name": "changed again"})
        for qty in (1, 0):
            shop.act(lambda act, qty=qty: keep_safe(act, SafetyStock(sku="A", site="WH1", qty=qty)))  # type: ignore[misc]


def test_trade_between_sites_and_what_time_makes_due_run_under_it_too(cluster: Cluster) -> None:
    with busy_at(granted(cluster)) as busy:
        shop = busy.shop
        shop.items("T")
        shop.places("WH2-A")
        shop.receive({"T": 9})
        shop.hold({"T": 5})
        shop.announce({"T": 5})
        shop.came({"T": 5})
        shop.draft({"T": 2})
        for step in ("approve", "pick", "ship", "depart"):
            shop.step(step)
        shop.take_in({"line": 1, "qty": 2})
        for _ in range(2):
            shop.clock.pass_by(hours=1)
            shop.expire()
        assert busy.audit().violations == ()


@pytest.mark.parametrize("table", sorted(SET))
@pytest.mark.parametrize("act", ["UPDATE", "DELETE", "TRUNCATE"])
def test_what_was_recorded_cannot_be_recorded_otherwise(cluster: Cluster, table: str, act: str) -> None:
    written = {
        "UPDATE": f"UPDATE {table} SET {SET[table]}",  # noqa: S608 - this test's own words
        "DELETE": f"DELETE FROM {table}",  # noqa: S608 - as above
        "TRUNCATE": f"TRUNCATE {table} CASCADE",
    }[act]
    engine = create_engine(granted(cluster))
    with pytest.raises(ProgrammingError, match="permission denied"), engine.begin() as conn:
        conn.execute(text(written))
    engine.dispose()


def test_the_service_cannot_make_or_change_tables(cluster: Cluster) -> None:
    engine = create_engine(granted(cluster))
    for statement in ("ALTER TABLE move DROP COLUMN qty", "CREATE TABLE x (y int)", "DROP TABLE event"):
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            engine.begin() as conn,
        ):
            conn.execute(text(statement))
    engine.dispose()


def test_an_older_database_is_not_upgraded_by_the_service(cluster: Cluster) -> None:
    url = granted(cluster)
    engine = create_engine(url.replace(url.split("//")[1].split("@")[0], "backhaul"))
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '0003'"))
    engine.dispose()
    with pytest.raises(Refused) as no:
        create_database(url)
    assert (no.value.code, "migrate" in no.value.do) == ("database.rights", True)


def test_every_table_has_its_rights_and_only_caches_and_what_passes_may_be_removed() -> None:
    assert set(metadata.tables) - set(RIGHTS) == set(), "say what the service may do with these tables"
    removed = {table for table, rights in RIGHTS.items() if "DELETE" in rights}
    assert not removed & {"event", "move", "receipt", "idempotency", "exception", "feed", "token"}
    assert all(RIGHTS[table] == KEPT for table in ("balance", "reservation"))


def written() -> Iterator[tuple[str, str]]:
    """Every table with a right that some statement of the centre takes, the rare ones too."""
    for path in sorted(ROOT.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name):
                table, word = node.args[0].id, ast.unparse(node.func).rpartition(".")[2]
                if word in WRITES and table in metadata.tables:
                    yield table, WRITES[word]


def test_no_statement_takes_a_right_that_the_service_has_not() -> None:
    found = set(written())
    assert {("site_safety", "DELETE"), ("reservation", "DELETE"), ("move", "INSERT")} <= found
    lacking = {
        f"{right} on {table}"
        for table, right in found
        if right not in {entry.split()[0] for entry in RIGHTS[table].split(", ")}
    }
    assert lacking == set()


def test_a_role_that_cannot_be_held_to_its_rights_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    def code(url: str, role: str) -> str:
        database = create_database(url)
        try:
            with pytest.raises(Refused) as no, database.write() as conn:
                grant(conn, role)
        finally:
            database.close()
        return f"{no.value.code}: {no.value.read}"

    owned = cluster.database()
    assert "does not know" in code(owned, "nobody_like_that")
    assert "owns the tables" in code(owned, "backhaul")
    assert "SQLite" in code(f"sqlite:///{tmp_path / 'c.db'}", "service")


def test_what_a_role_lacks_is_named(cluster: Cluster) -> None:
    owned, role = cluster.database(), cluster.role()
    database = create_database(owned)
    with database.write() as conn:
        assert missing_rights(conn) == []
        conn.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
        conn.execute(text(f"SET LOCAL ROLE {role}"))
        assert {"INSERT on event", "DELETE on balance", "UPDATE (value) on meta"} <= set(missing_rights(conn))
        conn.execute(text("RESET ROLE"))
        grant(conn, role)
        conn.execute(text(f"REVOKE UPDATE (value) ON meta FROM {role}"))
        conn.execute(text(f"SET LOCAL ROLE {role}"))
        assert missing_rights(conn) == ["UPDATE (value) on meta"]
        # A right to another column of the table is none to this one.
        conn.execute(text("RESET ROLE"))
        grant(conn, role)
        conn.execute(text(f"REVOKE UPDATE (salt) ON receipt FROM {role}"))
        conn.execute(text(f"SET LOCAL ROLE {role}"))
        assert missing_rights(conn) == ["UPDATE (salt) on receipt"]
        conn.execute(text("RESET ROLE"))
    database.close()


def test_rights_are_given_anew_as_they_are_written(cluster: Cluster) -> None:
    owned, role = cluster.database(), cluster.role()
    database = create_database(owned)

    def rights(conn: Connection) -> set[str]:
        asked = text(
            "SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE grantee = :role AND table_name = 'move'"
        )
        return set(conn.scalars(asked, {"role": role}))

    with database.write() as conn:
        conn.execute(text(f"GRANT ALL ON move TO {role}"))
        assert "DELETE" in rights(conn)
        grant(conn, role)
        assert rights(conn) == {"SELECT", "INSERT"}
    database.close()
