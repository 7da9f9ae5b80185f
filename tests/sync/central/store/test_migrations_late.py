"""What the later steps make of what earlier versions left: cases without a site, and erasures by hand."""

from __future__ import annotations

from sqlalchemy import create_engine, select, text

from sync.central.store.database import create_database
from sync.central.store.erasing import unsaid
from sync.central.store.tables import exception
from tests.sync.central.store.climbing import climb

_AT_SITES = """
INSERT INTO station VALUES ('s', 'Bench', 7, 'k', 'i', 'WH1', 'ACME', 1, 0, '', '2026-11-01', false);
INSERT INTO location (code, site, document) VALUES ('W2-A', 'WH2', '{}');
INSERT INTO rma (code, owner, state, finished, document, created_at)
    VALUES ('R-1', 'ACME', 'open', false, '{"site"! "WH2"}', '2026-11-20T10:00:00.000Z'),
    ('R-2', 'ACME', 'open', false, '{"site"! null}', '2026-11-20T10:00:00.000Z');
INSERT INTO transfer (code, owner, source, target, state) VALUES ('T', 'ACME', 'WH1', 'WH2', 'x');
INSERT INTO rma_done VALUES ('R-2', 1, 's', 2);
"""
# By key: its type, its subject and the site that it is put to.
_PUT_TO = (
    ("clock.skew:s", "clock.skew", "station:s", "WH1"),
    ("t", "transfer.short", "transfer:T", "WH2"),
    (
        'stock.negative:["ACME", "K", "W2-A", "sellable", "", "", "", "", ""]',
        "stock.negative",
        "sku:K",
        "WH2",
    ),
    ("stock.negative:sha256", "stock.negative", "sku:K", None),
    ("pick.short:ACME:K:WH2", "pick.short", "sku:K", "WH2"),
    ("approver.locked:s:RUTH", "approver.locked", "approver:RUTH", "WH1"),
    ("return.missing:R-1:1", "return.missing", "rma:R-1", "WH2"),
    ("return.missing:R-2:1", "return.missing", "rma:R-2", "WH1"),
    ("refund:R-1", "refund.without_goods", "rma:R-1", None),
)


def test_exceptions_of_earlier_days_are_put_to_their_sites(either_url: str) -> None:
    engine = create_engine(either_url)
    with engine.begin() as conn:
        climb(conn, "0022")
        for sql in filter(str.strip, _AT_SITES.split(";")):
            conn.exec_driver_sql(sql.replace("!", ":"))
        conn.execute(
            text(
                "INSERT INTO exception (key, type, subject, owner_role, opened_at, state, fix)"
                " VALUES (:key, :type, :subject, 'planner', '2026-11-22T10:41:09.000Z', 'open', 'x')"
            ),
            [{"key": key, "type": kind, "subject": subject} for key, kind, subject, _ in _PUT_TO],
        )
    engine.dispose()
    database = create_database(either_url)
    with database.read() as conn:
        found = {row.key: row.site for row in conn.execute(select(exception))}
        assert list(conn.scalars(text("SELECT far_site FROM exception WHERE key = 't'"))) == ["WH1"]
    database.close()
    assert found == {key: site for key, _, _, site in _PUT_TO}


def test_what_was_erased_by_hand_before_is_to_be_put_on_record(either_url: str) -> None:
    engine = create_engine(either_url)
    with engine.begin() as conn:
        climb(conn, "0023")
        insert = text(
            "INSERT INTO receipt"
            " (station_id, epoch, seq, event_id, hash, header, facts, private, sig, received_at, state)"
            " VALUES ('s', 1, :n, :id, 'h', :header, :facts, :private, 'x', 'now', :state)"
        )
        spoken, silent = b'{"private_hash":"ab","seq":1}', b'{"private_hash":null,"seq":1}'
        rows = [
            ("gone", spoken, None, "posted"),
            ("whole", spoken, b"{}", "posted"),
            ("none", silent, None, "posted"),
            ("evidence", b'\xff"private_hash":"ab"', None, "evidence"),
        ]
        for n, (event_id, header, private, state) in enumerate(rows, 1):
            said = {"n": n, "id": event_id, "header": header, "facts": b"{}", "private": private}
            conn.execute(insert, said | {"state": state})
    engine.dispose()
    database = create_database(either_url)
    with database.read() as conn:
        assert unsaid(conn) == ["gone"]
        # Nobody knows who took it away: no station is told to.
        assert list(conn.scalars(text("SELECT event_id FROM private_erasure WHERE quiet"))) == ["gone"]
    database.close()
