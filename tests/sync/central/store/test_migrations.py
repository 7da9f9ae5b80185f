"""The steps together make exactly the tables that the program works with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, select, text

from app.domain.account import Account, Status
from sync.central.checks.cases import check_cases
from sync.central.checks.photos import check_photos
from sync.central.checks.work import check_work
from sync.central.checks.write_offs import check_asked
from sync.central.rules.spelling import look_alike
from sync.central.store.approval_record import judged_after
from sync.central.store.case_listing import one_exception
from sync.central.store.database import create_database
from sync.central.store.tables import (
    blind_unit,
    exception,
    item,
    journal_entry,
    metadata,
    photo,
    sale_worth,
    stock_worth,
    unidentified,
    write_off,
)
from sync.central.store.work_cases import none_key
from tests.sync.central.store.climbing import climb


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_steps_make_the_tables_of_this_version(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = (
        f"sqlite:///{tmp_path / 'c.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    database = create_database(url)
    with database.read() as conn:
        assert compare_metadata(MigrationContext.configure(conn), metadata) == []
    database.close()


def test_every_column_and_index_is_the_same(tmp_path: Path) -> None:
    database = create_database(f"sqlite:///{tmp_path / 'c.db'}")
    with database.read() as conn:
        stepped = _described(conn)
    database.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'd.db'}")
    metadata.create_all(engine)
    with engine.connect() as conn:
        declared = _described(conn)
    engine.dispose()
    assert stepped == declared


def _described(conn: Connection) -> dict[str, list[object]]:
    """Columns with type, default and place in the key, keys to other tables, and indexes, of every table."""
    asked = text("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'")
    found: dict[str, list[object]] = {}
    for name in sorted(conn.scalars(asked)):
        columns = [tuple(row)[1:] for row in conn.execute(text(f"PRAGMA table_xinfo({name!r})"))]
        keys = [tuple(row)[2:] for row in conn.execute(text(f"PRAGMA foreign_key_list({name!r})"))]
        sql = text(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :of ORDER BY name"
        )
        indexes = [tuple(row) for row in conn.execute(sql, {"of": name})]
        found[name] = [sorted(columns), sorted(keys), indexes]
    return found


def test_items_of_the_first_version_get_their_folded_codes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    skus = ["K-10", "k 1O", "\uff2b-1", *(f"S{n}" for n in range(2_100))]
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0001")
        insert = text("INSERT INTO item VALUES (:sku, '{}', 'none', 0, 'GBP', false, 0, NULL)")
        conn.execute(insert, [{"sku": sku} for sku in skus])
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        found = {row.sku: row.folded for row in conn.execute(select(item.c.sku, item.c.folded))}
    database.close()
    assert found == {sku: look_alike(sku) for sku in skus}


def test_units_that_came_with_no_rma_before_are_noted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    came = '{"rma":null,"sku":"K","qty":2,"label":"H07-1-X","serial":null,"grade":"A"}'
    rows = [
        ("e-1", "return.dispositioned", came, None),
        ("e-2", "return.dispositioned", came.replace("H07-1", "H07-2"), None),
        ("e-3", "return.dispositioned", came.replace('"rma":null', '"rma":"R-1-1"'), None),
        ("e-4", "return.undone", "{}", "e-2"),
    ]
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0006")
        insert = text(
            "INSERT INTO event VALUES (NULL, :id, :kind, 's', :at, :at, 'kim', NULL, :corrects, :body)"
        )
        at = "2026-11-22T10:41:07.000Z"
        for event_id, kind, body, corrects in rows:
            conn.execute(insert, {"id": event_id, "kind": kind, "body": body, "corrects": corrects, "at": at})
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        found = [(row.event_id, row.label, row.qty, row.state) for row in conn.execute(select(blind_unit))]
    database.close()
    assert found == [("e-1", "H07-1-X", 2, "waiting"), ("e-2", "H07-2-X", 2, "taken_back")]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_photos_that_events_named_before_are_awaited(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("empty_postgres_url")
    one, two = "1" * 64, "2" * 64
    named: list[object] = [[one, two, one], [two, "IMG 1", 7], one, 7, None]
    bodies = [json.dumps({"photos": entry}, separators=(",", ":")) for entry in named] + ["{}"]
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0007")
        insert = text(
            "INSERT INTO event (event_id, kind, origin, occurred_at, posted_at, operator, body)"
            " VALUES (:id, 'return.unidentified', 's', :at, :at, 'kim', :body)"
        )
        at = "2026-11-22T10:41:07.000Z"
        conn.execute(insert, [{"id": f"e-{n}", "body": body, "at": at} for n, body in enumerate(bodies, 1)])
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        found = [tuple(row) for row in conn.execute(select(photo).order_by(photo.c.event_id, photo.c.digest))]
        assert list(check_photos(conn)) == []
    database.close()
    awaited = ("s", at, "awaited", None)
    pairs = [(one, "e-1"), (two, "e-1"), (two, "e-2"), (one, "e-3")]
    assert found == [(*pair, *awaited) for pair in pairs]


_REFURBISHED = """
INSERT INTO item (sku, document, tracking, value_minor, currency, is_kit, safety, folded)
    VALUES ('K', '{}', 'none', 250, 'EUR', false, 0, 'k');
INSERT INTO event VALUES (7, 'e-7', 'return.dispositioned', 's', '2026-11-22T10:41:07.000Z',
    '2026-11-22T10:41:09.000Z', 'kim', NULL, NULL, '{"rma":"R-1"}');
INSERT INTO account VALUES (1, 'k1', 'ACME', 'K', 'F-01', 'refurbish', '', '', '', 'L-1', 'B'),
    (2, 'k2', 'ACME', 'K', 'F-01', 'refurbish', '', '', '', 'L-2', 'B'),
    (3, 'k3', 'ACME', 'K', 'R-03', 'sellable', '', '', '', 'L-3', 'B');
INSERT INTO balance VALUES (1, 'ACME', 'K', 'refurbish', 2), (3, 'ACME', 'K', 'sellable', 1);
"""


def test_units_that_were_refurbished_before_there_was_work_have_a_case(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0007")
        for sql in filter(str.strip, _REFURBISHED.split(";")):
            conn.exec_driver_sql(sql)
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        (case,) = conn.execute(select(exception)).all()
        assert list(check_work(conn)) == []
    database.close()
    held = Account("ACME", "K", "F-01", Status.REFURBISH, label="L-1", grade="B")
    assert case.key == none_key(held)
    assert (case.subject, case.money_minor, case.currency) == ("label:L-1", 500, "EUR")
    assert (case.opened_at, case.state) == ("2026-11-22T10:41:09.000Z", "open")


_BEFORE_BOOKS = """
INSERT INTO item (sku, document, tracking, value_minor, currency, is_kit, safety)
    VALUES ('K', '{}', 'none', 250, 'EUR', false, 0);
INSERT INTO event VALUES (7, 'e-7', 'order.shipped', 'centre', '2026-11-22T10:41:07.000Z',
    '2026-11-22T10:41:07.000Z', 'kim', NULL, NULL, '{}');
INSERT INTO account VALUES (1, 'k1', 'ACME', 'K', 'A-01', 'sellable', '', '', '', '', ''),
    (2, 'k2', 'ACME', 'ZZ', 'A-01', 'sellable', '', '', '', '', ''),
    (3, 'k3', 'ACME', 'K', '@supplier', '', '', '', '', '', '');
INSERT INTO balance VALUES (1, 'ACME', 'K', 'sellable', 4), (2, 'ACME', 'ZZ', 'sellable', 2),
    (3, 'ACME', 'K', '', -9);
INSERT INTO customer_order (id, code, owner, channel, priority, placed_at, ship, state)
    VALUES (1, 'o1', 'ACME', 'web', 100, '2026-11-01T10:00:00.000Z', 'later', 'shipped');
INSERT INTO order_line ("order", line, owner, priority, placed_at, sku, qty, shipped, unit_minor, currency)
    VALUES (1, 1, 'ACME', 100, '2026-11-01T10:00:00.000Z', 'K', 5, 5, 999, 'GBP');
INSERT INTO rma VALUES ('R-1', 'ACME', NULL, 'open', false, '{}', '2026-11-20T10:00:00.000Z');
INSERT INTO rma_line VALUES ('R-1', 1, 'K', 3, 'on_bench', 0);
INSERT INTO rma_match VALUES ('R-1', 1, 1, 1, 3);
INSERT INTO rma_done VALUES ('R-1', 1, 's', 2);
"""


def test_stock_and_sales_of_earlier_days_are_taken_into_the_books(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0005")
        for sql in filter(str.strip, _BEFORE_BOOKS.split(";")):
            conn.execute(text(sql))
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        worths = conn.execute(select(stock_worth).order_by(stock_worth.c.sku)).all()
        entries = conn.execute(select(journal_entry).order_by(journal_entry.c.n)).all()
        sums = list(conn.execute(text("SELECT entry, SUM(minor), SUM(qty) FROM journal_line GROUP BY entry")))
        sale = conn.execute(select(sale_worth)).one()
    database.close()
    assert [(row.sku, row.currency, row.qty, row.value) for row in worths] == [
        ("K", "EUR", 4, 1000),
        ("ZZ", "GBP", 2, 0),
    ]
    assert [(row.currency, row.posted_on) for row in entries] == [
        ("EUR", "2026-11-22"),
        ("GBP", "2026-11-22"),
    ]
    assert [tuple(row) for row in sums] == [(1, 0, 4), (2, 0, 2)]
    # Two of the five came back, and were paid for by whoever did that before.
    assert (sale.qty, sale.cost, sale.net, sale.back, sale.credited, sale.credited_net) == (
        5,
        1250,
        4995,
        2,
        2,
        1998,
    )


_BEFORE_REQUESTS = """
INSERT INTO event VALUES (1, 'e-1', 'return.dispositioned', 's', '2026-11-22T10:41:07.000Z',
    '2026-11-22T10:41:08.000Z', 'kim', '7', NULL, '{"rule"!"31","rma"!"R-1","photos"!["p"]}');
INSERT INTO event VALUES (2, 'e-2', 'return.unidentified', 's', '2026-11-22T10:41:07.000Z',
    '2026-11-22T10:41:08.000Z', 'kim', '7', NULL, '{"label"!"H07-1-X","qty"!1,"place"!"HOLD-1","rma"!null}');
INSERT INTO account VALUES (1, 'k1', 'ACME', 'K', 'HOLD-3', 'quarantined', 'awaiting_write_off', '', '',
    'L07-1-X', 'D'), (2, 'k2', 'ACME', 'K', 'BENCH-07', 'return_pending', '', '', '', 'L07-1-X', '');
INSERT INTO move VALUES (1, 1, 2, 2, 1, 'dispose', NULL, NULL);
INSERT INTO balance VALUES (1, 'ACME', 'K', 'quarantined', 2);
INSERT INTO station VALUES ('s', 'Bench', 7, 'k', 'i', 'WH1', 'ACME', 1, 0, '', '2026-11-01', false);
INSERT INTO write_off (code, owner, sku, qty, reason, state, requested_by, requested_at)
    VALUES ('W-1-I', 'ACME', 'K', 1, 'r', 'requested', 'sam', '2026-11-01T10:00:00.000Z');
"""


def test_what_waits_already_is_asked_for_and_things_without_a_name_are_noted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    engine = create_engine(url)
    with engine.begin() as conn:
        climb(conn, "0007")
        for sql in filter(str.strip, _BEFORE_REQUESTS.split(";")):
            # A colon would name a parameter.
            conn.exec_driver_sql(sql.replace("!", ":"))
    engine.dispose()
    database = create_database(url)
    with database.read() as conn:
        asked = conn.execute(select(write_off).where(write_off.c.cause.is_not(None))).one()
        thing = conn.execute(select(unidentified)).one()
        assert list(check_asked(conn)) == []
    database.close()
    assert (asked.code, asked.qty, asked.account, asked.state) == ("W-2-G", 2, 1, "requested")
    assert (asked.cause, asked.requested_by, asked.reason, asked.rma) == ("e-1", "kim", "rule 31", "R-1")
    assert (asked.label, asked.grade, asked.policy_ver, asked.photos) == ("L07-1-X", "D", "7", '["p"]')
    assert (thing.label, thing.owner, thing.state) == ("H07-1-X", "ACME", "waiting")


LATER = datetime(2026, 12, 1, tzinfo=UTC)
_CASES = """
INSERT INTO exception (id, key, type, subject, owner_role, opened_at, state, fix, resolved_at, resolved_by,
    resolution) VALUES
    (1, 'a', 'stock.negative', 'sku!A', 'planner', '2026-11-01T10:00:00.000Z', 'open', 'Count.',
        NULL, NULL, NULL),
    (2, 'b', 'item.unknown', 'sku!B', 'planner', '2026-11-01T10:00:00.000Z', 'resolved', 'Add it.',
        '2026-11-02T10:00:00.000Z', 'ann', 'Added.'),
    (3, 'c', 'stock.negative', 'sku!C', 'planner', '2026-11-01T10:00:00.000Z', 'resolved', 'Count.',
        '2026-11-03T10:00:00.000Z', 'centre', 'Event e-1 brought it back.');
"""


def test_what_was_said_about_exceptions_before_stays_readable(
    either_url: str,
) -> None:
    engine = create_engine(either_url)
    with engine.begin() as conn:
        climb(conn, "0019")
        conn.exec_driver_sql(_CASES.replace("!", ":"))
    engine.dispose()
    database = create_database(either_url)
    with database.read() as conn:
        said: list[Any] = [one_exception(conn, number, LATER)["history"] for number in (1, 2, 3)]
        due = list(conn.scalars(select(exception.c.due_at).order_by(exception.c.id)))
        assert list(check_cases(conn)) == []
    database.close()
    assert due == ["2026-11-03T10:00:00.000Z", None, None]
    assert said[0] == []
    assert said[1] == [{"at": "2026-11-02T10:00:00.000Z", "by": "ann", "note": "Added.", "event_id": None}]
    assert said[2][0]["by"] == "centre"


def test_what_came_before_a_missing_approval_was_judged_is_marked(
    either_url: str,
) -> None:
    engine = create_engine(either_url)
    with engine.begin() as conn:
        climb(conn, "0019")
        insert = text(
            "INSERT INTO receipt"
            " (station_id, epoch, seq, event_id, hash, header, facts, sig, received_at, state)"
            " VALUES ('s', 1, :n, CAST(:n AS VARCHAR), 'h', :raw, :raw, 'x', 'now', 'posted')"
        )
        conn.execute(insert, [{"n": n, "raw": b"{}"} for n in range(1, 4)])
        last = conn.scalar(text("SELECT MAX(id) FROM receipt"))
    engine.dispose()
    database = create_database(either_url)
    with database.read() as conn:
        assert judged_after(conn) == last == 3
    database.close()
