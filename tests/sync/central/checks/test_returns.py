"""Return tables are what stations did and did not undo; sold units are taken back once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sync.central.checks.returns import check_returns
from sync.central.store.tables import exception
from tests.sync.central.checks.busy import Busy
from tests.sync.central.shop import Shop

RMA, A, B = "return: RMA {rma}", "return: RMA {rma} line 1", "return: RMA {rma} line 2"
FEED = "feed: rma {rma} at position "
SERIAL = "return: RMA {serial_rma} serial s1"
SOLD_A, SOLD_B = "return: order row 1 line 1", "return: order row 1 line 2"


def returns(busy: Busy, change: str) -> set[str]:
    """Without what the feed says: it announces how far an RMA is, too."""
    feed = FEED.format_map(busy.names)
    return {found for found in busy.broken(change) if not found.startswith(feed)}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE rma_line SET state = 'received' WHERE sku = 'A'", {A}),
        ("UPDATE rma_line SET missing = 0 WHERE sku = 'B'", {B}),
        ("UPDATE rma_line SET qty = 3 WHERE sku = 'A'", {RMA, A}),
        ("UPDATE rma_line SET sku = 'B' WHERE sku = 'A'", {RMA, A}),
        ("UPDATE rma_done SET qty = 2", {RMA}),
        ("UPDATE rma_done SET station = 'another'", {RMA}),
        ("UPDATE rma_done SET rma = 'R-9'", {RMA, "return: RMA R-9"}),
        ("DELETE FROM rma_done", {RMA}),
        ("UPDATE rma SET state = 'closed' WHERE finished", {RMA}),
        ("UPDATE rma SET finished = NOT finished WHERE finished", {RMA}),
        ("UPDATE rma SET owner = 'NEW' WHERE finished", {RMA, A, B}),
        ("UPDATE rma SET document = replace(document, '\"qty\":2', '\"qty\":3') WHERE finished", {RMA}),
        ("UPDATE rma SET document = '[]' WHERE finished", {RMA}),
        ("UPDATE rma SET document = '{{\"lines\":[1]}}' WHERE finished", {RMA}),
    ],
)
def test_a_changed_rma_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert returns(busy, change) == busy.named(*expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('UPDATE order_line SET returned = 1 WHERE "order" = 1 AND line = 1', {SOLD_A}),
        ('UPDATE order_line SET returned = 1 WHERE "order" = 6 AND line = 2', {"return: order row 6 line 2"}),
        ("UPDATE rma_match SET qty = 1 WHERE qty = 2", {A, SOLD_A}),
        ("UPDATE rma_match SET order_line = 1 WHERE order_line = 2", {B, SOLD_A, SOLD_B}),
        ("UPDATE rma_match SET rma = 'R-9' WHERE order_line = 2", {B, "return: RMA R-9"}),
        ("UPDATE sold_serial SET returned = NOT returned", {SERIAL}),
        (
            "UPDATE rma SET document = replace(document, 's1', 's9') WHERE code = '{serial_rma}'",
            {
                "return: RMA {serial_rma} serial s9",
                "return: S serial s1",
                "feed: rma {serial_rma} at position 9",
            },
        ),
    ],
)
def test_a_changed_match_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert returns(busy, change) == busy.named(*expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("DELETE FROM rma_event WHERE event_id = '{e2}'", {RMA, A, "return: event {e2}"}),
        (
            "UPDATE rma_event SET rma = '{serial_rma}' WHERE event_id = '{e1}'",
            {"return: RMA {serial_rma} line 1", "return: event {e1}"},
        ),
        (
            "UPDATE rma_event SET event_id = '{e6}' WHERE event_id = '{e7}'",
            {"return: event {e6}", "return: event {e7}"},
        ),
        ("INSERT INTO rma_event (rma, event_id) VALUES ('{rma}', 'nothing')", {RMA}),
        ("UPDATE event SET body = '[]' WHERE event_id = '{e2}'", {RMA, "event: event {e2}"}),
        ("UPDATE event SET corrects = '{e1}' WHERE event_id = '{e4}'", {RMA, "event: event {e4}"}),
    ],
)
def test_a_changed_memory_of_events_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert returns(busy, change) >= busy.named(*expected)


def test_more_than_a_line_authorizes_is_answered_for(shop: Shop) -> None:
    shop.items("A")
    shop.receive({"A": 5})
    shop.order({"A": 2}, ship="available", customer="c-1")
    code = shop.authorize({"A": 1}, customer="c-1")["rma"]
    for _ in range(2):
        shop.disposition("A", rma=code, line=1)
    assert not shop.ask(lambda conn: list(check_returns(conn)))
    silenced = "DELETE FROM exception WHERE type = 'return.over_quantity'"
    case = shop.act(lambda act: act.conn.execute(select(exception)).one())
    shop.act(lambda act: act.conn.exec_driver_sql(silenced))
    (found,) = shop.ask(lambda conn: list(check_returns(conn)))
    assert (found.law, found.subject) == ("answered", f"RMA {code} line 1")
    shop.act(lambda act: act.conn.execute(exception.insert().values(case._mapping)))


def test_a_code_that_nobody_authorized_is_answered_for(busy: Busy) -> None:
    gone = busy.broken("DELETE FROM exception WHERE type = 'return.unknown_rma'")
    assert gone == {"answered: RMA R-77-7"}
    assert not busy.broken("UPDATE exception SET state = 'resolved' WHERE type = 'return.unknown_rma'")


def test_units_given_back_by_no_end_are_named(busy: Busy) -> None:
    given = "INSERT INTO rma_release VALUES ('{rma}', 1, 1, 1, '', 1, 'nothing')"
    assert returns(busy, given) == busy.named(RMA, SOLD_A)
