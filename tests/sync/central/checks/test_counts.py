"""Faults planted among counts of bins, each found by its own sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from app.domain.event import EventKind
from sync.central.checks.counts import check_counts
from sync.central.store.bin_counts import AGREED, UNDONE
from sync.central.store.tables import bin_count, exception
from tests.sync.central.shop import OWNER, PLACE, open_shop

FAULTS = {
    "nothing follows": delete(bin_count),
    "booked by": update(bin_count).values(state="adjusted", adjusted_by="nothing"),
    "no exception": delete(exception),
}


@pytest.mark.parametrize("found", FAULTS)
def test_a_planted_fault_is_found(tmp_path: Path, found: str) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        lines = [{"sku": "A", "counted": 1, "expected": 5}]
        shop.at_station(EventKind.BIN_COUNTED, owner=OWNER, location=PLACE, lines=lines, seen="")
        with shop.database.read() as conn:
            assert list(check_counts(conn)) == []
        with shop.database.write() as conn:
            conn.execute(FAULTS[found])
        with shop.database.read() as conn:
            assert [violation.found[: len(found)] for violation in check_counts(conn)] == [found]


def test_an_undo_that_was_not_followed_is_found(tmp_path: Path) -> None:
    with open_shop(tmp_path, prove=False) as shop:
        shop.items("A")
        lines: list[object] = []
        event_id = shop.at_station(EventKind.BIN_COUNTED, owner=OWNER, location=PLACE, lines=lines, seen="")
        shop.at_station(EventKind.BIN_UNDONE, corrects=event_id, undoes="bin.counted")
        with shop.database.read() as conn:
            assert list(check_counts(conn)) == []
        with shop.database.write() as conn:
            conn.execute(update(bin_count).where(bin_count.c.state == UNDONE).values(state=AGREED))
        with shop.database.read() as conn:
            assert [violation.found for violation in check_counts(conn)] == [AGREED]
