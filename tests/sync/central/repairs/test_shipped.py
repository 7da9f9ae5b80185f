"""Shipped units are corrected only where a shipment and its moves prove them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, select

from sync.central.repairs.shipped import wrong_shipped
from sync.central.repairs.unproven import Unproven
from sync.central.store.act import Act
from sync.central.store.tables import order_line
from tests.sync.central.checks.busy import Busy, update
from tests.sync.central.shop import OWNER

NO_DOUBT = Unproven(everything=False, items=frozenset())
LINE = '"order" = 1 AND line = 1'
OPEN = '"order" = 2 AND line = 1'


def found(busy: Busy, *changes: str, doubt: Unproven = NO_DOUBT) -> list[tuple[str, str, str]]:
    return busy.after(
        lambda conn: [(c.subject, c.stored, c.rows_say) for c in wrong_shipped(conn, doubt)], *changes
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), []),
        ((update("order_line", "shipped = 1", LINE),), [("order o1 line 1", "1", "2")]),
        ((update("order_line", "shipped = 9", LINE),), [("order o1 line 1", "9", "2")]),
        ((update("order_line", "shipped = 3", OPEN),), [("order o2 line 1", "3", "0")]),
        # No room on the line, and moves that tell another story than the shipment.
        ((update("order_line", "shipped = 1, cancelled = 1", LINE),), []),
        (
            (
                update("order_line", "shipped = 1", LINE),
                update("move", "document = 'o2'", "document = 'o1'"),
            ),
            [],
        ),
    ],
)
def test_only_what_is_proven_is_corrected(
    busy: Busy, changes: tuple[str, ...], expected: list[tuple[str, str, str]]
) -> None:
    assert found(busy, *changes) == expected


def test_items_in_doubt_are_left_alone(busy: Busy) -> None:
    doubt = Unproven(everything=False, items=frozenset({(OWNER, "A")}))
    assert found(busy, update("order_line", "shipped = 1", LINE), doubt=doubt) == []


def test_a_line_has_a_time_exactly_when_units_left(busy: Busy) -> None:
    def mended(conn: Connection) -> list[tuple[int, str | None]]:
        act = Act(conn, busy.shop.chain, "o", "s", busy.shop.clock.now(), busy.shop.clock.now())
        for correction in list(wrong_shipped(conn, NO_DOUBT)):
            correction.change(act)
        asked = select(order_line.c.shipped, order_line.c.shipped_at).where(
            order_line.c.order.in_([1, 2]), order_line.c.line == 1
        )
        return [(row.shipped, row.shipped_at) for row in conn.execute(asked.order_by(order_line.c.order))]

    changes = (
        update("order_line", "shipped = 0, shipped_at = NULL", LINE),
        update("order_line", "shipped = 1, shipped_at = '2026-01-01T00:00:00.000Z'", OPEN),
    )
    (shipped, at), waiting = busy.after(mended, *changes)
    assert (shipped, waiting) == (2, (0, None))
    assert at == "2026-11-22T10:00:00.000Z"
