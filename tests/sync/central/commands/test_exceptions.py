"""An exception is closed by somebody who says what was done, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sync.central.commands.exceptions import resolve
from sync.central.commands.requests import Resolution
from sync.central.rules.outcomes import Conflict, Missing
from sync.central.store.tables import exception
from tests.sync.central.shop import Shop

NOTE = Resolution(note="Counted again.")


def test_who_did_what_and_when_is_kept(shop: Shop) -> None:
    shop.disposition("X", rma="R-9-1", line=1)
    assert shop.act(lambda act: resolve(act, 1, NOTE), operator="ann") == {"id": 1, "state": "resolved"}
    row = shop.ask(lambda conn: conn.execute(select(exception).where(exception.c.id == 1)).one())
    assert (row.resolved_by, row.resolution, row.resolved_at) == (
        "ann",
        "Counted again.",
        "2026-11-22T10:00:00.000Z",
    )
    with pytest.raises(Conflict):
        shop.act(lambda act: resolve(act, 1, NOTE))


def test_one_that_is_not_there_is_missing(shop: Shop) -> None:
    with pytest.raises(Missing):
        shop.act(lambda act: resolve(act, 7, NOTE))
