"""What needs somebody's answer and has no open case gets one, once."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.central.repairs.cases import silent_cases
from sync.central.repairs.unproven import Unproven
from sync.central.store.act import Act
from tests.sync.central.checks.busy import Busy, update
from tests.sync.central.shop import OWNER

NO_DOUBT = Unproven(everything=False, items=frozenset())
SHUT = update("exception", "state = 'resolved'", "type = 'stock.negative'")
# The serial that is on the shelf came in twice.
TWICE = update(
    "move", "qty = 2", "target IN (SELECT id FROM account WHERE serial = 's3') AND kind = 'receive'"
)


def found(busy: Busy, *changes: str, doubt: Unproven = NO_DOUBT) -> list[tuple[str, str]]:
    return busy.after(lambda conn: [(c.subject, c.rows_say) for c in silent_cases(conn, doubt)], *changes)


def test_what_is_answered_for_is_silent_no_more(busy: Busy) -> None:
    assert found(busy) == []


def test_stock_below_nothing_is_told(busy: Busy) -> None:
    assert found(busy, SHUT) == [("B at WH1-B", "-3 there: stock.negative")]


def test_a_serial_in_two_places_is_told(busy: Busy) -> None:
    assert found(busy, TWICE) == [("S serial s3", "2 inside: serial.twice")]


def test_what_is_in_doubt_is_not_told(busy: Busy) -> None:
    doubt = Unproven(everything=False, items=frozenset({(OWNER, "B"), (OWNER, "S")}))
    assert found(busy, SHUT, TWICE, doubt=doubt) == []


def test_a_case_is_opened_once(busy: Busy) -> None:
    def opened(conn: Connection) -> tuple[list[object], list[tuple[str, str]]]:
        now = busy.shop.clock.now()
        for correction in list(silent_cases(conn, NO_DOUBT)):
            correction.change(Act(conn, busy.shop.chain, "o", "s", now, now))
        kinds = "('stock.negative', 'serial.twice')"
        asked = f"SELECT type, subject FROM exception WHERE state = 'open' AND type IN {kinds}"  # noqa: S608
        rows = conn.exec_driver_sql(asked).all()
        return list(silent_cases(conn, NO_DOUBT)), sorted((row.type, row.subject) for row in rows)

    assert busy.after(opened, SHUT, TWICE) == (
        [],
        [("serial.twice", "unit:s3"), ("stock.negative", "sku:B")],
    )
