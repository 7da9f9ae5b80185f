"""What left is what the centre's shipments moved; what a station calls a shipment counts on no order."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy

ROW_1, LINE_1 = "shipped: A of ACME, order row 1", "shipped: order o1 line 1"
ROW_2, LINE_2 = "shipped: A of ACME, order row 2", "shipped: order o2 line 1"
SERIAL = "sold: S serial s1"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ('UPDATE order_line SET shipped = 1 WHERE "order" = 1 AND line = 1', {ROW_1, LINE_1}),
        ('UPDATE order_line SET shipped = 1 WHERE "order" = 2', {ROW_2, LINE_2}),
        (
            "UPDATE move SET document = 'o9' WHERE kind = 'ship' AND document = 'o1'",
            {ROW_1, "shipped: A of ACME, no order", "shipped: B of ACME, no order", "facts: event {sold}"},
        ),
        ("UPDATE event SET body = '{{}}' WHERE event_id = '{sold}'", {LINE_1, "event: event {sold}"}),
        (
            "UPDATE event SET body = '{{\"lines\":1}}' WHERE event_id = '{sold}'",
            {LINE_1, "event: event {sold}"},
        ),
        ("UPDATE event SET body = 'no JSON' WHERE event_id = '{sold}'", {LINE_1, "event: event {sold}"}),
        # The station's shipment, had it been the centre's.
        ("UPDATE event SET origin = 'centre' WHERE event_id = '{e11}'", {ROW_2, LINE_2}),
        ("DELETE FROM sold_serial", {SERIAL}),
        ("UPDATE sold_serial SET serial = 's2'", {SERIAL, "sold: S serial s2"}),
        ('UPDATE sold_serial SET "order" = 4', {SERIAL, "sold: order row 4 line 1"}),
        ("UPDATE sold_serial SET line = 2", {SERIAL}),
        ("UPDATE sold_serial SET event = '{e11}'", {SERIAL}),
        (
            "INSERT INTO sold_serial SELECT sku, 's2', \"order\", event, line, returned FROM sold_serial",
            {"sold: S serial s2", "sold: order row 3 line 1"},
        ),
    ],
)
def test_a_changed_sale_is_named(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) >= busy.named(*expected)


def test_a_line_told_of_by_a_shipment_is_there(busy: Busy) -> None:
    other = "UPDATE event SET body = replace(body, 'o1', 'o99') WHERE event_id = '{sold}'"
    assert busy.broken(other) >= {LINE_1, "shipped: order o99 line 1", "shipped: order o99 line 2"}


def test_each_side_of_a_shipment_is_told(busy: Busy) -> None:
    found = busy.planted('UPDATE order_line SET shipped = 1 WHERE "order" = 2')
    assert [(v.found, v.expected) for v in found if v.law == "shipped"] == [
        ("1 on orders", "0 moved to customers"),
        ("1 on the line", "0 told by shipments"),
    ]
