"""Cases of a transfer's lines say what is so now, and end when nothing of them is left."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from sync.central.store import transfers
from sync.central.store.act import Act
from sync.central.store.tables import exception, transfer_line
from sync.central.store.transfer_cases import restate
from tests.sync.central.shop import Shop


class _BackAgain(Exception):  # noqa: N818 - no error: nothing that was planted stays
    """Ends a look at planted rows."""


def test_a_case_follows_its_line_and_ends_with_it(shop: Shop) -> None:
    shop.items("A")
    shop.sites(**{"WH2-A": "WH2"})
    shop.draft({"A": 9})

    def counted(act: Act, short: int) -> list[tuple[object, ...]]:
        act.conn.execute(update(transfer_line).values(shipped=9, short=short, over=2))
        restate(act, transfers.find(act.conn, "T-A"), short=[1], damaged=[1])
        asked = select(exception.c.key, exception.c.state, exception.c.money_minor)
        return [tuple(row) for row in act.conn.execute(asked)]

    def do(act: Act) -> None:
        key = "transfer.short:T-A:1"
        assert counted(act, 4) == [(key, "open", 1000)]
        assert counted(act, 1) == [(key, "open", 250)]
        assert counted(act, 0) == [(key, "resolved", 250)]
        raise _BackAgain

    with pytest.raises(_BackAgain):
        shop.act(do)
