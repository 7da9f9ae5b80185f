from __future__ import annotations

import pytest

from app.ledger import derived
from app.ledger.derived import Balances, SealedProgress, check_balances, outbox_violations
from app.ledger.posting import Progress
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station


def test_progress_is_added_up_in_parts_of_any_size(
    station: Station, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SealedProgress, "_AT_ONCE", 2)
    for _ in range(5):
        ledger.record(station.disposition(rma="R-1", line=1))
    with SealedProgress(ledger.connection) as progress:
        for qty in (1, 1, 1, 1):
            progress.add(Progress("R-1", 1, qty))
        (violation,) = progress.violations()
        assert (violation.found, violation.expected) == ("5", "4")
        progress.add(Progress("R-1", 1, 1))
        assert progress.violations() == ()


def test_a_table_left_by_a_broken_audit_is_no_obstacle(ledger: Ledger) -> None:
    left = SealedProgress(ledger.connection)
    left.__enter__()
    left.add(Progress("R-1", 1, 1))
    left.violations()
    with SealedProgress(ledger.connection) as progress:
        assert progress.violations() == ()


def test_accounts_are_read_item_by_item(station: Station, ledger: Ledger) -> None:
    for sku in ("B", "A", "B", "A"):
        ledger.record(station.disposition(sku=sku))
    groups = [{row.item for row in rows} for rows in derived._by_item(ledger.connection)]
    assert groups == [{"A"}, {"B"}]
    assert check_balances(ledger.connection) == Balances(10, ())


def test_an_outbox_of_nothing_is_right_for_a_new_station(ledger: Ledger) -> None:
    assert outbox_violations(ledger.connection) == ()
